#include "bench/link/link_relay.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <nlohmann/json.hpp>

namespace vitrine {
namespace {

// What waits in the kernel beside the modelled queue: a few packets each side.
constexpr int kSocketBuffer = 16 * 1024;
constexpr size_t kMaxConnections = 256;
constexpr size_t kReadChunk = 16 * 1024;
constexpr size_t kMaxCommand = 4096;
// Commands may hold any bytes; what they are answered with is still JSON.
constexpr auto kReplace = nlohmann::json::error_handler_t::replace;

// Tags of epoll events; those of connections are 2 x flow, plus 1 for the server's socket, and start at 2.
constexpr uint64_t kListenerTag = UINT64_MAX;
constexpr uint64_t kTimerTag = UINT64_MAX - 1;
constexpr uint64_t kControlTag = UINT64_MAX - 2;
constexpr uint64_t kStopTag = UINT64_MAX - 3;

Error system_error(std::string what) {
  return Error{ErrorCode::kIo, std::move(what) + ": " + std::strerror(errno)};
}

void set_option(int fd, int level, int name, int value) {
  // A kernel that refuses one of these still relays; the limits only get looser.
  (void)::setsockopt(fd, level, name, &value, sizeof value);
}

// Loopback's own segments hold 64 KiB, more than a small receive buffer takes at once; Ethernet's keep both flowing.
OwnedFd tcp_socket() {
  OwnedFd fd(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (fd.get() < 0) return fd;
  set_option(fd.get(), SOL_SOCKET, SO_RCVBUF, kSocketBuffer);
  set_option(fd.get(), SOL_SOCKET, SO_SNDBUF, kSocketBuffer);
  set_option(fd.get(), IPPROTO_TCP, TCP_MAXSEG, static_cast<int>(kLinkPacket));
  return fd;
}

void tune_connected(int fd) {
  set_option(fd, IPPROTO_TCP, TCP_NODELAY, 1);
  set_option(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, static_cast<int>(2 * kLinkPacket));
}

Result<sockaddr_in> socket_address(const RelayAddress& address) {
  sockaddr_in result{};
  result.sin_family = AF_INET;
  result.sin_port = htons(address.port);
  if (::inet_pton(AF_INET, address.host.c_str(), &result.sin_addr) != 1) {
    return Error{ErrorCode::kInvalidArgument, "'" + address.host + "' is not an IPv4 address such as 127.0.0.1"};
  }
  return result;
}

std::string text_of(const RelayAddress& address) {
  return address.host + ":" + std::to_string(address.port);
}

}  // namespace

OwnedFd::~OwnedFd() {
  if (fd_ >= 0) ::close(fd_);
}

Result<RelayAddress> parse_relay_address(std::string_view text) {
  const Error error{ErrorCode::kInvalidArgument,
                    "'" + std::string(text) + "' is not an address such as 127.0.0.1:8443"};
  const size_t colon = text.rfind(':');
  if (colon == text.npos) return error;
  RelayAddress address{.host = std::string(text.substr(0, colon))};
  const char* end = text.data() + text.size();
  const auto read = std::from_chars(text.data() + colon + 1, end, address.port);
  if (read.ec != std::errc() || read.ptr != end) return error;
  if (!socket_address(address).ok()) return error;
  return address;
}

Result<std::unique_ptr<LinkRelay>> LinkRelay::create(const LinkRelayOptions& options) {
  sockaddr_in address = TRY(socket_address(options.listen));
  OwnedFd listener = tcp_socket();
  if (listener.get() < 0) return system_error("cannot open a socket");
  set_option(listener.get(), SOL_SOCKET, SO_REUSEADDR, 1);
  if (::bind(listener.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 ||
      ::listen(listener.get(), 64) != 0) {
    return system_error("cannot listen on " + text_of(options.listen));
  }
  socklen_t size = sizeof address;
  if (::getsockname(listener.get(), reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    return system_error("cannot tell the port");
  }
  OwnedFd epoll(::epoll_create1(EPOLL_CLOEXEC));
  OwnedFd timer(::timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC));
  if (epoll.get() < 0 || timer.get() < 0) return system_error("cannot open a timer");
  std::unique_ptr<LinkRelay> relay(
      new LinkRelay(options, std::move(listener), std::move(epoll), std::move(timer), ntohs(address.sin_port)));
  TRY(relay->watch(relay->listener_.get(), EPOLLIN, kListenerTag));
  TRY(relay->watch(relay->timer_.get(), EPOLLIN | EPOLLET, kTimerTag));
  if (options.control_fd >= 0) TRY(relay->watch(options.control_fd, EPOLLIN, kControlTag));
  return relay;
}

LinkRelay::LinkRelay(const LinkRelayOptions& options, OwnedFd listener, OwnedFd epoll, OwnedFd timer, uint16_t port)
    : options_(options),
      listener_(std::move(listener)),
      epoll_(std::move(epoll)),
      timer_(std::move(timer)),
      port_(port),
      link_(options.conditions, options.script, options.seed, monotonic_now()),
      started_(monotonic_now()),
      counted_from_(started_) {}

Result<void> LinkRelay::watch(int fd, uint32_t events, uint64_t tag) {
  epoll_event event{.events = events, .data = {.u64 = tag}};
  if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) != 0) return system_error("cannot watch a file descriptor");
  return {};
}

Result<void> LinkRelay::run(int stop_fd) {
  if (stop_fd >= 0) TRY(watch(stop_fd, EPOLLIN, kStopTag));
  std::array<epoll_event, 64> events;
  while (!stopped_) {
    const int count = ::epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()), -1);
    if (count < 0 && errno != EINTR) return system_error("cannot wait for events");
    if (link_.advance(monotonic_now())) reset_all();
    for (int i = 0; i < count; ++i)
      handle_event(events[static_cast<size_t>(i)].data.u64, events[static_cast<size_t>(i)].events);
    pump_all(monotonic_now());
    arm_timer(monotonic_now());
  }
  print_statistics("end", monotonic_now());
  return {};
}

void LinkRelay::handle_event(uint64_t tag, uint32_t events) {
  if (tag == kListenerTag) return accept_all(monotonic_now());
  if (tag == kControlTag) return read_control(monotonic_now());
  if (tag == kStopTag) {
    stopped_ = true;
    return;
  }
  if (tag == kTimerTag) return;  // waking up was all; being edge-triggered, it needs no reading
  const auto found = connections_.find(static_cast<Flow>(tag / 2));
  if (found == connections_.end()) return;
  Socket& socket = tag % 2 == 0 ? found->second.viewer : found->second.server;
  // An error is found by the read or write it lets through.
  if (events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR)) socket.readable = true;
  if (events & (EPOLLOUT | EPOLLHUP | EPOLLERR)) socket.writable = true;
}

void LinkRelay::accept_all(Micros now) {
  for (;;) {
    OwnedFd viewer(::accept4(listener_.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (viewer.get() < 0) return;
    if (link_.open() && connections_.size() < kMaxConnections) {
      open(std::move(viewer), now);
    } else {
      const linger at_once{.l_onoff = 1, .l_linger = 0};  // closing then sends a reset
      (void)::setsockopt(viewer.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    }
  }
}

void LinkRelay::open(OwnedFd viewer, Micros now) {
  OwnedFd server = tcp_socket();
  const auto address = socket_address(options_.to);
  if (server.get() < 0 || !address.ok()) return;
  const sockaddr_in to = address.value();
  if (::connect(server.get(), reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0 && errno != EINPROGRESS) return;
  tune_connected(viewer.get());
  tune_connected(server.get());
  const Flow flow = next_flow_++;
  constexpr uint32_t kEvents = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
  if (!watch(viewer.get(), kEvents, uint64_t{flow} * 2).ok()) return;
  if (!watch(server.get(), kEvents, uint64_t{flow} * 2 + 1).ok()) return;
  Connection& connection = connections_[flow];
  connection.viewer.fd = std::move(viewer);
  connection.server.fd = std::move(server);
  connection.opens_at = now + link_.round_trip();
}

void LinkRelay::read_control(Micros now) {
  std::array<char, 1024> chunk;
  const ssize_t count = ::read(options_.control_fd, chunk.data(), chunk.size());
  if (count <= 0) {
    stopped_ = count == 0 || (errno != EAGAIN && errno != EINTR);
    return;
  }
  control_.append(chunk.data(), static_cast<size_t>(count));
  for (size_t end = control_.find('\n'); end != control_.npos; end = control_.find('\n')) {
    command(std::string_view(control_).substr(0, end), now);
    control_.erase(0, end + 1);
  }
  if (control_.size() > kMaxCommand) stopped_ = true;
}

void LinkRelay::command(std::string_view line, Micros now) {
  if (line.starts_with("stats")) return print_statistics(line.substr(std::min<size_t>(line.size(), 6)), now);
  const auto script = parse_link_script(line);
  if (script.ok()) {
    link_.append(script.value(), now);
    if (link_.advance(now)) reset_all();
  } else {
    print(nlohmann::json{{"error", script.error().message}}.dump(-1, ' ', false, kReplace));
  }
}

void LinkRelay::pump_all(Micros now) {
  if (link_.advance(now)) reset_all();
  if (connections_.empty()) return;
  auto first = connections_.upper_bound(first_served_);
  if (first == connections_.end()) first = connections_.begin();
  first_served_ = first->first;
  std::vector<Flow> over;
  const auto serve = [&](auto from, auto to) {
    for (auto at = from; at != to; ++at) {
      if (!pump(at->first, at->second, now)) over.push_back(at->first);
    }
  };
  serve(first, connections_.end());
  serve(connections_.begin(), first);
  for (const Flow flow : over) {
    link_.up().drop(flow);
    link_.down().drop(flow);
    connections_.erase(flow);
  }
}

bool LinkRelay::pump(Flow flow, Connection& connection, Micros now) {
  if (now < connection.opens_at) return true;
  return pump(flow, link_.up(), connection.viewer, connection.server, now) &&
         pump(flow, link_.down(), connection.server, connection.viewer, now) &&
         !(connection.viewer.shut_down && connection.server.shut_down);
}

bool LinkRelay::pump(Flow flow, LinkModel& model, Socket& from, Socket& to, Micros now) {
  std::array<uint8_t, kReadChunk> chunk;
  while (from.readable && !from.ended) {
    const size_t room = std::min(model.room(flow, now), chunk.size());
    if (room == 0) break;
    const ssize_t count = ::read(from.fd.get(), chunk.data(), room);
    if (count < 0 && errno != EAGAIN && errno != EINTR) return false;
    if (count < 0) from.readable = false;
    if (count == 0) from.ended = true;
    if (count > 0) model.send(flow, std::span(chunk).first(static_cast<size_t>(count)), now);
  }
  while (to.writable) {
    const auto bytes = model.arrived(flow, now);
    if (bytes.empty()) break;
    const ssize_t count = ::send(to.fd.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count < 0 && errno != EAGAIN && errno != EINTR) return false;
    if (count < 0) to.writable = false;
    if (count > 0) model.consume(flow, static_cast<size_t>(count));
  }
  if (from.ended && !to.shut_down && to.writable && model.idle(flow)) {
    (void)::shutdown(to.fd.get(), SHUT_WR);
    to.shut_down = true;
  }
  return true;
}

void LinkRelay::reset_all() {
  const linger at_once{.l_onoff = 1, .l_linger = 0};
  for (auto& [flow, connection] : connections_) {
    for (const Socket* socket : {&connection.viewer, &connection.server}) {
      (void)::setsockopt(socket->fd.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    }
    link_.up().drop(flow);
    link_.down().drop(flow);
  }
  connections_.clear();
}

void LinkRelay::arm_timer(Micros now) {
  Micros deadline = link_.next_deadline();
  for (const auto& [flow, connection] : connections_) {
    if (connection.opens_at > now) deadline = std::min(deadline, connection.opens_at);
  }
  // Zero would disarm it; what is already due gets the next microsecond.
  itimerspec when{};
  if (deadline != kNever) {
    const Micros at = std::max<Micros>(deadline, 1);
    when.it_value = {.tv_sec = at / kSecond, .tv_nsec = at % kSecond * 1000};
  }
  (void)::timerfd_settime(timer_.get(), TFD_TIMER_ABSTIME, &when, nullptr);
}

void LinkRelay::print_statistics(std::string_view name, Micros now) {
  const auto direction = [](LinkModel& model, uint64_t& counted) {
    QueueDelayHistogram& delays = model.queue_delays();
    const QueueDelayHistogram& standing = model.standing_queue().intervals();
    nlohmann::json result = {{"bytes", model.delivered_bytes() - counted},
                             {"packets", delays.count()},
                             {"queue_p50_ms", delays.percentile_ms(0.5)},
                             {"queue_p95_ms", delays.percentile_ms(0.95)},
                             {"queue_max_ms", delays.percentile_ms(1)},
                             {"standing_queue_p50_ms", standing.percentile_ms(0.5)},
                             {"standing_queue_p95_ms", standing.percentile_ms(0.95)},
                             {"standing_queue_max_ms", standing.percentile_ms(1)}};
    counted = model.delivered_bytes();
    delays.clear();
    model.standing_queue().clear();
    return result;
  };
  const nlohmann::json line = {{"stats", name},
                               {"seconds", static_cast<double>(now - counted_from_) / 1e6},
                               {"down", direction(link_.down(), counted_down_)},
                               {"up", direction(link_.up(), counted_up_)},
                               {"connections", connections_.size()}};
  counted_from_ = now;
  print(line.dump(-1, ' ', false, kReplace));
}

void LinkRelay::print(std::string line) {
  line += '\n';
  // Nobody who reads the statistics: nobody whom the relay serves.
  if (::write(options_.stats_fd, line.data(), line.size()) < 0) stopped_ = true;
}

}  // namespace vitrine
