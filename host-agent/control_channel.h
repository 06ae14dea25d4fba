// The agent's line to its supervisor: newline-separated JSON both ways over a descriptor that it inherited.
//
//   to the supervisor    {"event":"ready"}
//                        {"event":"viewers","count":1,"width":W,"height":H,"scale_percent":S,
//                         "viewers":[{"user","browser","rtt_ms"}]}; S only once a viewer said it
//                        {"event":"measured", the fields of SessionMeasure}; since the start of the agent
//   from the supervisor  {"do":"notice","level":"info"|"warning"|"error","text":"..."}
//                        {"do":"disconnect","reason":"..."}; the viewers of now, the agent stays
//                        {"do":"close","code":7,"reason":"..."}
//                        {"do":"readmit","generation":3,"reason":"..."}; see DesktopAgent::require_generation()
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "host-agent/viewer_session.h"
#include "protocol/base/geometry.h"
#include "protocol/messages.h"

namespace vitrine::agent {

// What the supervisor asks for.
struct DisconnectViewers {
  std::string reason;
};
struct EndOfSupervisor {};  // it is gone
struct Readmit {
  uint32_t generation = 0;
  std::string reason;
};
using ControlOrder = std::variant<Notice, DisconnectViewers, Close, Readmit, EndOfSupervisor>;

// One thread. Never blocks.
class ControlChannel {
 public:
  // Errors: invalid_argument when `fd` is not open. Keeps but does not close it.
  static Result<ControlChannel> create(int fd);

  // What came since the last call. Lines that are no orders are logged and skipped.
  std::vector<ControlOrder> receive();
  void tell_ready();
  // Says so when it differs from what was told last.
  void tell_viewers(const std::vector<ViewerSummary>& viewers, Size screen, std::optional<uint32_t> scale_percent);
  void tell_measure(const SessionMeasure& measure);
  // Sends what did not fit before. False while there is more.
  bool flush();
  [[nodiscard]] int fd() const { return fd_; }

 private:
  explicit ControlChannel(int fd) : fd_(fd) {}
  void send(const std::string& line);
  std::optional<ControlOrder> parse_order(const std::string& line) const;

  int fd_;
  std::string incoming_;
  std::string outgoing_;
  std::string told_;  // the last "viewers" line without its round trips
};

}  // namespace vitrine::agent
