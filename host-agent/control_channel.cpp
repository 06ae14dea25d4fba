#include "host-agent/control_channel.h"

#include <fcntl.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <cerrno>
#include <nlohmann/json.hpp>
#include <utility>

namespace vitrine::agent {
namespace {

using Json = nlohmann::json;

// An order is one short sentence; a supervisor that sends more than this without a line end is broken.
constexpr size_t kLongestLine = 64 * 1024;
// What waits for a supervisor that does not read; events are states, so losing old ones loses little.
constexpr size_t kMostOutgoing = 64 * 1024;

std::string text_of(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

}  // namespace

Result<ControlChannel> ControlChannel::create(int fd) {
  const int flags = fcntl(fd, F_GETFL);
  if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0) {
    return Error{ErrorCode::kInvalidArgument, "--control-fd " + std::to_string(fd) + " is not an open descriptor"};
  }
  return ControlChannel(fd);
}

std::vector<ControlOrder> ControlChannel::receive() {
  std::vector<ControlOrder> orders;
  char buffer[4096];
  for (;;) {
    const ssize_t count = read(fd_, buffer, sizeof buffer);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) break;
    if (count <= 0) {
      orders.emplace_back(EndOfSupervisor{});
      break;
    }
    incoming_.append(buffer, static_cast<size_t>(count));
    size_t start = 0;
    for (size_t end = incoming_.find('\n'); end != std::string::npos; end = incoming_.find('\n', start)) {
      if (auto order = parse_order(incoming_.substr(start, end - start))) orders.push_back(std::move(*order));
      start = end + 1;
    }
    incoming_.erase(0, start);
    if (incoming_.size() > kLongestLine) {
      spdlog::warn("the supervisor sent a line that is too long; it is left out");
      incoming_.clear();
    }
  }
  return orders;
}

std::optional<ControlOrder> ControlChannel::parse_order(const std::string& line) const {
  if (line.empty()) return std::nullopt;
  const Json order = Json::parse(line, nullptr, false);
  const std::string what = order.is_object() ? text_of(order, "do") : std::string();
  if (what == "notice") {
    const std::string level = text_of(order, "level");
    const NoticeLevel number = level == "error"     ? NoticeLevel::kError
                               : level == "warning" ? NoticeLevel::kWarning
                                                    : NoticeLevel::kInfo;
    return Notice{number, text_of(order, "text")};
  }
  if (what == "disconnect") return DisconnectViewers{text_of(order, "reason")};
  if (what == "close") {
    const auto code = order.find("code");
    const bool known = code != order.end() && code->is_number_unsigned() &&
                       code->get<uint64_t>() <= static_cast<uint64_t>(CloseCode::kDesktopLost);
    const CloseCode number = known ? static_cast<CloseCode>(code->get<uint64_t>()) : CloseCode::kSessionEnded;
    return Close{number, text_of(order, "reason")};
  }
  const auto generation = order.find("generation");
  if (what == "readmit" && generation != order.end() && generation->is_number_unsigned() &&
      generation->get<uint64_t>() <= UINT32_MAX) {
    return Readmit{generation->get<uint32_t>(), text_of(order, "reason")};
  }
  spdlog::warn("the supervisor sent a line that is no order: {}", line.substr(0, 100));
  return std::nullopt;
}

void ControlChannel::tell_ready() {
  send(R"({"event":"ready"})");
}

void ControlChannel::tell_viewers(const std::vector<ViewerSummary>& viewers, Size screen,
                                  std::optional<uint32_t> scale_percent) {
  Json list = Json::array();
  std::string key = std::to_string(screen.width) + "x" + std::to_string(screen.height);
  if (scale_percent) key += " " + std::to_string(*scale_percent);
  for (const ViewerSummary& viewer : viewers) {
    Json entry{{"user", viewer.user}, {"browser", viewer.browser}, {"rtt_ms", nullptr}};
    if (viewer.rtt) entry["rtt_ms"] = static_cast<double>(*viewer.rtt) / 1000.0;
    key += "\n" + viewer.user + "\n" + viewer.browser + (viewer.rtt ? "\n1" : "\n0");
    list.push_back(std::move(entry));
  }
  if (key == told_) return;
  told_ = std::move(key);
  Json event{{"event", "viewers"},
             {"count", viewers.size()},
             {"width", screen.width},
             {"height", screen.height},
             {"viewers", std::move(list)}};
  if (scale_percent) event["scale_percent"] = *scale_percent;
  send(event.dump(-1, ' ', false, Json::error_handler_t::replace));
}

void ControlChannel::tell_measure(const SessionMeasure& measure) {
  const auto times = [](const LatencyHistogram& histogram) {
    return Json{{"counts", histogram.counts()}, {"sum_us", histogram.sum_us()}};
  };
  const Json event{{"event", "measured"},
                   {"bytes_down", measure.bytes_down},
                   {"bytes_up", measure.bytes_up},
                   {"peak_bits_second", measure.peak_bits_second},
                   {"connected_us", measure.connected_us},
                   {"updates", measure.updates},
                   {"frames", measure.frames},
                   {"inputs", measure.inputs},
                   {"links", measure.links},
                   {"reconnects", measure.reconnects},
                   {"checked_tiles", measure.checked_tiles},
                   {"wrong_tiles", measure.wrong_tiles},
                   {"response", times(measure.response)},
                   {"rtt", times(measure.rtt)},
                   {"part_sums_us", measure.part_sums_us}};
  send(event.dump());
}

void ControlChannel::send(const std::string& line) {
  if (outgoing_.size() + line.size() > kMostOutgoing) return;
  outgoing_ += line + "\n";
  flush();
}

bool ControlChannel::flush() {
  while (!outgoing_.empty()) {
    const ssize_t count = write(fd_, outgoing_.data(), outgoing_.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return false;
    if (count < 0) {
      outgoing_.clear();  // receive() tells that the supervisor is gone
      return true;
    }
    outgoing_.erase(0, static_cast<size_t>(count));
  }
  return true;
}

}  // namespace vitrine::agent
