#include "tests/session/virtual_desktop.h"

#include "protocol/wire.h"

namespace vitrine::session {
namespace {

constexpr Micros kRedial = 100 * kMillisecond;

}  // namespace

VirtualDesktop::VirtualDesktop(std::string name, Size size, Connections& connections, VirtualGateway& gateway,
                               EmulatedLink& network, const TicketSigner& broker)
    : screen(size), name_(std::move(name)), connections_(connections), gateway_(gateway), network_(network) {
  credential_ = broker
                    .sign({.kind = TicketKind::kAgent,
                           .desktop = name_,
                           .issued_s = kUnixStart,
                           .expires_s = kUnixStart + 1'000'000})
                    .take();
}

void VirtualDesktop::crash(Micros now, Micros away) {
  for (const auto& [id, link] : links_) connections_.close_near(id);
  links_.clear();
  turns_ = {};
  encoding_for_.reset();
  agent_.reset();
  back_at_ = now + away;
}

void VirtualDesktop::dial(Micros now) {
  const auto is_idle = [](const auto& entry) { return !entry.second.viewer.has_value(); };
  if (now < dial_at_ || std::any_of(links_.begin(), links_.end(), is_idle)) return;
  dial_at_ = now + kRedial;
  if (!gateway_.up() || !network_.open()) return;
  const uint64_t id = connections_.open(network_);
  gateway_.accept(id);
  links_.try_emplace(id, Link{std::nullopt, LinkHealth(now)});
  connections_.find(id)->up.write(serialize(AgentHello{.credential = credential_, .software = "simulated"}));
}

void VirtualDesktop::hang_up(uint64_t id, Micros now) {
  const auto found = links_.find(id);
  if (found->second.viewer) agent_->remove_viewer(*found->second.viewer, now);
  links_.erase(found);
  turns_.forget(id);
  if (encoding_for_ == id) encoding_for_.reset();
  connections_.close_near(id);
  dial_at_ = std::min(dial_at_, now);
}

bool VirtualDesktop::serve_idle(Connection& connection, Link& link, Micros now) {
  if (!connection.up.can_write()) return false;
  const auto message = connection.down.read(now);
  if (!message) return false;
  link.health.on_received(now);
  if (const auto joined = parse<ViewerJoined>(*message); joined.ok()) {
    link.viewer = agent_->add_viewer(joined.value(), now);
    dial_at_ = now;
  } else if (const auto ping = parse<Ping>(*message); ping.ok()) {
    connection.up.write(serialize(Pong{ping.value().time_us}));
  }
  return true;
}

bool VirtualDesktop::serve_viewer(uint64_t id, Connection& connection, Link& link, Micros now) {
  bool progress = false;
  while (const auto message = connection.down.read(now)) {
    agent_->receive(*link.viewer, *message, now);
    progress = true;
  }
  if (!connection.up.can_write() || encoding_for_) return progress;
  if (const auto message = next_message(id, *link.viewer, now)) {
    connection.up.write(*message);
    const agent::Pacer& pacer = agent_->session(*link.viewer)->pacer();
    if (pacer.bytes_in_flight() > pacer.window_bytes()) {
      largest_overshoot_ = std::max(largest_overshoot_, pacer.bytes_in_flight() - pacer.window_bytes());
    }
    return true;
  }
  if (agent_->finished(*link.viewer)) return hang_up(id, now), true;
  return progress;
}

// Encoding that takes time leaves its message for finish_encoding().
std::optional<Bytes> VirtualDesktop::next_message(uint64_t id, agent::ViewerId viewer, Micros now) {
  const bool takes_time = encoding_time.update > 0 || encoding_time.frame > 0;
  if (!takes_time || !agent_->would_encode(viewer, now)) return agent_->take_output(viewer, now);
  if (!turns_.take(id)) {
    refused_ = true;
    return agent_->take_ready(viewer, now);
  }
  agent_->prepare_output(viewer, now);
  processor_.encoded(encoding_time, now);
  encoding_for_ = id;
  return std::nullopt;
}

// True when the agent is free, for the first time since.
bool VirtualDesktop::finish_encoding(Micros now) {
  if (!encoding_for_) return false;
  const uint64_t id = *std::exchange(encoding_for_, std::nullopt);
  Connection* connection = connections_.find(id);
  const auto link = links_.find(id);
  if (connection == nullptr || link == links_.end() || !connection->up.can_write()) return true;
  if (const auto message = agent_->take_ready(*link->second.viewer, now)) connection->up.write(*message);
  return true;
}

bool VirtualDesktop::serve(uint64_t id, Link& link, Micros now) {
  Connection* connection = connections_.find(id);
  const bool hung_up = connection != nullptr && !connection->gateway_open && connection->down.drained();
  if (connection == nullptr || !connection->near_open || hung_up) return hang_up(id, now), true;
  const bool pumped = connection->up.pump(now);
  if (!link.viewer) {
    if (link.health.timed_out(now)) return hang_up(id, now), true;
    return serve_idle(*connection, link, now) || pumped;
  }
  return serve_viewer(id, *connection, link, now) || pumped;
}

// What was written goes on meanwhile; the rest waits.
bool VirtualDesktop::pump_links(Micros now) {
  bool progress = false;
  for (const auto& [id, link] : links_) {
    Connection* const connection = connections_.find(id);
    if (connection != nullptr && connection->near_open) progress = connection->up.pump(now) || progress;
  }
  return progress;
}

bool VirtualDesktop::step(Micros now) {
  now_ = now;
  if (!agent_) {
    if (now < back_at_) return false;
    agent_ = std::make_unique<agent::DesktopAgent>(screen, hands, processor_.watch(make_video));
    dial_at_ = now;
  }
  if (encoding_for_ && now < processor_.free_at()) return pump_links(now);
  bool progress = finish_encoding(now);
  turns_.begin();
  refused_ = false;
  dial(now);
  if (std::exchange(touched_, false) || agent_->next_deadline() <= now) agent_->advance(now);
  std::vector<uint64_t> ids;
  for (const auto& [id, link] : links_) ids.push_back(id);
  for (const uint64_t id : ids) progress = serve(id, links_.at(id), now) || progress;
  return progress || refused_;
}

std::string VirtualDesktop::describe(Micros now) const {
  std::string text = agent_ ? "agent up" : "agent down";
  for (const auto& [id, link] : links_) {
    const agent::ViewerSession* viewer = link.viewer ? agent_->session(*link.viewer) : nullptr;
    if (viewer == nullptr) continue;
    text += "\n  viewer " + std::to_string(*link.viewer) + ": " + std::to_string(viewer->pacer().bytes_in_flight()) +
            " of " + std::to_string(viewer->pacer().window_bytes()) + " bytes on their way, may send " +
            std::to_string(viewer->pacer().may_send(now)) + ", lacks pixels " +
            std::to_string(viewer->lacks_pixels(now)) + ", wants output " +
            std::to_string(agent_->wants_output(*link.viewer, now)) + ", closing " + std::to_string(viewer->closing()) +
            ", can take " + std::to_string(viewer->can_take_pixels(now));
  }
  return text;
}

const agent::Pacer* VirtualDesktop::newest_pacer() const {
  const agent::ViewerSession* newest = nullptr;
  for (const auto& [id, link] : links_) {
    if (link.viewer && agent_->session(*link.viewer) != nullptr) newest = agent_->session(*link.viewer);
  }
  return newest == nullptr ? nullptr : &newest->pacer();
}

Micros VirtualDesktop::next_deadline() const {
  if (!agent_) return back_at_;
  if (encoding_for_) return processor_.free_at();
  return std::min(agent_->next_deadline(now_), dial_at_);
}

}  // namespace vitrine::session
