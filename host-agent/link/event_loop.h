// The agent's one event loop: libwebsockets serves the WebSockets and, with them, the file descriptors of the X server,
// of the supervisor and of signals. Without events and deadlines it sleeps.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "host-agent/link/gateway_tls.h"
#include "protocol/base/result.h"
#include "protocol/base/time.h"
#include "protocol/messages.h"

namespace vitrine::agent {

struct GatewayAddress {
  std::string host;
  uint16_t port = 443;
};
// "wss://HOST[:PORT]"; an IPv6 address in brackets. Errors: invalid_argument.
Result<GatewayAddress> parse_gateway_address(const std::string& url);

using SocketId = uint64_t;

// What happens on a WebSocket. None is called from inside of a function of EventLoop but run_once().
struct SocketEvents {
  std::function<void()> opened;
  std::function<void(std::span<const uint8_t>)> message;  // whole, binary, within the limit
  // The link can take one message now; nothing: none. Asked after want_write().
  std::function<std::optional<Bytes>()> writable;
  // The last event. Why, as a part of a sentence: "the gateway refused the connection".
  std::function<void(const std::string&)> closed;
};

// One thread.
class EventLoop {
 public:
  // Sockets trust whom `tls` trusts when they are dialled; borrowed. Errors: internal.
  static Result<std::unique_ptr<EventLoop>> create(GatewayTls& tls);
  ~EventLoop();
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;

  // Calls `readable` when there is something to read (or the other side is gone). The caller keeps `fd`.
  Result<void> watch(int fd, std::function<void()> readable);

  // Opens a WebSocket at wss://address`path`; `closed` tells when it fails.
  SocketId dial(const GatewayAddress& address, const std::string& path, SocketEvents events);
  void want_write(SocketId socket);
  // What was written before is still sent.
  void close(SocketId socket);

  // Waits for events until `until` at most, and handles them.
  void run_once(Micros until);

  // libwebsockets' side; not for others.
  struct Context;

 private:
  explicit EventLoop(std::unique_ptr<Context> context);
  std::unique_ptr<Context> context_;
};

}  // namespace vitrine::agent
