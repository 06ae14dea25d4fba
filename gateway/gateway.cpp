#include "gateway/gateway.h"

#include <netinet/tcp.h>
#include <signal.h>
#include <spdlog/spdlog.h>
#include <sys/resource.h>

#include <boost/asio/post.hpp>
#include <chrono>

#include "gateway/metrics.h"
#include "gateway/tls_context.h"

namespace vitrine {
namespace {

using tcp = asio::ip::tcp;

// What the kernel may hold unsent of one connection. More only makes pictures late; less costs system calls.
constexpr int kNotSentLowWater = 16 * 1024;
// Data that is not acknowledged for so long means that the peer is gone.
constexpr unsigned kUserTimeoutMs = 30'000;
// Addresses remembered for the connection rate; the full ones are forgotten first, which changes nothing for them.
constexpr size_t kMaxAllowances = 10'000;

void tune(int handle) {
  const int on = 1;
  (void)::setsockopt(handle, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  (void)::setsockopt(handle, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &kNotSentLowWater, sizeof kNotSentLowWater);
  (void)::setsockopt(handle, IPPROTO_TCP, TCP_USER_TIMEOUT, &kUserTimeoutMs, sizeof kUserTimeoutMs);
}

// Every link is a descriptor, and the usual soft limit of 1024 is for programs that use select(). OpenSSL writes with
// write(2), to peers that may have gone: that is an error to handle, not a signal to die of.
void prepare_process() {
  ::signal(SIGPIPE, SIG_IGN);
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  (void)::setrlimit(RLIMIT_NOFILE, &limit);
}

size_t thread_count(size_t wanted) {
  if (wanted != 0) return wanted;
  // One thread relays more than a gigabit; the desktops need the processors more than the gateway does.
  return std::clamp<size_t>(std::thread::hardware_concurrency() / 2, 1, 4);
}

asio::ip::address plain_address(const asio::ip::address& address) {
  if (address.is_v6() && address.to_v6().is_v4_mapped()) {
    return asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6());
  }
  return address;
}

}  // namespace

Gateway::Gateway(GatewayOptions options, TicketVerifier verifier)
    : shared_{.limits = options.limits,
              .switchboard = options.switchboard,
              .proxy = options.proxy,
              .broker_sockets = std::move(options.broker_sockets),
              .client_folder = std::move(options.client_folder),
              .metrics_token = std::move(options.metrics_token),
              .site = std::move(options.site),
              .verifier = std::move(verifier)},
      certificate_(std::move(options.certificate)) {}

Result<std::unique_ptr<Gateway>> Gateway::create(GatewayOptions options) {
  prepare_process();
  auto verifier = TRY(TicketVerifier::from_pem(options.ticket_key_pem));
  const auto tls = TRY(make_tls_context(options.certificate));
  if (!options.client_folder.empty()) options.site = TRY(SiteFiles::from_folder(options.client_folder));
  if (options.switchboard.started_s == 0) options.switchboard.started_s = unix_now_s();
  const size_t threads = thread_count(options.threads);
  const ListenAddress where = options.listen;
  const int listen_fd = options.listen_fd;
  std::unique_ptr<Gateway> gateway(new Gateway(std::move(options), std::move(verifier)));
  for (size_t i = 0; i < threads; ++i) {
    gateway->shared_.workers.push_back(std::make_unique<Worker>(gateway->shared_, tls));
  }
  TRY(gateway->listen(where, listen_fd));
  return gateway;
}

Gateway::~Gateway() {
  for (const auto& worker : shared_.workers) worker->context().stop();
  threads_.clear();
  // Closed, not gone: what was posted to the first worker and did not run yet, such as drain()'s, runs below.
  if (acceptor_ != nullptr) {
    SystemError ignored;
    acceptor_->close(ignored);
    accept_pause_->cancel();
  }
  // A link that has moved still belongs a little to the worker that accepted it (Beast keeps a list there), so all
  // links go before any worker does. Twice, because what the first round ends may have been on its way to another
  // worker.
  for (int round = 0; round < 2; ++round) {
    for (const auto& worker : shared_.workers) worker->cut_all();
  }
}

Result<void> Gateway::listen(const ListenAddress& where, int listen_fd) {
  const int fd = listen_fd >= 0 ? listen_fd : TRY(open_listener(where));
  port_ = listening_port(fd);
  if (port_ == 0) return Error{ErrorCode::kInvalidArgument, "--listen-fd is not a TCP socket that listens."};
  sockaddr_storage name{};
  socklen_t size = sizeof name;
  (void)::getsockname(fd, reinterpret_cast<sockaddr*>(&name), &size);
  asio::io_context& context = shared_.workers.front()->context();
  acceptor_ = std::make_unique<tcp::acceptor>(context);
  accept_pause_ = std::make_unique<asio::steady_timer>(context);
  SystemError error;
  acceptor_->assign(name.ss_family == AF_INET6 ? tcp::v6() : tcp::v4(), fd, error);
  if (!error) acceptor_->non_blocking(true, error);
  if (error) return Error{ErrorCode::kIo, "Cannot use the listening socket: " + error.message() + "."};
  return {};
}

void Gateway::start() {
  asio::post(shared_.workers.front()->context(), [this] { accept_next(); });
  for (const auto& worker : shared_.workers) {
    threads_.emplace_back([raw = worker.get()] { raw->run(); });
  }
}

void Gateway::accept_next() {
  acceptor_->async_wait(tcp::acceptor::wait_read, [this](SystemError error) {
    if (error) return;
    // All that have come, then wait again.
    for (;;) {
      tcp::endpoint peer;
      auto socket = acceptor_->accept(peer, error);
      if (error == asio::error::would_block || error == asio::error::try_again) break;
      if (error == asio::error::connection_aborted || error == asio::error::interrupted) continue;
      if (error == asio::error::operation_aborted || error == asio::error::bad_descriptor) return;
      if (error) {
        // Out of descriptors or memory: those who wait in the backlog are served when some have gone.
        accept_pause_->expires_after(std::chrono::milliseconds(100));
        return accept_pause_->async_wait([this](SystemError cancelled) {
          if (!cancelled) accept_next();
        });
      }
      const auto handle = socket.release(error);
      if (!error) take(handle, peer);
    }
    accept_next();
  });
}

void Gateway::take(tcp::socket::native_handle_type handle, const tcp::endpoint& peer) {
  auto& counters = shared_.workers.front()->counters().socket;
  const auto address = plain_address(peer.address());
  const bool too_many = shared_.connections.load(std::memory_order_relaxed) >= shared_.limits.connections;
  if (too_many || !within_rate(address, monotonic_now())) {
    (too_many ? counters.refused_total : counters.refused_rate).add();
    ::close(handle);
    return;
  }
  shared_.connections.fetch_add(1, std::memory_order_relaxed);
  tune(handle);
  Worker* const worker = shared_.workers[next_worker_++ % shared_.workers.size()].get();
  asio::post(worker->context(), [worker, handle, address, protocol = peer.protocol()] {
    TlsSocket::Socket socket(worker->context());
    SystemError error;
    socket.assign(protocol, handle, error);
    if (error) {
      ::close(handle);
      worker->shared().connections.fetch_sub(1, std::memory_order_relaxed);
      return;
    }
    worker->accept(std::move(socket), address);
  });
}

// A token bucket for each address.
bool Gateway::within_rate(const asio::ip::address& address, Micros now) {
  const auto& limits = shared_.limits;
  if (address.is_loopback() && !limits.loopback_is_limited) return true;
  // Of IPv6 one host has a whole /64.
  std::string key = address.to_string();
  if (address.is_v6()) {
    const auto bytes = address.to_v6().to_bytes();
    key.assign(bytes.begin(), bytes.begin() + 8);
  }
  const auto refill = [&](Allowance& allowance) {
    const double seconds = static_cast<double>(now - allowance.counted) / kSecond;
    allowance.tokens = std::min(limits.address_burst, allowance.tokens + seconds * limits.address_rate);
    allowance.counted = now;
  };
  if (allowances_.size() >= kMaxAllowances && !allowances_.contains(key)) {
    for (auto entry = allowances_.begin(); entry != allowances_.end();) {
      refill(entry->second);
      entry = entry->second.tokens >= limits.address_burst ? allowances_.erase(entry) : std::next(entry);
    }
    if (allowances_.size() >= kMaxAllowances) return false;
  }
  auto [entry, fresh] = allowances_.try_emplace(key, Allowance{limits.address_burst, now});
  refill(entry->second);
  if (entry->second.tokens < 1) return false;
  entry->second.tokens -= 1;
  return true;
}

void Gateway::drain(std::function<void()> done) {
  const auto left = std::make_shared<std::atomic<size_t>>(shared_.workers.size());
  const auto shared_done = std::make_shared<std::function<void()>>(std::move(done));
  asio::post(shared_.workers.front()->context(), [this] {
    SystemError ignored;
    acceptor_->close(ignored);
    accept_pause_->cancel();
  });
  for (const auto& worker : shared_.workers) {
    asio::post(worker->context(), [raw = worker.get(), left, shared_done] {
      raw->drain([left, shared_done] {
        if (left->fetch_sub(1) == 1) (*shared_done)();
      });
    });
  }
}

Result<void> Gateway::reload_certificate() {
  const auto tls = TRY(make_tls_context(certificate_));
  for (const auto& worker : shared_.workers) {
    asio::post(worker->context(), [raw = worker.get(), tls] { raw->use_tls(tls); });
  }
  return {};
}

std::string Gateway::metrics() const {
  std::vector<const Counters*> all;
  for (const auto& worker : shared_.workers) all.push_back(&worker->counters());
  return metrics_text(all);
}

}  // namespace vitrine
