// The shell of a gateway in a simulated world: what websocket_link.h is to the real one.
#pragma once

#include <memory>
#include <set>

#include "gateway/switchboard.h"
#include "protocol/ticket.h"
#include "tests/session/message_pipe.h"

namespace vitrine::session {

inline constexpr const char* kOrigin = "https://desk.example";
inline constexpr uint64_t kUnixStart = 1'790'000'000;

inline uint64_t unix_seconds(Micros now) {
  return kUnixStart + static_cast<uint64_t>(now / kSecond);
}

class VirtualGateway {
 public:
  VirtualGateway(Connections& connections, TicketVerifier verifier, Micros now);

  // A connection was opened to it.
  void accept(LinkId id) { greeting_.insert(id); }
  [[nodiscard]] bool up() const { return board_ != nullptr; }
  // The process dies: every connection is reset; nothing is remembered.
  void crash();
  void start(Micros now);

  // Does what can be done now; true when that was something.
  bool step(Micros now);
  [[nodiscard]] Micros next_deadline() const { return up() ? board_->next_deadline() : kNever; }

  [[nodiscard]] const RelayCounters& counters() const { return *counters_; }
  // The most that ever waited for one link.
  [[nodiscard]] size_t largest_queue() const { return largest_queue_; }

 private:
  bool greet(LinkId id, Micros now);
  bool serve(LinkId id, Micros now);
  void forget(LinkId id, Micros now);

  Connections& connections_;
  TicketVerifier verifier_;
  std::unique_ptr<RelayCounters> counters_;
  std::unique_ptr<Switchboard> board_;
  std::set<LinkId> greeting_;  // have not said hello
  std::set<LinkId> links_;
  std::set<LinkId> writing_;
  size_t largest_queue_ = 0;
};

}  // namespace vitrine::session
