#include "bench/link/link_model.h"

#include <algorithm>

#include "protocol/base/check.h"

namespace vitrine {

LinkModel::LinkModel(const LinkConditions& conditions, uint64_t seed) : conditions_(conditions), random_(seed) {}

void LinkModel::set_conditions(const LinkConditions& conditions, Micros now) {
  advance(now);
  conditions_ = conditions;
  advance(now);
}

size_t LinkModel::room(Flow flow, Micros now) {
  advance(now);
  if (const auto found = flows_.find(flow);
      found != flows_.end() && found->second.bytes.size() - found->second.consumed >= kMaxArrived) {
    return 0;
  }
  return conditions_.queue_bytes > queued_ ? conditions_.queue_bytes - queued_ : 0;
}

size_t LinkModel::send(Flow flow, std::span<const uint8_t> bytes, Micros now) {
  const size_t taken = std::min(bytes.size(), room(flow, now));
  for (size_t at = 0; at < taken; at += kLinkPacket) {
    const auto part = bytes.subspan(at, std::min(kLinkPacket, taken - at));
    queue_.push_back({flow, now, {part.begin(), part.end()}});
  }
  queued_ += taken;
  flows_[flow].on_the_way += taken;
  advance(now);
  return taken;
}

std::span<const uint8_t> LinkModel::arrived(Flow flow, Micros now) {
  advance(now);
  const auto found = flows_.find(flow);
  if (found == flows_.end()) return {};
  return std::span(found->second.bytes).subspan(found->second.consumed);
}

void LinkModel::consume(Flow flow, size_t count) {
  Arrived& arrived = flows_[flow];
  CHECK(count <= arrived.bytes.size() - arrived.consumed);
  arrived.consumed += count;
  if (arrived.consumed == arrived.bytes.size()) {
    arrived.bytes.clear();
    arrived.consumed = 0;
  }
}

bool LinkModel::idle(Flow flow) const {
  const auto found = flows_.find(flow);
  return found == flows_.end() || (found->second.on_the_way == 0 && found->second.bytes.empty());
}

void LinkModel::drop(Flow flow) {
  const bool head = !queue_.empty() && queue_.front().flow == flow;
  if (head) work_done_ = 0;
  std::erase_if(queue_, [&](const Packet& packet) {
    if (packet.flow == flow) queued_ -= packet.bytes.size();
    return packet.flow == flow;
  });
  std::erase_if(in_flight_, [&](const Packet& packet) { return packet.flow == flow; });
  flows_.erase(flow);
}

Micros LinkModel::head_departure() const {
  if (queue_.empty() || conditions_.stalled) return kNever;
  if (conditions_.rate_bps == 0) return clock_;
  const uint64_t work = head_work() - std::min(work_done_, head_work());
  return clock_ + static_cast<Micros>((work + conditions_.rate_bps - 1) / conditions_.rate_bps);
}

Micros LinkModel::next_deadline() const {
  return std::min(head_departure(), in_flight_.empty() ? kNever : in_flight_.front().time);
}

size_t LinkModel::queued_bytes(Micros now) {
  advance(now);
  return queued_;
}

void LinkModel::advance(Micros now) {
  CHECK(now >= clock_);
  for (Micros when = head_departure(); when <= now; when = head_departure()) {
    work_done_ += static_cast<uint64_t>(when - clock_) * conditions_.rate_bps;
    clock_ = when;
    depart(when);
  }
  // What is left of the interval goes into the head packet; an idle link saves nothing up.
  if (queue_.empty()) {
    work_done_ = 0;
  } else if (!conditions_.stalled) {
    work_done_ += static_cast<uint64_t>(now - clock_) * conditions_.rate_bps;
  }
  clock_ = now;
  deliver(now);
}

void LinkModel::depart(Micros when) {
  Packet packet = std::move(queue_.front());
  // The rest of the last microsecond belongs to the next packet, so that the rate is exact over many.
  const uint64_t work = packet.bytes.size() * 8 * 1'000'000;
  work_done_ = conditions_.rate_bps == 0 || work_done_ < work ? 0 : work_done_ - work;
  queue_.pop_front();
  queued_ -= packet.bytes.size();
  delays_.add(when - packet.time);
  standing_.add(when, std::max<Micros>(0, last_departure_ - packet.time));
  last_departure_ = when;
  packet.time = std::max(last_arrival_, when + conditions_.delay + jitter());
  last_arrival_ = packet.time;
  in_flight_.push_back(std::move(packet));
}

void LinkModel::deliver(Micros now) {
  while (!in_flight_.empty() && in_flight_.front().time <= now) {
    const Packet& packet = in_flight_.front();
    Arrived& flow = flows_[packet.flow];
    flow.bytes.insert(flow.bytes.end(), packet.bytes.begin(), packet.bytes.end());
    flow.on_the_way -= packet.bytes.size();
    delivered_ += packet.bytes.size();
    in_flight_.pop_front();
  }
}

// splitmix64 (Steele, Lea, Flood 2014): the same numbers on every platform, which the standard distributions are not.
Micros LinkModel::jitter() {
  if (conditions_.jitter <= 0) return 0;
  uint64_t z = (random_ += 0x9e3779b97f4a7c15);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  z ^= z >> 31;
  return static_cast<Micros>(z % (static_cast<uint64_t>(conditions_.jitter) + 1));
}

}  // namespace vitrine
