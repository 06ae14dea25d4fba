// Links that come, speak and go in any order, with any bytes: the switchboard neither breaks nor grows, and never hands
// a message to the wrong side.
#include <algorithm>
#include <array>
#include <cstdlib>
#include <span>

#include "gateway/switchboard.h"
#include "protocol/wire.h"

namespace {

using namespace vitrine;

constexpr uint64_t kNowS = 1'800'000'000;
constexpr size_t kQueueBytes = 2'000;
constexpr size_t kLinks = 12;  // ids 1 to 12; even ones are agents

// The input as a list of small choices.
struct Choices {
  std::span<const uint8_t> rest;
  uint8_t next() {
    if (rest.empty()) return 0;
    const uint8_t byte = rest.front();
    rest = rest.subspan(1);
    return byte;
  }
  Bytes bytes(size_t most) {
    const size_t size = std::min<size_t>({next(), most, rest.size()});
    Bytes taken(rest.begin(), rest.begin() + static_cast<std::ptrdiff_t>(size));
    rest = rest.subspan(size);
    return taken;
  }
};

class Driver {
 public:
  void step(Choices& choices) {
    const uint8_t choice = choices.next();
    const LinkId link = 1 + choices.next() % kLinks;
    switch (choice % 8) {
      case 0: return add(link, choices);
      case 1: return remove(link);
      case 2:
      case 3:
      case 4: return receive(link, choices);
      case 5: return take(link);
      case 6: return written(link);
      default: now_ += choices.next() * 200 * kMillisecond; board_.tick(now_);
    }
  }
  void finish() {
    for (LinkId link = 1; link <= kLinks; ++link) remove(link);
    if (board_.links() != 0 || counters_.queued_bytes.get() != 0 || counters_.pairs.get() != 0) std::abort();
  }

 private:
  void add(LinkId link, Choices& choices) {
    if (there_.at(link)) return;
    there_.at(link) = true;
    const std::string desktop(1, static_cast<char>('a' + choices.next() % 2));
    if (link % 2 == 0) {
      AgentAdmission admission;
      admission.ticket.desktop = desktop;
      return board_.add_agent(link, admission, now_);
    }
    ViewerAdmission admission;
    admission.ticket = {
        .id = Bytes(16, choices.next()), .desktop = desktop, .issued_s = kNowS, .expires_s = kNowS + 30};
    admission.ticket.rights = choices.next();
    board_.add_viewer(link, admission, now_, kNowS);
  }
  void remove(LinkId link) {
    if (!there_.at(link)) return;
    there_.at(link) = false;
    writing_.at(link) = false;
    board_.remove(link, now_);
  }
  void receive(LinkId link, Choices& choices) {
    if (there_.at(link) && board_.may_read(link)) board_.receive(link, choices.bytes(255), now_);
  }
  void take(LinkId link) {
    const auto message = board_.take_output(link, now_);
    if (board_.queued_bytes(link) > kQueueBytes + 4096) std::abort();
    if (!message) return;
    writing_.at(link) = true;
    const auto type = message_type(*message);
    if (!type.ok() || message->empty()) std::abort();
    const bool for_viewer = type.value() >= kFirstAgentType && type.value() <= kLastAgentType;
    const bool for_agent = type.value() >= kFirstViewerType && type.value() <= kLastViewerType;
    if (link % 2 == 0 ? for_viewer : for_agent) std::abort();
  }
  void written(LinkId link) {
    if (std::exchange(writing_.at(link), false)) board_.written(link, now_);
    (void)board_.take_woken();
  }

  RelayCounters counters_;
  Switchboard board_{{.queue = {.bytes = kQueueBytes, .messages = 16}, .started_s = kNowS - 100}, counters_};
  Micros now_ = kSecond;
  std::array<bool, kLinks + 1> there_{};
  std::array<bool, kLinks + 1> writing_{};
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  Choices choices{{data, size}};
  Driver driver;
  while (!choices.rest.empty()) driver.step(choices);
  driver.finish();
  return 0;
}
