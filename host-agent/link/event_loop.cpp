#include "host-agent/link/event_loop.h"

#include <libwebsockets.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <spdlog/spdlog.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <utility>
#include <vector>

#include "protocol/base/check.h"
#include "protocol/limits.h"

namespace vitrine::agent {
namespace {

// Pixels are picked when the socket asks for more, so the kernel should ask late: when no more than this is unsent.
constexpr int kUnsentBytes = 16 * 1024;
// libwebsockets hands received bytes on in pieces of this.
constexpr size_t kReceivePiece = 16 * 1024;
// Dialling, TLS and the upgrade together.
constexpr unsigned kDialSeconds = 10;
// Sockets, watched descriptors and some to spare.
constexpr unsigned kMostDescriptors = 64;

// What a wsi's user data points to. libwebsockets tells the end of a watched descriptor to the callback of the first
// protocol, too, which is that of sockets.
struct Served {
  bool is_socket = false;
};

struct Socket : Served {
  SocketId id = 0;
  lws* wsi = nullptr;
  SocketEvents events;
  Bytes incoming;
  std::string fault;     // why it is over
  bool over = false;     // `closed` is to be called
  bool closing = false;  // on our wish
};

struct Watch : Served {
  int fd = -1;  // a duplicate; libwebsockets closes it
  std::function<void()> readable;
};

// libwebsockets' own reports go to our log; what concerns a link is reported by the link.
void log_line(int level, const char* line) {
  std::string text(line);
  while (!text.empty() && text.back() == '\n') text.pop_back();
  if (level == LLL_ERR) {
    spdlog::debug("libwebsockets: {}", text);
  } else {
    spdlog::trace("libwebsockets: {}", text);
  }
}

}  // namespace

struct EventLoop::Context {
  lws_context* service = nullptr;
  lws_vhost* vhost = nullptr;
  std::map<SocketId, std::unique_ptr<Socket>> sockets;
  std::vector<std::unique_ptr<Watch>> watches;
  SocketId last_socket = 0;
  int timer = -1;  // see run_once()
  Micros timer_set_to = kNever;

  static Context& of(lws* wsi) { return *static_cast<Context*>(lws_context_user(lws_get_context(wsi))); }
  void make_vhost(SSL_CTX* tls);
  int on_socket(lws* wsi, Socket& socket, lws_callback_reasons reason, void* in, size_t size);
  int on_received(lws* wsi, Socket& socket, const void* in, size_t size);
  int on_writable(lws* wsi, Socket& socket);
  static void tune(lws* wsi);
  void report_ends();
  void set_timer(Micros until);
  void take_timer();

  ~Context() {
    if (timer >= 0) ::close(timer);
  }
  Context() = default;
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;
};

namespace {

int socket_callback(lws* wsi, lws_callback_reasons reason, void*, void* in, size_t size) {
  auto* const served = static_cast<Served*>(lws_get_opaque_user_data(wsi));
  if (served == nullptr || !served->is_socket) return 0;
  return EventLoop::Context::of(wsi).on_socket(wsi, static_cast<Socket&>(*served), reason, in, size);
}

int watch_callback(lws* wsi, lws_callback_reasons reason, void*, void*, size_t) {
  auto* const served = static_cast<Served*>(lws_get_opaque_user_data(wsi));
  if (served == nullptr || served->is_socket) return 0;
  if (reason == LWS_CALLBACK_RAW_RX_FILE || reason == LWS_CALLBACK_RAW_CLOSE_FILE) static_cast<Watch*>(served)->readable();
  return 0;
}

constexpr char kSocketProtocol[] = "vitrine";
constexpr char kWatchProtocol[] = "watch";

lws_protocols protocol(const char* name, lws_callback_function* callback) {
  lws_protocols result{};
  result.name = name;
  result.callback = callback;
  result.rx_buffer_size = kReceivePiece;
  // Otherwise a message would leave in pieces of 4 KiB, each with a turn of the loop of its own.
  result.tx_packet_size = kMaxMessage + LWS_PRE;
  return result;
}

const lws_protocols kProtocols[] = {
    protocol(kSocketProtocol, socket_callback), protocol(kWatchProtocol, watch_callback), {}};

}  // namespace

Result<GatewayAddress> parse_gateway_address(const std::string& url) {
  const Error wrong{ErrorCode::kInvalidArgument,
                    "'" + url + "' is not a gateway's address; it looks like wss://127.0.0.1:8443"};
  constexpr std::string_view kScheme = "wss://";
  if (!url.starts_with(kScheme)) return wrong;
  std::string rest = url.substr(kScheme.size());
  if (rest.ends_with('/')) rest.pop_back();
  GatewayAddress address;
  size_t port_at = rest.rfind(':');
  if (rest.starts_with('[')) {
    const size_t end = rest.find(']');
    if (end == std::string::npos) return wrong;
    address.host = rest.substr(1, end - 1);
    port_at = rest.find(':', end);
  } else {
    address.host = rest.substr(0, port_at);
  }
  if (port_at != std::string::npos) {
    const std::string digits = rest.substr(port_at + 1);
    const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), address.port);
    if (parsed.ec != std::errc() || parsed.ptr != digits.data() + digits.size() || address.port == 0) return wrong;
  }
  if (address.host.empty() || address.host.find('/') != std::string::npos) return wrong;
  return address;
}

// --- set-up -----------------------------------------------------------------------------------------------------

EventLoop::EventLoop(std::unique_ptr<Context> context) : context_(std::move(context)) {}

Result<std::unique_ptr<EventLoop>> EventLoop::create(GatewayTls& tls) {
  lws_set_log_level(LLL_ERR | LLL_WARN, log_line);
  auto context = std::make_unique<Context>();
  lws_context_creation_info info{};
  info.port = CONTEXT_PORT_NO_LISTEN;
  info.protocols = kProtocols;
  info.options =
      LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT | LWS_SERVER_OPTION_EXPLICIT_VHOSTS | LWS_SERVER_OPTION_DISABLE_OS_CA_CERTS;
  info.user = context.get();
  info.fd_limit_per_thread = kMostDescriptors;
  info.connect_timeout_secs = kDialSeconds;
  info.timeout_secs = kDialSeconds;
  info.gid = static_cast<gid_t>(-1);
  info.uid = static_cast<uid_t>(-1);
  context->service = lws_create_context(&info);
  if (context->service != nullptr) context->make_vhost(tls.context());
  if (context->vhost == nullptr) {
    if (context->service != nullptr) lws_context_destroy(context->service);
    return Error{ErrorCode::kInternal, "libwebsockets cannot be set up"};
  }
  context->timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
  std::unique_ptr<EventLoop> loop(new EventLoop(std::move(context)));
  Context* const owner = loop->context_.get();
  TRY(loop->watch(owner->timer, [owner] { owner->take_timer(); }));
  return loop;
}

EventLoop::~EventLoop() {
  // Nobody is told of what ends now.
  for (auto& [id, socket] : context_->sockets) socket->events = {};
  for (auto& watch : context_->watches) watch->readable = [] {};
  lws_context_destroy(context_->service);
}

// libwebsockets binds trust to a virtual host.
void EventLoop::Context::make_vhost(SSL_CTX* tls) {
  lws_context_creation_info info{};
  info.port = CONTEXT_PORT_NO_LISTEN;
  info.protocols = kProtocols;
  info.vhost_name = "agent";
  info.options = LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT | LWS_SERVER_OPTION_DISABLE_OS_CA_CERTS;
  info.provided_client_ssl_ctx = tls;
  info.connect_timeout_secs = kDialSeconds;
  info.timeout_secs = kDialSeconds;
  // The protocol pings by itself; libwebsockets' own pings and their timers stay out of it.
  static constexpr uint16_t kNeverSeconds = 0;
  static const lws_retry_bo_t policy{nullptr, 0, 0, kNeverSeconds, kNeverSeconds, 0};
  info.retry_and_idle_policy = &policy;
  vhost = lws_create_vhost(service, &info);
}

Result<void> EventLoop::watch(int fd, std::function<void()> readable) {
  auto watch = std::make_unique<Watch>();
  watch->fd = dup(fd);
  watch->readable = std::move(readable);
  lws_sock_file_fd_type descriptor{};
  descriptor.filefd = watch->fd;
  lws* const wsi =
      lws_adopt_descriptor_vhost(context_->vhost, LWS_ADOPT_RAW_FILE_DESC, descriptor, kWatchProtocol, nullptr);
  if (watch->fd < 0 || wsi == nullptr) return Error{ErrorCode::kIo, "a descriptor cannot be watched"};
  lws_set_opaque_user_data(wsi, static_cast<Served*>(watch.get()));
  context_->watches.push_back(std::move(watch));
  return {};
}

// --- sockets ----------------------------------------------------------------------------------------------------

SocketId EventLoop::dial(const GatewayAddress& address, const std::string& path, SocketEvents events) {
  auto made = std::make_unique<Socket>();
  Socket& socket = *made;
  socket.is_socket = true;
  socket.id = ++context_->last_socket;
  socket.events = std::move(events);
  context_->sockets[socket.id] = std::move(made);
  const bool ipv6 = address.host.find(':') != std::string::npos;
  const std::string host = (ipv6 ? "[" + address.host + "]" : address.host) + ":" + std::to_string(address.port);
  lws_client_connect_info info{};
  info.context = context_->service;
  info.vhost = context_->vhost;
  info.address = address.host.c_str();
  info.port = address.port;
  info.path = path.c_str();
  info.host = host.c_str();
  info.alpn = "http/1.1";
  info.ietf_version_or_minus_one = -1;
  info.ssl_connection = LCCSCF_USE_SSL | LCCSCF_SKIP_SERVER_CERT_HOSTNAME_CHECK | LCCSCF_PRIORITIZE_READS;
  info.local_protocol_name = kSocketProtocol;
  info.opaque_user_data = static_cast<Served*>(&socket);
  info.pwsi = &socket.wsi;
  if (lws_client_connect_via_info(&info) == nullptr && !socket.over) {
    socket.over = true;
    socket.fault = "the gateway cannot be dialled";
  }
  if (socket.over) socket.wsi = nullptr;
  return socket.id;
}

void EventLoop::want_write(SocketId id) {
  const auto found = context_->sockets.find(id);
  if (found == context_->sockets.end() || found->second->wsi == nullptr || found->second->over) return;
  lws_callback_on_writable(found->second->wsi);
}

void EventLoop::close(SocketId id) {
  const auto found = context_->sockets.find(id);
  if (found == context_->sockets.end() || found->second->over) return;
  found->second->closing = true;
  if (found->second->wsi != nullptr) {
    // Closed from the writable callback, which comes when all before it is written; a link that never gets there
    // runs into the timeout.
    lws_callback_on_writable(found->second->wsi);
    lws_set_timeout(found->second->wsi, PENDING_TIMEOUT_USER_OK, 2);
  }
}

void EventLoop::Context::tune(lws* wsi) {
  const int fd = lws_get_socket_fd(wsi);
  const int on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  setsockopt(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &kUnsentBytes, sizeof kUnsentBytes);
}

int EventLoop::Context::on_socket(lws* wsi, Socket& socket, lws_callback_reasons reason, void* in, size_t size) {
  switch (reason) {
    case LWS_CALLBACK_CLIENT_ESTABLISHED:
      tune(wsi);
      if (socket.events.opened) socket.events.opened();
      return 0;
    case LWS_CALLBACK_CLIENT_RECEIVE: return on_received(wsi, socket, in, size);
    case LWS_CALLBACK_CLIENT_WRITEABLE: return on_writable(wsi, socket);
    case LWS_CALLBACK_CLIENT_CONNECTION_ERROR:
      socket.fault = in == nullptr ? "the gateway cannot be reached" : std::string(static_cast<char*>(in), size);
      socket.over = true;
      return 0;
    case LWS_CALLBACK_CLIENT_CLOSED:
      if (socket.fault.empty()) socket.fault = socket.closing ? "closed" : "the gateway closed the connection";
      socket.over = true;
      return 0;
    case LWS_CALLBACK_WSI_DESTROY:
      if (!socket.over && socket.fault.empty()) socket.fault = "the connection broke";
      socket.over = true;
      socket.wsi = nullptr;
      lws_set_opaque_user_data(wsi, nullptr);
      return 0;
    default: return 0;
  }
}

int EventLoop::Context::on_received(lws* wsi, Socket& socket, const void* in, size_t size) {
  if (lws_is_first_fragment(wsi) != 0) socket.incoming.clear();
  // One piece above the limit of viewers is let in, so that the session can say what is wrong with it.
  if (lws_frame_is_binary(wsi) == 0 || socket.incoming.size() + size > kMaxViewerMessage + kReceivePiece) {
    socket.fault = "the gateway sent a message that is too large or not binary";
    return -1;
  }
  const auto* const bytes = static_cast<const uint8_t*>(in);
  socket.incoming.insert(socket.incoming.end(), bytes, bytes + size);
  if (lws_is_final_fragment(wsi) == 0 || lws_remaining_packet_payload(wsi) != 0) return 0;
  const Bytes message = std::exchange(socket.incoming, {});
  if (socket.events.message && !socket.closing) socket.events.message(message);
  return 0;
}

int EventLoop::Context::on_writable(lws* wsi, Socket& socket) {
  if (!socket.closing && socket.events.writable) {
    if (const auto message = socket.events.writable()) {
      std::vector<uint8_t> buffer(LWS_PRE + message->size());
      std::memcpy(buffer.data() + LWS_PRE, message->data(), message->size());
      if (lws_write(wsi, buffer.data() + LWS_PRE, message->size(), LWS_WRITE_BINARY) < 0) {
        socket.fault = "the connection broke";
        return -1;
      }
      return 0;
    }
  }
  if (!socket.closing) return 0;
  lws_close_reason(wsi, LWS_CLOSE_STATUS_NORMAL, nullptr, 0);
  return -1;
}

void EventLoop::Context::report_ends() {
  for (auto at = sockets.begin(); at != sockets.end();) {
    if (!at->second->over || at->second->wsi != nullptr) {
      ++at;
      continue;
    }
    const std::unique_ptr<Socket> socket = std::move(at->second);
    at = sockets.erase(at);
    // Ids only rise, so a link that the handler dials comes after this place.
    if (socket->events.closed) socket->events.closed(socket->fault);
  }
}

void EventLoop::Context::set_timer(Micros until) {
  // A time that has passed must not look like one, zero, that disarms.
  const Micros wanted = until == kNever ? kNever : std::max<Micros>(1, until);
  if (wanted == timer_set_to) return;
  timer_set_to = wanted;
  itimerspec when{};
  if (wanted != kNever) {
    when.it_value.tv_sec = wanted / kSecond;
    when.it_value.tv_nsec = wanted % kSecond * 1000;
  }
  CHECK(timerfd_settime(timer, TFD_TIMER_ABSTIME, &when, nullptr) == 0);
}

void EventLoop::Context::take_timer() {
  uint64_t expirations = 0;
  if (read(timer, &expirations, sizeof expirations) > 0) timer_set_to = kNever;
}

// The deadline is a descriptor like all else. A timer of libwebsockets that comes due between being set and poll() is
// called and forgotten before poll(), which then sleeps until something else happens; and its timers count in
// milliseconds rounded down, so that the last one is spent awake.
void EventLoop::run_once(Micros until) {
  context_->report_ends();
  context_->set_timer(until);
  lws_service(context_->service, 0);
  context_->report_ends();
}

}  // namespace vitrine::agent
