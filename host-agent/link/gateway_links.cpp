#include "host-agent/link/gateway_links.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <cctype>
#include <fstream>
#include <iterator>
#include <utility>

#include "protocol/ticket.h"
#include "protocol/wire.h"

namespace vitrine::agent {
namespace {

constexpr Micros kFirstBackoff = 100 * kMillisecond;
constexpr Micros kLongestBackoff = 5 * kSecond;
constexpr std::string_view kSoftware = "vitrine agent";
// A credential file is some 600 characters.
constexpr size_t kMostCredential = 4096;

}  // namespace

Result<Bytes> read_credential(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) {
    return Error{ErrorCode::kNotFound,
                 "cannot read the credential '" + file + "'; name the file that the broker made with --credential"};
  }
  std::string text(kMostCredential + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<size_t>(in.gcount()));
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back())) != 0) text.pop_back();
  auto bytes = base64url_decode(text);
  if (!bytes.ok() || bytes.value().empty() || bytes.value().size() > kMaxTicket) {
    return Error{ErrorCode::kMalformed, "'" + file + "' is not a credential (base64url text)"};
  }
  return bytes;
}

GatewayLinks::GatewayLinks(EventLoop& loop, DesktopAgent& agent, GatewayTls& tls, GatewayOptions options)
    : loop_(loop),
      tls_(tls),
      agent_(agent),
      options_(std::move(options)),
      backoff_(kFirstBackoff),
      jitter_(std::random_device{}()) {}

// --- dialling ---------------------------------------------------------------------------------------------------

bool GatewayLinks::has_free_link() const {
  return std::ranges::any_of(links_, [](const auto& entry) {
    const State state = entry.second.state;
    return state == State::kDialling || state == State::kGreeting || state == State::kIdle;
  });
}

void GatewayLinks::dial(Micros now) {
  dial_at_ = kNever;
  if (const auto trusted = tls_.trust(options_.certificate_file); !trusted.ok()) {
    return retry_later(now, trusted.error().message);
  }
  auto credential = read_credential(options_.credential_file);
  if (!credential.ok()) return retry_later(now, credential.error().message);
  AgentHello hello;
  hello.credential = credential.take();
  hello.software = kSoftware;
  Bytes greeting = serialize(hello);
  // The id is known once dial() returns; no event comes before that.
  auto id = std::make_shared<SocketId>(0);
  SocketEvents events;
  events.opened = [this, id, greeting] {
    Link& link = links_[*id];
    link.state = State::kGreeting;
    link.since = monotonic_now();
    link.out.push_back(greeting);
    loop_.want_write(*id);
  };
  events.message = [this, id](std::span<const uint8_t> message) { handle_message(*id, message); };
  events.writable = [this, id] { return next_message(*id); };
  events.closed = [this, id](const std::string& why) { handle_closed(*id, why); };
  *id = loop_.dial(options_.address, "/ws/agent", std::move(events));
  links_[*id].since = now;
}

void GatewayLinks::retry_later(Micros now, const std::string& why) {
  // The same fault again and again is said once.
  if (why != last_fault_) spdlog::warn("no link to the gateway: {}; trying again", why);
  last_fault_ = why;
  const double share = 0.5 + 0.5 * std::uniform_real_distribution<>()(jitter_);
  dial_at_ = now + static_cast<Micros>(static_cast<double>(backoff_) * share);
  backoff_ = std::min(backoff_ * 2, kLongestBackoff);
}

// --- messages ---------------------------------------------------------------------------------------------------

void GatewayLinks::handle_message(SocketId id, std::span<const uint8_t> message) {
  const Micros now = monotonic_now();
  const auto found = links_.find(id);
  if (found == links_.end()) return;
  Link& link = found->second;
  if (link.state == State::kPaired) {
    agent_.receive(link.viewer, message, now);
    return;
  }
  link.health.on_received(now);
  const auto accept = [](Direction direction) {
    return direction == Direction::kGatewayToPeer || direction == Direction::kBoth;
  };
  const auto result = dispatch(message, accept, [&](const auto& parsed) { this->handle(id, link, parsed, now); });
  if (!result.ok()) close_link(id, CloseCode::kProtocolError, result.error().message);
}

template <class M>
void GatewayLinks::handle(SocketId id, Link& link, const M& message, Micros now) {
  if constexpr (std::is_same_v<M, Welcome>) {
    if (link.state != State::kGreeting) return close_link(id, CloseCode::kProtocolError, "a second Welcome");
    if (message.version < kOldestProtocolVersion || message.version > kProtocolVersion) {
      return close_link(id, CloseCode::kUnsupported, "the gateway chose a version we do not speak");
    }
    if (!welcomed_ || !last_fault_.empty()) {
      spdlog::info("linked to the gateway {}:{}", options_.address.host, options_.address.port);
    }
    link.state = State::kIdle;
    link.health = LinkHealth(now);
    welcomed_ = true;
    last_fault_.clear();
    backoff_ = kFirstBackoff;
  } else if constexpr (std::is_same_v<M, ViewerJoined>) {
    if (link.state != State::kIdle) return close_link(id, CloseCode::kProtocolError, "a viewer before the Welcome");
    link.state = State::kPaired;
    link.viewer = agent_.add_viewer(message, now);
    dial_at_ = now;
    spdlog::info("viewer {} of {} joined from {}", link.viewer, message.user, message.browser);
  } else if constexpr (std::is_same_v<M, Ping>) {
    link.out.push_back(serialize(Pong{message.time_us}));
    loop_.want_write(id);
  } else if constexpr (std::is_same_v<M, Pong>) {
    link.health.handle_pong(message, now);
  } else if constexpr (std::is_same_v<M, Close>) {
    link.state = State::kClosing;
    loop_.close(id);
    retry_later(now, "the gateway says: " + message.reason);
  }
}

std::optional<Bytes> GatewayLinks::next_message(SocketId id) {
  const auto found = links_.find(id);
  if (found == links_.end()) return std::nullopt;
  Link& link = found->second;
  if (!link.out.empty()) {
    Bytes message = std::move(link.out.front());
    link.out.pop_front();
    return message;
  }
  if (link.state == State::kClosing) {
    loop_.close(id);
    return std::nullopt;
  }
  if (link.state != State::kPaired) return std::nullopt;
  const Micros now = monotonic_now();
  // Who has to wait is asked again: it still wants output in the next turn.
  if (agent_.would_encode(link.viewer, now) && !turns_.take(id)) return agent_.take_ready(link.viewer, now);
  agent_.prepare_output(link.viewer, now);
  auto message = agent_.take_output(link.viewer, monotonic_now());
  if (agent_.finished(link.viewer)) link.state = State::kClosing;
  return message;
}

void GatewayLinks::handle_closed(SocketId id, const std::string& why) {
  const auto found = links_.find(id);
  if (found == links_.end()) return;
  const Link link = std::move(found->second);
  links_.erase(found);
  turns_.forget(id);
  const Micros now = monotonic_now();
  if (link.viewer != 0) {
    agent_.remove_viewer(link.viewer, now);
    spdlog::info("viewer {} left", link.viewer);
  } else if (link.state != State::kClosing && !stopped_) {
    retry_later(now, why);
  }
}

void GatewayLinks::close_link(SocketId id, CloseCode code, const std::string& reason) {
  Link& link = links_[id];
  link.state = State::kClosing;
  link.out.push_back(serialize(Close{code, reason.substr(0, kMaxReason)}));
  loop_.want_write(id);
  retry_later(monotonic_now(), reason);
}

// --- time -------------------------------------------------------------------------------------------------------

void GatewayLinks::advance(Micros now) {
  turns_.begin();
  for (auto& [id, link] : links_) {
    if (link.state == State::kPaired) {
      if (agent_.wants_output(link.viewer, now) || agent_.finished(link.viewer)) loop_.want_write(id);
    } else if (link.state == State::kIdle) {
      if (link.health.timed_out(now)) {
        close_link(id, CloseCode::kTimeout, "nothing was heard from the gateway for 25 seconds");
      } else if (const auto ping = link.health.take_ping(now)) {
        link.out.push_back(serialize(*ping));
      }
      if (!link.out.empty()) loop_.want_write(id);
    } else if (link.state == State::kGreeting && now - link.since >= kHelloTimeout) {
      close_link(id, CloseCode::kTimeout, "the gateway does not answer the greeting");
    } else if (link.state == State::kClosing) {
      loop_.want_write(id);
    }
  }
  if (!stopped_ && !has_free_link() && dial_at_ <= now) dial(now);
}

Micros GatewayLinks::next_deadline() const {
  Micros deadline = stopped_ || has_free_link() ? kNever : dial_at_;
  for (const auto& [id, link] : links_) {
    if (link.state == State::kIdle) deadline = std::min(deadline, link.health.next_deadline());
    if (link.state == State::kGreeting) deadline = std::min(deadline, link.since + kHelloTimeout);
  }
  return deadline;
}

void GatewayLinks::stop() {
  stopped_ = true;
  for (auto& [id, link] : links_) {
    if (link.state != State::kPaired) loop_.close(id);
  }
}

}  // namespace vitrine::agent
