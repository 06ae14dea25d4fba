#include "bench/link/emulated_link.h"

#include <algorithm>

namespace vitrine {

EmulatedLink::EmulatedLink(const LinkConditions& base, LinkScript script, uint64_t seed, Micros start)
    : up_(base, seed * 2), down_(base, seed * 2 + 1) {
  append(script, start);
}

void EmulatedLink::append(const LinkScript& script, Micros now) {
  for (LinkChange change : script) {
    change.at += now;
    to_come_.push_back(change);
  }
  std::ranges::stable_sort(to_come_, {}, &LinkChange::at);
}

bool EmulatedLink::advance(Micros now) {
  bool reset = false;
  while (!to_come_.empty() && to_come_.front().at <= now) {
    const LinkChange change = to_come_.front();
    to_come_.pop_front();
    apply(change, change.at);
    reset = reset || change.reset;
  }
  return reset;
}

void EmulatedLink::apply(const LinkChange& change, Micros when) {
  for (LinkModel* model : {&up_, &down_}) {
    LinkConditions conditions = model->conditions();
    const auto& rate = model == &up_ ? change.up_bps : change.down_bps;
    conditions.rate_bps = rate.value_or(conditions.rate_bps);
    conditions.delay = change.delay.value_or(conditions.delay);
    conditions.jitter = change.jitter.value_or(conditions.jitter);
    conditions.queue_bytes = change.queue_bytes.value_or(conditions.queue_bytes);
    conditions.stalled = change.stalled.value_or(conditions.stalled);
    model->set_conditions(conditions, when);
  }
  if (change.shut) open_ = !*change.shut;
}

Micros EmulatedLink::next_deadline() const {
  const Micros script = to_come_.empty() ? kNever : to_come_.front().at;
  return std::min({script, up_.next_deadline(), down_.next_deadline()});
}

}  // namespace vitrine
