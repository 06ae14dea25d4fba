// A TCP relay whose two sides are joined by an EmulatedLink: what `link_emulator` runs, and what tests run on a thread.
// Socket buffers are kept small, so that the queue which fills on a slow link is the modelled one and its back-pressure
// reaches the sender. Opening a connection costs a round trip, as it would.
//
// Everything but create() belongs to the thread that calls run(). Commands come in and statistics go out over file
// descriptors.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>

#include "bench/link/emulated_link.h"
#include "protocol/base/result.h"

namespace vitrine {

struct RelayAddress {
  std::string host;  // IPv4, in digits
  uint16_t port = 0;
};

// Reads "127.0.0.1:8443".
[[nodiscard]] Result<RelayAddress> parse_relay_address(std::string_view text);

struct LinkRelayOptions {
  RelayAddress listen;  // port 0 takes a free one
  RelayAddress to;
  LinkConditions conditions;
  LinkScript script;
  uint64_t seed = 1;
  // Lines read from here are commands: `stats NAME` prints what passed since the last time; anything else is a script
  // line that starts now ("0s rate=2mbit"). Its end stops the relay. -1: none. Both stay the caller's to close.
  int control_fd = -1;
  int stats_fd = 1;  // JSON lines
};

// A file descriptor that is closed with its owner.
class OwnedFd {
 public:
  explicit OwnedFd(int fd = -1) : fd_(fd) {}
  OwnedFd(OwnedFd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  OwnedFd& operator=(OwnedFd&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~OwnedFd();
  [[nodiscard]] int get() const { return fd_; }

 private:
  int fd_;
};

class LinkRelay {
 public:
  [[nodiscard]] static Result<std::unique_ptr<LinkRelay>> create(const LinkRelayOptions& options);

  // Where it listens.
  [[nodiscard]] uint16_t port() const { return port_; }
  // Relays until stop_fd is readable or the control input ends, then prints statistics named "end".
  [[nodiscard]] Result<void> run(int stop_fd);

 private:
  // One of the two sockets of a connection. Readiness is edge-triggered, so it is remembered.
  struct Socket {
    OwnedFd fd;
    bool readable = false;
    bool writable = false;
    bool ended = false;      // the peer sent all it had
    bool shut_down = false;  // we told the peer that there is no more
  };
  struct Connection {
    Socket viewer;
    Socket server;
    Micros opens_at = 0;
  };
  using Flow = LinkModel::Flow;

  LinkRelay(const LinkRelayOptions& options, OwnedFd listener, OwnedFd epoll, OwnedFd timer, uint16_t port);
  [[nodiscard]] Result<void> watch(int fd, uint32_t events, uint64_t tag);
  void handle_event(uint64_t tag, uint32_t events);
  void accept_all(Micros now);
  void open(OwnedFd viewer, Micros now);
  void read_control(Micros now);
  void command(std::string_view line, Micros now);
  void pump_all(Micros now);
  // False when the connection is over.
  bool pump(Flow flow, Connection& connection, Micros now);
  bool pump(Flow flow, LinkModel& model, Socket& from, Socket& to, Micros now);
  void reset_all();
  void arm_timer(Micros now);
  void print(std::string line);
  void print_statistics(std::string_view name, Micros now);

  LinkRelayOptions options_;
  OwnedFd listener_;
  OwnedFd epoll_;
  OwnedFd timer_;
  uint16_t port_;
  EmulatedLink link_;
  std::map<Flow, Connection> connections_;
  Flow next_flow_ = 1;
  Flow first_served_ = 0;  // rotates, so that no connection has the queue for itself
  std::string control_;    // a command that is not complete yet
  bool stopped_ = false;
  Micros started_ = 0;
  Micros counted_from_ = 0;
  uint64_t counted_up_ = 0;
  uint64_t counted_down_ = 0;
};

}  // namespace vitrine
