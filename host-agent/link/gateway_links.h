// The agent's links at its gateway: one idle for the next viewer, and one for each viewer there is.
//
//   dialling ──▶ greeting ──Welcome──▶ idle ──ViewerJoined──▶ paired ──▶ closed
//       └────────────┴───── away ──────┘ dialled again after 100 ms, 200 ms, ... 5 s (with jitter)
//
// When an idle link is taken, the next one is dialled at once. Credential and certificate are read anew for every
// dial, so that renewed ones take effect.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <random>
#include <string>

#include "host-agent/desktop_agent.h"
#include "host-agent/encoding_turns.h"
#include "host-agent/link/event_loop.h"
#include "host-agent/link/gateway_tls.h"
#include "protocol/link.h"

namespace vitrine::agent {

struct GatewayOptions {
  GatewayAddress address;
  std::string certificate_file;
  std::string credential_file;
};

// Reads a credential (base64url text). Errors: not_found, malformed; the sentence names the file.
Result<Bytes> read_credential(const std::string& file);

// One thread. All that is passed in is borrowed.
class GatewayLinks {
 public:
  GatewayLinks(EventLoop& loop, DesktopAgent& agent, GatewayTls& tls, GatewayOptions options);

  // Dials what is missing, keeps links alive, and asks to write where there is output. Call after every event.
  void advance(Micros now);
  [[nodiscard]] Micros next_deadline() const;
  // No new links; ends the idle ones. Those of viewers end after their Close.
  void stop();
  [[nodiscard]] bool empty() const { return links_.empty(); }
  // A gateway has welcomed us at some time.
  [[nodiscard]] bool was_welcomed() const { return welcomed_; }

 private:
  enum class State : uint8_t { kDialling, kGreeting, kIdle, kPaired, kClosing };
  struct Link {
    State state = State::kDialling;
    Micros since = 0;
    LinkHealth health{0};
    std::deque<Bytes> out;  // small messages of our own
    ViewerId viewer = 0;
  };

  void dial(Micros now);
  void handle_message(SocketId id, std::span<const uint8_t> message);
  template <class M>
  void handle(SocketId id, Link& link, const M& message, Micros now);
  std::optional<Bytes> next_message(SocketId id);
  void handle_closed(SocketId id, const std::string& why);
  void close_link(SocketId id, CloseCode code, const std::string& reason);
  void retry_later(Micros now, const std::string& why);
  [[nodiscard]] bool has_free_link() const;

  EventLoop& loop_;
  GatewayTls& tls_;
  DesktopAgent& agent_;
  GatewayOptions options_;
  std::map<SocketId, Link> links_;
  EncodingTurns turns_;
  Micros dial_at_ = 0;
  Micros backoff_;
  std::string last_fault_;
  bool stopped_ = false;
  bool welcomed_ = false;
  std::minstd_rand jitter_;
};

}  // namespace vitrine::agent
