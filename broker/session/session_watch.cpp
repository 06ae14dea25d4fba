#include "broker/session/session_watch.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace vitrine::broker {

void SessionWatch::set(std::vector<WatchedSession> all, int64_t now_s) {
  std::set<std::string> running;
  for (WatchedSession& one : all) {
    running.insert(one.session.desktop);
    add(std::move(one), now_s);
  }
  std::erase_if(states_, [&](const auto& item) { return !running.contains(item.first); });
}

void SessionWatch::add(WatchedSession one, int64_t now_s) {
  const std::string desktop = one.session.desktop;
  const auto [found, fresh] = states_.try_emplace(desktop);
  State& state = found->second;
  if (fresh) state.active_s = now_s;
  const DesktopLife life = one.session.life;
  const bool unviewed = life == DesktopLife::kDisconnected || life == DesktopLife::kAssigned;
  if (unviewed && state.viewers == 0) state.unviewed_s = one.session.changed_s;
  const auto change = open_at(one.rules.hours, now_s) ? next_change(one.rules.hours, now_s) : std::nullopt;
  const int64_t closes_s = change.value_or(0);
  if (closes_s != state.closes_s) state.hours_warned = false;
  state.closes_s = closes_s;
  state.watched = std::move(one);
}

void SessionWatch::heard(const std::string& desktop, int viewers, uint64_t inputs, int64_t now_s) {
  const auto found = states_.find(desktop);
  if (found == states_.end()) return;
  State& state = found->second;
  if (viewers > state.viewers || inputs != state.inputs) {
    state.active_s = now_s;
    state.idle_warned = false;
  }
  if (viewers > 0) state.unviewed_s = 0;
  if (viewers == 0 && state.unviewed_s == 0) state.unviewed_s = now_s;
  state.viewers = viewers;
  state.inputs = inputs;
}

std::vector<SessionOrder> SessionWatch::due(int64_t now_s) {
  std::vector<SessionOrder> orders;
  for (auto& [desktop, state] : states_) {
    if (!state.ended) judge(state, now_s, orders);
  }
  return orders;
}

void SessionWatch::order_end(State& state, std::string reason, std::vector<SessionOrder>& orders) {
  state.ended = true;
  orders.push_back({SessionOrder::Kind::kEnd, state.watched.session, std::move(reason)});
}

void SessionWatch::judge(State& state, int64_t now_s, std::vector<SessionOrder>& orders) {
  const WatchedSession& watched = state.watched;
  if (!watched.over.empty()) return order_end(state, watched.over, orders);
  judge_hours(state, now_s, orders);
  if (!state.ended) judge_idle(state, now_s, orders);
  if (state.ended) return;
  const int64_t limit_s = watched.rules.disconnect_limit_s;
  if (limit_s > 0 && state.unviewed_s > 0 && now_s - state.unviewed_s > limit_s) {
    return order_end(state, fmt::format("Nobody looked at this session for {}.", span_to_people(limit_s)), orders);
  }
  if (watched.generation > state.told_generation) {
    state.told_generation = watched.generation;
    orders.push_back({SessionOrder::Kind::kReadmit, watched.session,
                      "What you may do here was changed; connecting again.", watched.generation});
  }
}

void SessionWatch::judge_hours(State& state, int64_t now_s, std::vector<SessionOrder>& orders) {
  const Rules& rules = state.watched.rules;
  if (const auto closed = refusal(rules, {.now_s = now_s, .address = {}, .second_factor_s = {}})) {
    return order_end(state, "The hours of this session are over. " + closed->message, orders);
  }
  if (state.closes_s == 0 || state.hours_warned || now_s < state.closes_s - kHoursWarningS) return;
  state.hours_warned = true;
  const WeekHours& clock = rules.hours.front();
  orders.push_back({SessionOrder::Kind::kNotice, state.watched.session,
                    fmt::format("This session ends at {} ({}), when its hours are over. Save your work.",
                                clock.moment(state.closes_s), clock.zone_name())});
}

void SessionWatch::judge_idle(State& state, int64_t now_s, std::vector<SessionOrder>& orders) {
  const int64_t limit_s = state.watched.rules.idle_limit_s;
  if (limit_s == 0 || state.viewers == 0) return;
  const int64_t idle_s = now_s - state.active_s;
  if (idle_s >= limit_s) {
    return order_end(state, fmt::format("Nobody typed or pointed for {}.", span_to_people(limit_s)), orders);
  }
  if (state.idle_warned || idle_s < limit_s - kIdleWarningS) return;
  state.idle_warned = true;
  orders.push_back(
      {SessionOrder::Kind::kNotice, state.watched.session,
       fmt::format("This session ends in {} unless somebody types or points.", span_to_people(limit_s - idle_s))});
}

}  // namespace vitrine::broker
