// Which viewer waits for which desktop, which agent links are idle, and who is paired with whom.
//
// Pure bookkeeping: no messages, no time, no sockets. One object per gateway thread, used by that thread only; a
// desktop lives on exactly one thread (worker.h), so nothing here is shared.
//
//   add_viewer ─▶ waiting ──┐            remove(agent)  ─▶ its viewer waits again, in front of the others
//                           ├─▶ pair
//   add_agent ──▶ idle ─────┘            remove(viewer) ─▶ its agent link is left over, for the caller to close
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "gateway/links.h"
#include "protocol/base/result.h"
#include "protocol/limits.h"

namespace vitrine {

// An agent keeps one idle link; a second one is there for a moment when an agent is restarted and its old link has
// not been noticed to be dead. Another one replaces the oldest.
inline constexpr size_t kMaxIdleAgentLinks = 2;

class Pairing {
 public:
  struct Limits {
    size_t viewers_per_desktop = kMaxViewersPerDesktop;
    size_t idle_agent_links = kMaxIdleAgentLinks;
  };
  struct Pair {
    LinkId viewer = 0;
    LinkId agent = 0;
    bool operator==(const Pair&) const = default;
  };
  struct Removed {
    std::optional<LinkId> waiting_viewer;   // lost its agent and waits now
    std::optional<LinkId> left_over_agent;  // lost its viewer; it is out of the books already
  };

  explicit Pairing(const Limits& limits) : limits_(limits) {}

  // The viewer waits until take_pair() gives it an agent. Errors: exhausted.
  Result<void> add_viewer(LinkId viewer, const std::string& desktop);
  // The agent's link is idle until take_pair() uses it. Gives back the idle link it replaces, already out of the books.
  std::optional<LinkId> add_agent(LinkId agent, const std::string& desktop);
  // Forgets a link of either kind; one that is not known changes nothing.
  Removed remove(LinkId link);
  // Makes the next pair that can be made for this desktop: the viewer that waits longest with the newest idle link,
  // which is the likeliest to be alive.
  std::optional<Pair> take_pair(const std::string& desktop);

  [[nodiscard]] std::optional<LinkId> peer(LinkId link) const;
  [[nodiscard]] size_t viewers(const std::string& desktop) const;
  [[nodiscard]] size_t idle_agents(const std::string& desktop) const;
  [[nodiscard]] size_t desktops() const { return desktops_.size(); }

 private:
  struct Desktop {
    std::deque<LinkId> waiting;
    std::deque<LinkId> idle;
    size_t paired = 0;
  };
  struct Place {
    std::string desktop;
    LinkRole role = LinkRole::kViewer;
    std::optional<LinkId> peer;
  };

  void forget_if_empty(const std::string& desktop);

  Limits limits_;
  std::map<std::string, Desktop, std::less<>> desktops_;
  std::unordered_map<LinkId, Place> places_;
};

}  // namespace vitrine
