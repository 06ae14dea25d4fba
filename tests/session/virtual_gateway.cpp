#include "tests/session/virtual_gateway.h"

#include "protocol/wire.h"

namespace vitrine::session {

VirtualGateway::VirtualGateway(Connections& connections, TicketVerifier verifier, Micros now)
    : connections_(connections), verifier_(std::move(verifier)) {
  start(now);
}

void VirtualGateway::start(Micros now) {
  counters_ = std::make_unique<RelayCounters>();
  // The world begins with a gateway that has been up for a while.
  board_ = std::make_unique<Switchboard>(
      Switchboard::Options{.started_s = now == 0 ? kUnixStart - 100 : unix_seconds(now)}, *counters_);
}

void VirtualGateway::crash() {
  board_.reset();
  for (const auto* ids : {&greeting_, &links_}) {
    for (const LinkId id : *ids) connections_.reset(id);
  }
  greeting_.clear();
  links_.clear();
  writing_.clear();
}

void VirtualGateway::forget(LinkId id, Micros now) {
  board_->remove(id, now);
  connections_.close_gateway(id);
  links_.erase(id);
  writing_.erase(id);
}

bool VirtualGateway::greet(LinkId id, Micros now) {
  Connection* connection = connections_.find(id);
  if (connection == nullptr) {
    greeting_.erase(id);
    return true;
  }
  const auto hello = connection->up.read(now);
  if (!hello) return false;
  greeting_.erase(id);
  links_.insert(id);
  if (message_type(*hello).take() == AgentHello::kType) {
    const auto admitted = admit_agent(*hello, verifier_, unix_seconds(now));
    board_->add_agent(id, std::get<AgentAdmission>(admitted), now);
    return true;
  }
  const auto admitted = admit_viewer(*hello, verifier_, {kOrigin, ""}, unix_seconds(now));
  if (const auto* refused = std::get_if<Refused>(&admitted)) {
    board_->add_refused(id, *refused, now);
  } else {
    board_->add_viewer(id, std::get<ViewerAdmission>(admitted), now, unix_seconds(now));
  }
  return true;
}

bool VirtualGateway::serve(LinkId id, Micros now) {
  Connection* connection = connections_.find(id);
  const bool hung_up = connection != nullptr && !connection->near_open && connection->up.drained();
  if (connection == nullptr || !connection->gateway_open || hung_up) return forget(id, now), true;
  bool progress = connection->down.pump(now);
  if (connection->down.can_write() && writing_.erase(id) > 0) board_->written(id, now);
  while (board_->may_read(id)) {
    auto message = connection->up.read(now);
    if (!message) break;
    board_->receive(id, std::move(*message), now);
    progress = true;
  }
  if (connection->down.can_write()) {
    if (const auto message = board_->take_output(id, now)) {
      connection->down.write(*message);
      writing_.insert(id);
      return true;
    }
    if (board_->state(id) == Switchboard::LinkState::kFlushing) return forget(id, now), true;
  }
  if (board_->state(id) == Switchboard::LinkState::kDead) return forget(id, now), true;
  largest_queue_ = std::max(largest_queue_, board_->queued_bytes(id));
  return progress;
}

bool VirtualGateway::step(Micros now) {
  if (!up()) return false;
  board_->tick(now);
  bool progress = false;
  for (const LinkId id : std::set(greeting_)) progress = greet(id, now) || progress;
  for (const LinkId id : std::set(links_)) progress = serve(id, now) || progress;
  return progress;
}

}  // namespace vitrine::session
