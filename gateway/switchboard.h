// The gateway without sockets: every link after its hello, who is paired with whom, what is to be written to each link
// and whether it may be read from. Input and time are arguments, output is taken; so a whole session runs in a test
// under virtual time, and the WebSocket shell (websocket_link.h) stays small. One object and one thread own each other.
//
// How a driver uses it:
//
//   admit_viewer / admit_agent (admission.h)      the first message of a link; refused ones get a Close and no more
//   add_viewer / add_agent                         the link is in
//   receive(link, message, now)                    only while may_read(link)
//   take_output(link, now), then written(link)     one message at a time, in order; written() when the socket took it
//   state(link)                                    kFlushing: write what is left, then close the socket in order
//                                                  kDead: close the socket at once
//   remove(link, now)                              the socket is gone, for whatever reason
//   take_woken()                                   links for which one of the answers above may have changed
//   next_deadline(), tick(now)                     pings, silence, waits
#pragma once

#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

#include "gateway/admission.h"
#include "gateway/counters.h"
#include "gateway/pairing.h"
#include "gateway/relay.h"
#include "protocol/base/time.h"
#include "protocol/used_tickets.h"

namespace vitrine {

// A viewer waits this long for a desktop's agent. A cold desktop is there in seconds; after this the page asks the
// broker again, which knows more.
inline constexpr Micros kAgentWait = 120 * kSecond;
// A link that was told Close has this long to take it and answer.
inline constexpr Micros kCloseTimeout = 2 * kSecond;

class Switchboard {
 public:
  struct Options {
    Pairing::Limits pairing;
    SendQueue::Limits queue;
    Micros ping_after = kPingAfter;
    Micros peer_timeout = kPeerTimeout;
    Micros agent_wait = kAgentWait;
    Micros close_timeout = kCloseTimeout;
    // Tickets issued before this second are refused: what was used before this process is not known (Unix time).
    uint64_t started_s = 0;
  };
  enum class LinkState : uint8_t { kOpen, kFlushing, kDead };

  // `counters` outlives the switchboard.
  Switchboard(const Options& options, RelayCounters& counters);
  ~Switchboard();

  void add_viewer(LinkId link, ViewerAdmission admission, Micros now, uint64_t now_s);
  void add_agent(LinkId link, const AgentAdmission& admission, Micros now);
  // A link whose hello was refused: it is told why and closed.
  void add_refused(LinkId link, const Refused& refused, Micros now);

  void receive(LinkId link, Bytes message, Micros now);
  // Ends a link for a fault the shell saw, such as a message over its limit. An unknown link changes nothing.
  void end(LinkId link, const CloseReason& reason, Micros now);
  void end_all(const CloseReason& reason, Micros now);
  void remove(LinkId link, Micros now);

  [[nodiscard]] bool may_read(LinkId link) const;
  [[nodiscard]] std::optional<Bytes> take_output(LinkId link, Micros now);
  void written(LinkId link, Micros now);
  [[nodiscard]] LinkState state(LinkId link) const;

  [[nodiscard]] std::vector<LinkId> take_woken();
  [[nodiscard]] Micros next_deadline() const { return links_.empty() ? kNever : next_sweep_; }
  void tick(Micros now);

  [[nodiscard]] size_t links() const { return links_.size(); }
  [[nodiscard]] size_t queued_bytes(LinkId link) const;
  [[nodiscard]] std::optional<LinkId> peer(LinkId link) const { return pairing_.peer(link); }

 private:
  struct Link;

  Link* find(LinkId link);
  [[nodiscard]] const Link* find(LinkId link) const;
  Link& insert(LinkId link, LinkRole role, const std::string& desktop, Micros now);
  void send(Link& link, Bytes message, Micros came = kNever);
  void wake(Link& link);
  void pair_up(const std::string& desktop, Micros now);
  void lose_agent(LinkId viewer, Micros now);
  void leave_pairing(Link& link, Micros now, const CloseReason& reason_for_agent);
  void close(Link& link, const CloseReason& reason, Micros now);
  void fault(Link& link, std::string text, Micros now);
  // Of the viewer at this end of a pair, or at the other; none: nothing.
  uint32_t viewer_rights(const Link& link);
  void relay(Link& from, uint32_t type, Bytes message, Micros now);
  void receive_close(Link& from, const Close& message, Micros now);
  bool receive_pong(Link& from, const Pong& message);
  void handle_control(Link& from, uint32_t type, Bytes message, Micros now);
  void receive_report(Link& from, const Bytes& message, Micros now);
  bool remember(Link& viewer, uint32_t type, const Bytes& message, Micros now);
  void keep_holdings(Link& viewer, Bytes message, Micros now);
  void check(Link& link, Micros now);

  Options options_;
  RelayCounters& counters_;
  Pairing pairing_;
  UsedTickets used_;
  std::unordered_map<LinkId, std::unique_ptr<Link>> links_;
  std::vector<LinkId> woken_;
  Micros sweep_every_;
  Micros next_sweep_ = kNever;
  uint64_t own_pings_ = 0;
};

// A serialised Close; a reason that is too long is cut.
Bytes close_message(const CloseReason& reason);

}  // namespace vitrine
