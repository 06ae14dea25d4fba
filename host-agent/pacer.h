// How much a viewer may be sent now, so that what it sees is new.
//
// TCP hides loss and congestion as delay: whatever is handed over too early only waits in some queue, as an old
// picture. So the pacer keeps the bytes in flight (sent, not yet acknowledged as shown) near
//
//     window = delivery rate x minimum round trip + delivery rate x allowance
//
// The model is that of BBR (Cardwell et al., ACM Queue 2016): the rate is a windowed maximum over round trips of
// samples that were not limited by having nothing to send, the round trip a windowed minimum; a cycle of gains asks for
// more now and then and lets the queue drain after. Acks come from the page once the picture has the update, and say
// how long the page took: a page that does not keep up makes the window smaller, but tells nothing about the link.
// (Were it taken for a slow link, updates would shrink, and a page's time goes by their number.) Frames in a video
// decoder are FrameWindow's. A run of high round trips ends the maximum at once (a link that became slower); a silence
// of the whole link (a stall) is not taken for a rate.
//
// A window alone would let all of itself go at once after a pause, and wait in the link as a queue as long as the round
// trip. So updates also leave no faster than the rate with some more (`send_at`), once the rate is known.
//
// What refines a picture has no need of the last percent of a link, and a person who types has of every millisecond:
// for a moment after an input the allowance and the probes are smaller, unless a film plays.
//
// Pure state: time is an argument. One thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <vector>

#include "host-agent/page_load.h"
#include "protocol/base/time.h"

namespace vitrine::agent {

class Pacer {
 public:
  // An update was handed to the link. Ids rise.
  void sent(uint32_t id, size_t bytes, Micros now);
  // That update was a film's frame.
  void sent_frame(size_t bytes, Micros now);
  // The viewer shows this update and all before it; `page` is what it says of the newest.
  void acked(uint32_t id, Micros now, const PageTime& page = {});
  // A person did something whose effect they look for; answers come behind whatever is in the queue.
  void has_input(Micros now);
  // The window has room but there is nothing to send: samples until now's flight is over say nothing about the link.
  void ran_dry();

  // How long what is sent may stand in queues, so that the link does not run dry between an ack and the next update.
  void set_allowance(Micros allowance);

  [[nodiscard]] bool has_room() const;
  // For a small update that somebody waits for, when a frame fills the window. Neither does it keep to send_at().
  [[nodiscard]] bool has_room_for_answer() const;
  // When the next update may leave if the window has room; some time in the past: at once.
  [[nodiscard]] Micros send_at() const { return send_at_; }
  [[nodiscard]] bool may_send(Micros now) const { return has_room() && send_at_ <= now; }
  // How large the next update should be at most: a few milliseconds of the link.
  [[nodiscard]] size_t update_bytes() const;

  [[nodiscard]] size_t bytes_in_flight() const { return in_flight_bytes_; }
  [[nodiscard]] size_t window_bytes() const { return window_; }
  [[nodiscard]] double rate() const { return rate_; }  // bytes per second
  // What moving pictures may be made for: at times somewhat more, so that a link they fill is seen to have become
  // faster.
  [[nodiscard]] double film_rate() const;
  [[nodiscard]] Micros min_rtt() const { return min_rtt_; }  // kNever before the first ack
  [[nodiscard]] Micros last_rtt() const { return last_rtt_; }
  // By how much the newest round trips exceed the shortest.
  [[nodiscard]] Micros standing_queue() const;

 private:
  struct Sent {
    uint32_t id = 0;
    size_t bytes = 0;
    Micros at = 0;
    uint64_t delivered = 0;    // bytes acknowledged when it was sent
    Micros delivered_at = 0;   // and when that was
    Micros first_sent_at = 0;  // start of the flight that the sample measures
    bool app_limited = false;
  };
  struct RateSample {
    uint64_t round = 0;
    double rate = 0;
  };
  struct Delivery {
    Micros at = 0;
    uint64_t delivered = 0;
    size_t in_flight = 0;
    Micros least_rtt = 0;  // since then
    bool limited = false;  // the window held something back since then
  };

  void take_rtt(Micros rtt, const PageTime& page, Micros now);
  void take_rate(const Sent& newest, Micros now, Micros in_page);
  void end_round();
  void end_starting_round();
  void end_film_probe();
  void end_probe_round();
  void note_slow_samples(Micros rtt, Micros now);
  [[nodiscard]] bool piles_up(uint64_t run_bytes, Micros now) const;
  void follow_page();
  void set_window();

  std::deque<Sent> flight_;
  size_t in_flight_bytes_ = 0;
  Micros send_at_ = 0;
  uint64_t delivered_ = 0;
  Micros delivered_at_ = 0;
  Micros first_sent_at_ = 0;
  Micros last_ack_at_ = 0;
  uint64_t app_limited_until_ = 0;   // samples are app-limited until this much is delivered
  std::vector<RateSample> samples_;  // the maximum's candidates, newest last, rates falling
  double rate_ = 0;
  Micros min_rtt_ = kNever;
  Micros min_rtt_at_ = 0;
  Micros min_link_rtt_ = kNever;  // without the page's time
  Micros last_rtt_ = 0;
  uint64_t round_ = 0;              // counts rounds that measured the link
  bool round_measured_ = false;     // the one that is running does
  uint64_t round_ends_at_ = 0;      // delivered bytes that end this round
  Micros round_min_rtt_ = kNever;   // of the round that is running, without the page's time
  Micros queue_rtt_ = kNever;       // of the last one
  Micros round_min_wait_ = kNever;  // least time that an update of this round waited in the page
  int round_acks_ = 0;
  double frame_bytes_ = 0;  // of a film's, on average
  Micros frame_at_ = 0;     // when the newest left
  Micros at_work_until_ = 0;
  double page_share_ = 1;  // of the window, so that updates do not wait there
  int slow_samples_ = 0;   // in a row
  Delivery slow_since_;    // at the first of them
  bool starting_ = true;
  bool window_was_full_ = false;
  double full_rate_ = 0;  // rate at the last time it still grew while starting
  int rounds_without_growth_ = 0;
  int cycle_round_ = 0;      // rounds since the last probe began
  bool probe_next_ = false;  // after draining, at once
  int next_film_rests_ = 0;
  int film_rests_ = 0;      // probes until films take part again
  double probe_ = 0;        // seconds of the link asked for beyond the window while probing
  double probed_rate_ = 0;  // rate when the probe (or its last extension) began
  size_t window_ = 0;
  double slack_;  // seconds of standing queue that are allowed

 public:
  Pacer();
};

}  // namespace vitrine::agent
