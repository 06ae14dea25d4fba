#include "gateway/switchboard.h"

#include <algorithm>
#include <utility>

#include "protocol/wire.h"

namespace vitrine {
namespace {

// The gateway's own pings carry this bit, so that their pongs are told from those to be relayed. A clock in
// microseconds reaches it after 142 years; the wire's integers end one bit above (kMaxWireInteger).
constexpr uint64_t kOwnPingBit = uint64_t{1} << 52;
static_assert(kOwnPingBit <= kMaxWireInteger / 2 + 1);

// The longest a sweep may be late; pings and timeouts are counted in seconds.
constexpr Micros kLongestSweep = 1 * kSecond;
constexpr Micros kShortestSweep = 5 * kMillisecond;

// After these the desktop itself will not come back or does not want this viewer. Any other close of an agent's link
// is an agent that restarts: the viewer waits for it.
bool ends_the_viewer(CloseCode code) {
  switch (code) {
    case CloseCode::kNormal:
    case CloseCode::kShuttingDown:
    case CloseCode::kDesktopLost: return false;
    case CloseCode::kProtocolError:
    case CloseCode::kUnsupported:
    case CloseCode::kBadTicket:
    case CloseCode::kForbidden:
    case CloseCode::kTooSlow:
    case CloseCode::kTimeout:
    case CloseCode::kSessionEnded:
    case CloseCode::kReplaced:
    case CloseCode::kDesktopFailed:
    case CloseCode::kLimit: return true;
  }
  return true;
}

}  // namespace

Bytes close_message(const CloseReason& reason) {
  return serialize(Close{.code = reason.code, .reason = clip_text(reason.text, kMaxReason)});
}

struct Switchboard::Link {
  LinkId id = 0;
  LinkRole role = LinkRole::kViewer;
  LinkState state = LinkState::kOpen;
  std::string desktop;
  SendQueue queue;
  ViewerJoined joined;   // of a viewer; its size follows the viewer's Resize messages
  Bytes visibility;      // the viewer's last Visibility, told to the next agent link
  uint64_t barrier = 0;  // messages of the viewer are for an agent that is gone until this Pong comes back
  bool in_pairing = false;
  bool writing = false;
  bool woken = false;  // is in woken_
  Micros write_started = 0;
  Micros writing_came = kNever;  // when what is being written was read; kNever when it was not relayed
  Micros heard = 0;              // when the peer last sent anything, or when it was last kept from sending
  Micros pinged = 0;
  Micros waiting_since = 0;
  Micros closing_since = 0;
};

Switchboard::Switchboard(const Options& options, RelayCounters& counters)
    : options_(options),
      counters_(counters),
      pairing_(options.pairing),
      used_(options.started_s),
      sweep_every_(std::clamp(std::min({options.ping_after, options.peer_timeout, options.close_timeout}) / 4,
                              kShortestSweep, kLongestSweep)) {}

Switchboard::~Switchboard() = default;

// --- links come ------------------------------------------------------------------------------------------------

void Switchboard::add_viewer(LinkId id, ViewerAdmission admission, Micros now, uint64_t now_s) {
  const Ticket& ticket = admission.ticket;
  Link& link = insert(id, LinkRole::kViewer, ticket.desktop, now);
  const auto refuse = [&](Refusal refusal, CloseCode code, const std::string& text) {
    counters_.refused[static_cast<size_t>(refusal)].add();
    close(link, {code, text}, now);
  };
  if (const auto used = used_.use(ticket, now_s); !used.ok()) {
    if (used.error().code == ErrorCode::kExhausted) {
      return refuse(Refusal::kLimit, CloseCode::kLimit, "Too many viewers are arriving; try again in a moment.");
    }
    return refuse(Refusal::kUsed, CloseCode::kBadTicket,
                  "The ticket was used before, or is older than this server's start; ask for a new one.");
  }
  const auto added = pairing_.add_viewer(id, ticket.desktop);
  if (!added.ok()) return refuse(Refusal::kLimit, CloseCode::kLimit, added.error().message);
  link.in_pairing = true;
  ViewerHello& hello = admission.hello;
  link.joined = {.viewer = id,
                 .session = ticket.session,
                 .user = ticket.user,
                 .rights = ticket.rights,
                 .capabilities = hello.capabilities,
                 .width = hello.width,
                 .height = hello.height,
                 .scale_percent = hello.scale_percent,
                 .browser = std::move(hello.browser),
                 .time_zone = std::move(hello.time_zone),
                 .locale = std::move(hello.locale),
                 .cache_kib = hello.cache_kib,
                 .holdings = std::move(hello.holdings),
                 .target_ms = ticket.target_ms,
                 .ceiling_kbit = ticket.ceiling_kbit,
                 .quality_floor = ticket.quality_floor,
                 .generation = ticket.generation,
                 .monitor = hello.monitor,
                 .left = hello.left,
                 .top = hello.top};
  link.waiting_since = now;
  if (!admission.told.empty()) send(link, std::move(admission.told));
  send(link, serialize(Welcome{.version = admission.version, .session = ticket.session, .rights = ticket.rights}));
  pair_up(link.desktop, now);
  if (!pairing_.peer(id)) {
    send(link, serialize(DesktopStatus{.state = DesktopState::kStarting, .text = "The desktop is starting."}));
  }
}

void Switchboard::add_agent(LinkId id, const AgentAdmission& admission, Micros now) {
  Link& link = insert(id, LinkRole::kAgent, admission.ticket.desktop, now);
  send(link, serialize(Welcome{.version = admission.version, .session = "", .rights = 0}));
  const auto replaced = pairing_.add_agent(id, link.desktop);
  link.in_pairing = true;
  if (Link* old = replaced ? find(*replaced) : nullptr) {
    old->in_pairing = false;
    close(*old, {CloseCode::kReplaced, "The agent opened newer links."}, now);
  }
  pair_up(link.desktop, now);
}

void Switchboard::add_refused(LinkId id, const Refused& refused, Micros now) {
  counters_.refused[static_cast<size_t>(refused.refusal)].add();
  close(insert(id, LinkRole::kViewer, "", now), refused.reason, now);
}

Switchboard::Link& Switchboard::insert(LinkId id, LinkRole role, const std::string& desktop, Micros now) {
  auto link = std::make_unique<Link>();
  link->id = id;
  link->role = role;
  link->desktop = desktop;
  link->queue = SendQueue(options_.queue);
  link->heard = now;
  link->pinged = now;
  if (links_.empty()) next_sweep_ = now + sweep_every_;
  (role == LinkRole::kViewer ? counters_.viewers : counters_.agents).add();
  Link& inserted = *link;
  CHECK(links_.emplace(id, std::move(link)).second);
  wake(inserted);
  return inserted;
}

// --- pairing ---------------------------------------------------------------------------------------------------

void Switchboard::pair_up(const std::string& desktop, Micros now) {
  while (const auto pair = pairing_.take_pair(desktop)) {
    Link& viewer = *find(pair->viewer);
    Link& agent = *find(pair->agent);
    counters_.pairs.add();
    counters_.pairings.add();
    viewer.heard = agent.heard = now;
    send(agent, serialize(viewer.joined));
    viewer.joined.holdings = {};  // from here on the viewer's picture is another
    if (!viewer.visibility.empty()) send(agent, viewer.visibility);
    send(viewer, serialize(DesktopStatus{.state = DesktopState::kConnected, .text = ""}));
  }
}

void Switchboard::lose_agent(LinkId id, Micros now) {
  Link& viewer = *find(id);
  counters_.agents_lost.add();
  viewer.waiting_since = now;
  viewer.heard = viewer.pinged = now;
  send(viewer, serialize(DesktopStatus{.state = DesktopState::kLost,
                                       .text = "The connection to the desktop was lost; waiting for it to return."}));
  // What the viewer has sent before it hears of this belongs to the old agent link (acknowledgements of its updates
  // above all). The answer to this ping is the first thing it sends that does not.
  viewer.barrier = kOwnPingBit | ++own_pings_;
  send(viewer, serialize(Ping{.time_us = viewer.barrier}));
  pair_up(viewer.desktop, now);
}

// Takes a link that is ending out of the books and tells its peer.
void Switchboard::leave_pairing(Link& link, Micros now, const CloseReason& reason_for_agent) {
  if (!std::exchange(link.in_pairing, false)) return;
  const bool paired = pairing_.peer(link.id).has_value();
  const auto removed = pairing_.remove(link.id);
  if (paired) counters_.pairs.sub();
  if (removed.left_over_agent) {
    Link& agent = *find(*removed.left_over_agent);
    agent.in_pairing = false;
    close(agent, reason_for_agent, now);
  }
  if (removed.waiting_viewer) lose_agent(*removed.waiting_viewer, now);
}

// --- messages --------------------------------------------------------------------------------------------------

void Switchboard::receive(LinkId id, Bytes message, Micros now) {
  Link* from = find(id);
  if (from == nullptr || from->state != LinkState::kOpen) return;
  from->heard = now;
  const size_t limit = from->role == LinkRole::kViewer ? kMaxViewerMessage : kMaxMessage;
  if (message.size() > limit) {
    return end(id,
               {CloseCode::kLimit, "A message of " + std::to_string(message.size()) + " bytes passes the limit of " +
                                       std::to_string(limit) + "."},
               now);
  }
  const auto type = message_type(message);
  if (!type.ok()) return fault(*from, type.error().message, now);
  switch (judge(from->role, type.value(), viewer_rights(*from))) {
    case Verdict::kRelay: return relay(*from, type.value(), std::move(message), now);
    case Verdict::kForGateway: return handle_control(*from, type.value(), std::move(message), now);
    case Verdict::kSkip: return counters_.skipped.add();
    case Verdict::kNotGranted: return counters_.not_granted.add();
    case Verdict::kOutOfPlace:
      return fault(*from, "A message of type " + std::to_string(type.value()) + " must not come from this side now.",
                   now);
  }
}

uint32_t Switchboard::viewer_rights(const Link& link) {
  if (link.role == LinkRole::kViewer) return link.joined.rights;
  const auto peer = pairing_.peer(link.id);
  const Link* const viewer = peer ? find(*peer) : nullptr;
  return viewer == nullptr ? 0 : viewer->joined.rights;
}

void Switchboard::relay(Link& from, uint32_t type, Bytes message, Micros now) {
  if (type == Holdings::kType) return keep_holdings(from, std::move(message), now);
  bool state_message = false;
  if (from.role == LinkRole::kViewer) {
    state_message = type == Resize::kType || type == Visibility::kType;
    if (state_message && !remember(from, type, message, now)) return;
  }
  const auto peer = pairing_.peer(from.id);
  if (!peer || (from.barrier != 0 && !state_message)) {
    if (from.role == LinkRole::kAgent) {
      return fault(from, "A message of type " + std::to_string(type) + " came before a viewer joined.", now);
    }
    return counters_.skipped.add();
  }
  const bool to_viewer = from.role == LinkRole::kAgent;
  (to_viewer ? counters_.to_viewer_bytes : counters_.to_agent_bytes).add(message.size());
  (to_viewer ? counters_.to_viewer_messages : counters_.to_agent_messages).add();
  send(*find(*peer), std::move(message), now);
}

// The two messages that describe the viewer as it is now; kept for the next agent link. False when malformed.
bool Switchboard::remember(Link& viewer, uint32_t type, const Bytes& message, Micros now) {
  if (type == Visibility::kType) {
    const auto visibility = parse<Visibility>(message);
    if (!visibility.ok()) return fault(viewer, visibility.error().message, now), false;
    viewer.visibility = serialize(visibility.value());
    return true;
  }
  const auto size = parse<Resize>(message);
  if (!size.ok()) return fault(viewer, size.error().message, now), false;
  viewer.joined.width = size.value().width;
  viewer.joined.height = size.value().height;
  viewer.joined.scale_percent = size.value().scale_percent;
  viewer.joined.left = size.value().left;
  viewer.joined.top = size.value().top;
  return true;
}

// For the next agent link; of no use once there is one. What comes before the answer to the barrier's ping may be about
// a picture that an agent link has changed since.
void Switchboard::keep_holdings(Link& viewer, Bytes message, Micros now) {
  if (message.size() > kMaxHoldings) return fault(viewer, "Holdings pass their limit.", now);
  if (pairing_.peer(viewer.id) || viewer.barrier != 0) return counters_.skipped.add();
  viewer.joined.holdings = std::move(message);
}

// Ping, Pong and Close: the peer's when there is one, else answered here. A report is the gateway's alone.
void Switchboard::handle_control(Link& from, uint32_t type, Bytes message, Micros now) {
  if (type == SessionReport::kType) return receive_report(from, message, now);
  if (type == Close::kType) {
    const auto reason = parse<Close>(message);
    if (!reason.ok()) return fault(from, reason.error().message, now);
    return receive_close(from, reason.value(), now);
  }
  if (type == Pong::kType) {
    const auto pong = parse<Pong>(message);
    if (!pong.ok()) return fault(from, pong.error().message, now);
    if (receive_pong(from, pong.value())) return;
  }
  if (const auto peer = pairing_.peer(from.id)) {
    if (from.barrier != 0) return counters_.skipped.add();
    return send(*find(*peer), std::move(message));
  }
  if (type == Pong::kType) return;
  const auto ping = parse<Ping>(message);
  if (!ping.ok()) return fault(from, ping.error().message, now);
  send(from, serialize(Pong{.time_us = ping.value().time_us}));
}

void Switchboard::receive_report(Link& from, const Bytes& message, Micros now) {
  const auto report = parse<SessionReport>(message);
  if (!report.ok()) return fault(from, report.error().message, now);
  const auto& [inputs, counts, sums] = report.value();
  if (counts.size() != kReportedTimes * kLatencyBuckets || sums.size() != kReportedTimes) {
    return fault(from, "SessionReport lacks some of its times.", now);
  }
  for (size_t time = 0; time < kReportedTimes; ++time) {
    TimeCounters& counters = counters_.times[time];
    for (size_t i = 0; i < kLatencyBuckets; ++i) counters.counts[i].add(counts[time * kLatencyBuckets + i]);
    counters.sum_us.add(sums[time]);
  }
}

// True when it was meant for the gateway.
bool Switchboard::receive_pong(Link& from, const Pong& pong) {
  if (from.barrier != 0 && pong.time_us == from.barrier) {
    from.barrier = 0;
    return true;
  }
  return (pong.time_us & kOwnPingBit) != 0;
}

void Switchboard::receive_close(Link& from, const Close& message, Micros now) {
  const auto peer = pairing_.peer(from.id);
  if (from.role == LinkRole::kAgent && peer && ends_the_viewer(message.code)) {
    close(*find(*peer), {message.code, message.reason}, now);
  }
  if (from.state == LinkState::kOpen) {
    const std::string why = message.reason.empty() ? "The viewer left." : message.reason;
    leave_pairing(from, now, {message.code, why});
    from.state = LinkState::kFlushing;
    from.closing_since = now;
    wake(from);
  }
}

// --- links go --------------------------------------------------------------------------------------------------

void Switchboard::fault(Link& link, std::string text, Micros now) {
  counters_.closed_for_fault.add();
  close(link, {CloseCode::kProtocolError, std::move(text)}, now);
}

// The link's last message. What waits in front of it is still written: it is little, and input before a viewer's
// leave must reach the desktop.
void Switchboard::close(Link& link, const CloseReason& reason, Micros now) {
  if (link.state != LinkState::kOpen) return;
  link.state = LinkState::kFlushing;
  link.closing_since = now;
  leave_pairing(link, now, {CloseCode::kNormal, "The viewer's link ended: " + reason.text});
  Bytes message = close_message(reason);
  counters_.queued_bytes.add(message.size());
  link.queue.push(std::move(message));
  wake(link);
}

void Switchboard::end(LinkId id, const CloseReason& reason, Micros now) {
  Link* link = find(id);
  if (link == nullptr) return;
  if (reason.code == CloseCode::kProtocolError || reason.code == CloseCode::kLimit) counters_.closed_for_fault.add();
  close(*link, reason, now);
}

void Switchboard::end_all(const CloseReason& reason, Micros now) {
  // Viewers first and all at once, so that none is told that its desktop was lost while the agents are closed.
  for (const LinkRole role : {LinkRole::kViewer, LinkRole::kAgent}) {
    for (auto& [id, link] : links_) {
      if (link->role == role) close(*link, reason, now);
    }
  }
}

void Switchboard::remove(LinkId id, Micros now) {
  Link* link = find(id);
  if (link == nullptr) return;
  link->state = LinkState::kDead;
  leave_pairing(*link, now, {CloseCode::kNormal, "The viewer's connection was lost."});
  (link->role == LinkRole::kViewer ? counters_.viewers : counters_.agents).sub();
  counters_.queued_bytes.sub(link->queue.bytes());
  links_.erase(id);
}

// --- what the driver asks --------------------------------------------------------------------------------------

bool Switchboard::may_read(LinkId id) const {
  const Link* link = find(id);
  if (link == nullptr || link->state != LinkState::kOpen) return false;
  const auto peer = pairing_.peer(id);
  return !(peer ? find(*peer) : link)->queue.full();
}

std::optional<Bytes> Switchboard::take_output(LinkId id, Micros now) {
  Link* link = find(id);
  if (link == nullptr || link->writing || link->state == LinkState::kDead) return std::nullopt;
  const bool was_full = link->queue.full();
  link->writing_came = link->queue.next_came();
  auto message = link->queue.pop();
  if (!message) return std::nullopt;
  counters_.queued_bytes.sub(message->size());
  link->writing = true;
  link->write_started = now;
  if (was_full && !link->queue.full()) {
    const auto peer = pairing_.peer(id);
    Link* reader = peer ? find(*peer) : link;
    reader->heard = now;  // it could not be heard while it was not read
    wake(*reader);
  }
  return message;
}

void Switchboard::written(LinkId id, Micros now) {
  Link* link = find(id);
  if (link == nullptr) return;
  link->writing = false;
  if (link->writing_came != kNever) {
    (link->role == LinkRole::kViewer ? counters_.held_to_viewer : counters_.held_to_agent)
        .add(now - link->writing_came);
  }
  wake(*link);
}

Switchboard::LinkState Switchboard::state(LinkId id) const {
  const Link* link = find(id);
  return link == nullptr ? LinkState::kDead : link->state;
}

std::vector<LinkId> Switchboard::take_woken() {
  std::vector<LinkId> woken = std::exchange(woken_, {});
  for (const LinkId id : woken) {
    if (Link* link = find(id)) link->woken = false;
  }
  return woken;
}

size_t Switchboard::queued_bytes(LinkId id) const {
  const Link* link = find(id);
  return link == nullptr ? 0 : link->queue.bytes();
}

// --- time ------------------------------------------------------------------------------------------------------

void Switchboard::tick(Micros now) {
  if (links_.empty() || now < next_sweep_) return;
  next_sweep_ = now + sweep_every_;
  // Checking one link changes others but adds and removes none.
  for (auto& [id, link] : links_) check(*link, now);
}

void Switchboard::check(Link& link, Micros now) {
  if (link.state == LinkState::kDead) return;
  if (link.state == LinkState::kFlushing) {
    if (now - link.closing_since < options_.close_timeout) return;
    link.state = LinkState::kDead;
    return wake(link);
  }
  if (link.writing && now - link.write_started >= options_.peer_timeout) {
    return close(link, {CloseCode::kTooSlow, "Nothing could be sent for too long."}, now);
  }
  const auto peer = pairing_.peer(link.id);
  if (peer) {
    // Paired ends ping each other; the gateway only notices when neither that nor anything else comes any more, and a
    // side that it does not read from cannot be blamed for its silence.
    if (!may_read(link.id)) link.heard = now;
    if (now - link.heard >= options_.peer_timeout + options_.ping_after) {
      close(link, {CloseCode::kTimeout, "Nothing was heard for too long."}, now);
    }
    return;
  }
  if (now - link.heard >= options_.peer_timeout) {
    return close(link, {CloseCode::kTimeout, "Nothing was heard for too long."}, now);
  }
  if (link.role == LinkRole::kViewer && now - link.waiting_since >= options_.agent_wait) {
    return close(link, {CloseCode::kTimeout, "The desktop did not come in time; try again."}, now);
  }
  if (now - std::max(link.heard, link.pinged) >= options_.ping_after) {
    link.pinged = now;
    // The answer to this is the gateway's own business: it must not be relayed to an agent that comes meanwhile.
    send(link, serialize(Ping{.time_us = kOwnPingBit | ++own_pings_}));
  }
}

// --- small ones ------------------------------------------------------------------------------------------------

void Switchboard::send(Link& link, Bytes message, Micros came) {
  if (link.state != LinkState::kOpen) return;
  counters_.queued_bytes.add(message.size());
  link.queue.push(std::move(message), came);
  wake(link);
}

void Switchboard::wake(Link& link) {
  if (!std::exchange(link.woken, true)) woken_.push_back(link.id);
}

Switchboard::Link* Switchboard::find(LinkId id) {
  const auto found = links_.find(id);
  return found == links_.end() ? nullptr : found->second.get();
}

const Switchboard::Link* Switchboard::find(LinkId id) const {
  const auto found = links_.find(id);
  return found == links_.end() ? nullptr : found->second.get();
}

}  // namespace vitrine
