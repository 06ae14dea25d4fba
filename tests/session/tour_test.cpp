// The tour: the whole of Vitrine in one process, without a socket, clock, thread or display. Read it from top to
// bottom.
//
//   screen ─▶ agent ─▶ gateway ─▶ page's decoder        pixels
//   hands  ◀─ agent ◀─ gateway ◀─ page                  keys
//
// Each part is the product's own; only the two ends, a screen in memory and a pair of hands that writes down what it is
// told, are twins of the X server. Parts take bytes and the time and give bytes back, so a test can carry them around.
#include <gtest/gtest.h>

#include "codec/dec_decoder.h"
#include "gateway/switchboard.h"
#include "host-agent/desktop_agent.h"
#include "host-agent/input/recording_input.h"
#include "host-agent/screen/memory_screen.h"
#include "protocol/ticket.h"
#include "protocol/wire.h"

namespace vitrine {
namespace {

constexpr uint64_t kUnixTime = 1'790'000'000;
constexpr const char* kOrigin = "https://desk.example";
constexpr LinkId kAgentLink = 1;
constexpr LinkId kPageLink = 2;
constexpr uint32_t kCacheKib = 1024;
constexpr uint32_t kWhite = 0xffffff;
constexpr uint32_t kBlue = 0x3366cc;

// What the page does with messages: keep the picture, answer each update.
struct Page {
  std::optional<codec::Decoder> decoder;
  std::vector<DesktopState> states;
  std::vector<Bytes> answers;
  uint32_t shown_input = 0;  // the last input whose effect may be on the canvas

  void handle(const DesktopStatus& status) { states.push_back(status.state); }
  void handle(const SurfaceReset& reset) {
    decoder = codec::Decoder::create({static_cast<int>(reset.width), static_cast<int>(reset.height)},
                                     codec::archive_pixels(kCacheKib))
                  .take();
  }
  void handle(const Update& update) {
    ASSERT_TRUE(decoder->apply(update.body).ok());
    shown_input = update.input_sequence;
    answers.push_back(serialize(FrameAck{.update_id = update.id}));
  }
  void handle(const Ping& ping) { answers.push_back(serialize(Pong{ping.time_us})); }
  template <class M>
  void handle(const M&) {}  // cursor, notices, checks: not on this tour

  void receive(const Bytes& message) {
    const auto from_other_end = [](Direction direction) {
      return direction == Direction::kAgentToViewer || direction == Direction::kGatewayToPeer ||
             direction == Direction::kBoth;
    };
    ASSERT_TRUE(dispatch(message, from_other_end, [this](const auto& parsed) { this->handle(parsed); }).ok());
  }
  [[nodiscard]] uint32_t pixel(int x, int y) const {
    const uint8_t* rgba = decoder->rgba() + 4 * (static_cast<ptrdiff_t>(y) * decoder->size().width + x);
    return uint32_t{rgba[0]} << 16 | uint32_t{rgba[1]} << 8 | rgba[2];
  }
};

class TourTest : public testing::Test {
 protected:
  // The broker signs two rights: the agent's, to serve this desktop, and the viewer's, to open it once.
  Bytes credential() {
    return broker
        .sign({.kind = TicketKind::kAgent, .desktop = "d1", .issued_s = kUnixTime, .expires_s = kUnixTime + 1'000'000})
        .take();
  }
  Bytes ticket() {
    return broker
        .sign({.desktop = "d1",
               .session = "s1",
               .user = "ada",
               .origin = kOrigin,
               .rights = kMayView | kMayInput | kMayResize,
               .issued_s = kUnixTime,
               .expires_s = kUnixTime + 60})
        .take();
  }

  void agent_dials() {
    const auto admitted = admit_agent(serialize(AgentHello{.credential = credential()}), verifier, kUnixTime);
    gateway.add_agent(kAgentLink, std::get<AgentAdmission>(admitted), now);
  }
  void page_connects() {
    const Bytes hello = serialize(ViewerHello{.ticket = ticket(), .width = 320, .height = 200, .cache_kib = kCacheKib});
    const auto admitted = admit_viewer(hello, verifier, {kOrigin, ""}, kUnixTime);
    gateway.add_viewer(kPageLink, std::get<ViewerAdmission>(admitted), now, kUnixTime);
  }
  void page_sends(const Bytes& message) { gateway.receive(kPageLink, message, now); }

  // Carries one message from each part to the next; false when there was nothing to carry.
  bool carry() {
    bool carried = false;
    if (viewer && gateway.may_read(kAgentLink)) {
      if (auto message = agent.take_output(*viewer, now)) {
        gateway.receive(kAgentLink, std::move(*message), now);
        carried = true;
      }
    }
    if (const auto message = gateway.take_output(kPageLink, now)) {
      gateway.written(kPageLink, now);
      page.receive(*message);
      carried = true;
    }
    if (const auto message = gateway.take_output(kAgentLink, now)) {
      gateway.written(kAgentLink, now);
      agent_receives(*message);
      carried = true;
    }
    for (const Bytes& answer : std::exchange(page.answers, {})) page_sends(answer);
    return carried;
  }
  // The first messages of an agent's link are the gateway's; after ViewerJoined they are the viewer's.
  void agent_receives(const Bytes& message) {
    if (const auto joined = parse<ViewerJoined>(message); joined.ok()) {
      viewer = agent.add_viewer(joined.value(), now);
    } else if (viewer) {
      agent.receive(*viewer, message, now);
    }
  }

  // Lets time pass until nobody has anything to do before `end`.
  void run(Micros duration) {
    const Micros end = now + duration;
    while (now < end) {
      while (carry()) {
      }
      now = std::min(end, std::max(now + 1, std::min(agent.next_deadline(), gateway.next_deadline())));
      agent.advance(now);
      gateway.tick(now);
    }
  }

  Micros now = 0;
  TicketSigner broker = TicketSigner::generate().take();
  TicketVerifier verifier = TicketVerifier::from_pem(broker.public_key_pem()).take();
  RelayCounters counters;
  Switchboard gateway{{.started_s = kUnixTime - 1}, counters};
  agent::MemoryScreen screen{{640, 480}};
  agent::RecordingInput hands;
  agent::DesktopAgent agent{screen, hands};
  std::optional<agent::ViewerId> viewer;
  Page page;
};

TEST_F(TourTest, APageOpensADesktopAndTypesIntoIt) {
  // The page may come first: it is told that its desktop is starting.
  page_connects();
  run(kSecond);
  EXPECT_EQ(page.states, std::vector{DesktopState::kStarting});

  // The agent's link arrives, the two are paired, and the desktop takes the size of the page's window.
  agent_dials();
  run(kSecond);
  EXPECT_EQ(page.states.back(), DesktopState::kConnected);
  EXPECT_EQ(screen.pixels().size(), (Size{320, 200}));

  // A program draws; the page shows exactly that.
  screen.fill({0, 0, 320, 200}, kWhite);
  screen.fill({20, 30, 100, 50}, kBlue);
  agent.advance(now);
  run(kSecond);
  for (int y = 0; y < 200; ++y) {
    for (int x = 0; x < 320; ++x) ASSERT_EQ(page.pixel(x, y), screen.pixels().row(y)[x]) << x << "," << y;
  }

  // A key goes the other way, and the first picture that may show its effect says so.
  page_sends(serialize(Key{.sequence = 7, .down = true, .code = "KeyA", .key = "a"}));
  run(kSecond);
  EXPECT_EQ(hands.typed, "a");
  screen.fill({60, 40, 8, 12}, kWhite);  // the program draws its letter
  agent.advance(now);
  run(kSecond);
  EXPECT_EQ(page.pixel(60, 40), kWhite);
  EXPECT_EQ(page.shown_input, 7U);

  // The page is closed while it holds the key: the gateway ends the agent's link, and the agent lifts the key.
  gateway.remove(kPageLink, now);
  run(kSecond);
  EXPECT_EQ(gateway.state(kAgentLink), Switchboard::LinkState::kFlushing);
  agent.remove_viewer(*viewer, now);
  EXPECT_TRUE(hands.held.empty());
}

}  // namespace
}  // namespace vitrine
