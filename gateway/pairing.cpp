#include "gateway/pairing.h"

#include <algorithm>

namespace vitrine {

Result<void> Pairing::add_viewer(LinkId viewer, const std::string& desktop) {
  if (viewers(desktop) >= limits_.viewers_per_desktop) {
    return Error{ErrorCode::kExhausted, "This desktop is already open " + std::to_string(limits_.viewers_per_desktop) +
                                            " times; close it somewhere else first."};
  }
  CHECK(places_.emplace(viewer, Place{desktop, LinkRole::kViewer, std::nullopt}).second);
  desktops_[desktop].waiting.push_back(viewer);
  return {};
}

std::optional<LinkId> Pairing::add_agent(LinkId agent, const std::string& desktop) {
  CHECK(places_.emplace(agent, Place{desktop, LinkRole::kAgent, std::nullopt}).second);
  auto& idle = desktops_[desktop].idle;
  idle.push_back(agent);
  if (idle.size() <= limits_.idle_agent_links) return std::nullopt;
  const LinkId replaced = idle.front();
  idle.pop_front();
  places_.erase(replaced);
  return replaced;
}

Pairing::Removed Pairing::remove(LinkId link) {
  const auto found = places_.find(link);
  if (found == places_.end()) return {};
  const Place place = std::move(found->second);
  places_.erase(found);
  Removed removed;
  Desktop& desktop = desktops_[place.desktop];
  if (!place.peer) {
    std::erase(place.role == LinkRole::kViewer ? desktop.waiting : desktop.idle, link);
  } else if (--desktop.paired; place.role == LinkRole::kAgent) {
    places_.at(*place.peer).peer.reset();
    desktop.waiting.push_front(*place.peer);
    removed.waiting_viewer = place.peer;
  } else {
    places_.erase(*place.peer);
    removed.left_over_agent = place.peer;
  }
  forget_if_empty(place.desktop);
  return removed;
}

std::optional<Pairing::Pair> Pairing::take_pair(const std::string& desktop) {
  const auto found = desktops_.find(desktop);
  if (found == desktops_.end() || found->second.waiting.empty() || found->second.idle.empty()) return std::nullopt;
  Desktop& books = found->second;
  const Pair pair{.viewer = books.waiting.front(), .agent = books.idle.back()};
  books.waiting.pop_front();
  books.idle.pop_back();
  ++books.paired;
  places_.at(pair.viewer).peer = pair.agent;
  places_.at(pair.agent).peer = pair.viewer;
  return pair;
}

std::optional<LinkId> Pairing::peer(LinkId link) const {
  const auto found = places_.find(link);
  return found == places_.end() ? std::nullopt : found->second.peer;
}

size_t Pairing::viewers(const std::string& desktop) const {
  const auto found = desktops_.find(desktop);
  return found == desktops_.end() ? 0 : found->second.waiting.size() + found->second.paired;
}

size_t Pairing::idle_agents(const std::string& desktop) const {
  const auto found = desktops_.find(desktop);
  return found == desktops_.end() ? 0 : found->second.idle.size();
}

void Pairing::forget_if_empty(const std::string& desktop) {
  const auto found = desktops_.find(desktop);
  if (found == desktops_.end()) return;
  const Desktop& books = found->second;
  if (books.waiting.empty() && books.idle.empty() && books.paired == 0) desktops_.erase(found);
}

}  // namespace vitrine
