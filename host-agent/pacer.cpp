#include "host-agent/pacer.h"

#include <algorithm>
#include <utility>

#include "codec/longest_frame.h"
#include "protocol/limits.h"

namespace vitrine::agent {
namespace {

using codec::kLongestFrame;

// What a link is taken for before it has shown its rate: most are faster, and one that is slower has a queue of
// kFirstWindow only once.
constexpr double kFirstRate = 10e6 / 8;
constexpr size_t kFirstWindow = 48 * 1024;
// Room for two small updates keeps the acks coming on any link.
constexpr size_t kLeastWindow = 4 * 1024;
constexpr size_t kLargestWindow = 8 * 1024 * 1024;
// Standing queue that is allowed unless set_allowance() says another.
constexpr double kSlack = 0.006;
// An update is at most this much time of the link, so that a newer picture waits no longer than that.
constexpr double kUpdateSeconds = 0.004;
constexpr size_t kStartingUpdates = 16;
constexpr size_t kLeastUpdate = 1024;
constexpr size_t kLargestUpdate = 256 * 1024;
// More updates than this are not sent ahead however small they are: a page that stopped painting is noticed.
constexpr size_t kMostInFlight = 512;
// What answers an input may pass the window by so much: a few letters, and milliseconds on a slow link.
constexpr size_t kAnswerBytes = 1024;
constexpr uint64_t kRateRounds = 10;
constexpr Micros kMinRttLife = 10 * kSecond;
// A run of high round trips measures the link when it delivered this much, within this time: less may be chance.
constexpr size_t kRunBytes = 8 * 1024;
constexpr Micros kLongestRun = kSecond;
// Round trips above the least by more than this are a queue, not jitter.
constexpr Micros kQueueLimit = 20 * kMillisecond;
constexpr int kSlowSamples = 3;
// Delay beyond what the page says it took that is taken for the link at once; more would let pictures of a slow link
// grow old.
constexpr Micros kNoPage = 50 * kMillisecond;
// In this time at least, bytes on their way that grow by a part of those that came show a link that takes less.
constexpr Micros kShortestPile = 300 * kMillisecond;
constexpr size_t kPileShare = 3;
// Silence longer than this (and two round trips) between acks of a full window is a stall.
constexpr Micros kStall = 200 * kMillisecond;
// A link without anything in flight for longer than the moment between an ack and the next update is idle.
constexpr Micros kIdle = kMillisecond;
// The cycle in rounds: kProbeRounds with more than the window (what comes of it shows one round later), one with less,
// the rest with the window itself.
constexpr int kProbeRounds = 2;
constexpr int kCycleRounds = 9;
// A probe asks for a quarter more, but on long links not for more queue than this at first.
constexpr double kProbeShare = 0.25;
constexpr double kFirstProbe = 0.012;
// Who works feels every millisecond of the queue behind which the next answer comes, and the last percent of the link
// not at all: for so long after an input the probes ask for less, and this share of the slack is enough. No more of it
// is spared than this share of the round trip: on short ones the slack is most of the window.
constexpr Micros kAtWork = 300 * kMillisecond;
constexpr double kProbeAtWork = 0.006;
constexpr double kSlackAtWork = 0.5;
constexpr double kMostSpared = 1.0 / 16;
// A probe that brought this much more is followed by one of twice the size.
constexpr double kWorthwhile = 1.03;

// And films are made for so much more of the rate meanwhile: they take somewhat less than they may, and what a film
// that is the only source does not ask for is never seen. Where that brought nothing it only queues, so the next probes
// go without.
constexpr double kFilmProbe = 1.4;
constexpr int kFilmRests = 7;

// An update is in flight as a whole until its last byte came: on average half of one too much. A film's frames are
// large enough for that to count; how fast their size is followed.
constexpr double kFrameShare = 1.0 / 8;
// A film without a frame for so long is over for the window: what refines or scrolls then has no such updates.
constexpr Micros kFilmPause = 500 * kMillisecond;

// A sample of which the page took more than one part in this many tells nothing about the link.
constexpr Micros kPageShare = 8;
// Updates may wait in the page for so long before the window shrinks, and how fast it does and grows again, a round.
constexpr Micros kPageWait = 8 * kMillisecond;
constexpr int kPageAcks = 4;  // fewer may all wait by chance
constexpr double kPageShrinks = 0.8;
constexpr double kPageGrows = 1.1;
constexpr double kLeastPageShare = 0.05;

// Updates leave at this share of the rate: enough more than it to find out that the link became faster, and after a
// pause no more queue than a fifth of a round trip. A probe fills its window at once.
constexpr double kPace = 1.25;
constexpr double kProbePace = 2;
// Time the pace may be behind, so that late timers cost no rate: an update.
constexpr Micros kPaceCredit = 4 * kMillisecond;

double seconds(Micros time) {
  return static_cast<double>(time) / static_cast<double>(kSecond);
}

}  // namespace

Pacer::Pacer() : rate_(kFirstRate), window_(kFirstWindow), slack_(kSlack) {}

void Pacer::set_allowance(Micros allowance) {
  slack_ = seconds(allowance);
  if (!starting_) set_window();
}

void Pacer::sent(uint32_t id, size_t bytes, Micros now) {
  if (flight_.empty()) {
    if (now - last_ack_at_ > kIdle) {
      // Nothing was there to send for a while: what follows measures the source, not the link.
      app_limited_until_ = std::max<uint64_t>(delivered_, 1);
      // And there is no queue to drain, nor a full window that could show what a probe brings.
      if (cycle_round_ <= kProbeRounds && !starting_) cycle_round_ = kProbeRounds + 1;
    }
    first_sent_at_ = now;
    delivered_at_ = now;
    last_ack_at_ = now;
  }
  in_flight_bytes_ += bytes;
  flight_.push_back({.id = id,
                     .bytes = bytes,
                     .at = now,
                     .delivered = delivered_,
                     .delivered_at = delivered_at_,
                     .first_sent_at = first_sent_at_,
                     .app_limited = app_limited_until_ != 0});
  if (!has_room()) window_was_full_ = slow_since_.limited = true;
  if (starting_) return;  // the rate is a guess
  const double pace = rate_ * (cycle_round_ < kProbeRounds ? kProbePace : kPace);
  const double takes = static_cast<double>(bytes) / pace * static_cast<double>(kSecond);
  send_at_ = std::max(send_at_, now - kPaceCredit) + static_cast<Micros>(takes);
}

void Pacer::sent_frame(size_t bytes, Micros now) {
  frame_bytes_ += (static_cast<double>(bytes) - frame_bytes_) * kFrameShare;
  frame_at_ = now;
}

void Pacer::has_input(Micros now) {
  at_work_until_ = now + kAtWork;
}

void Pacer::ran_dry() {
  if (!has_room()) return;
  app_limited_until_ = std::max<uint64_t>(delivered_ + in_flight_bytes_, 1);
}

bool Pacer::has_room() const {
  return in_flight_bytes_ < window_ && flight_.size() < kMostInFlight;
}

bool Pacer::has_room_for_answer() const {
  return in_flight_bytes_ < window_ + kAnswerBytes && flight_.size() < kMostInFlight;
}

size_t Pacer::update_bytes() const {
  auto bytes = static_cast<size_t>(rate_ * kUpdateSeconds);
  if (starting_) bytes = std::max(bytes, window_ / kStartingUpdates);  // the rate is not known yet
  return std::clamp(bytes, kLeastUpdate, kLargestUpdate);
}

Micros Pacer::standing_queue() const {
  return queue_rtt_ == kNever || min_rtt_ == kNever ? 0 : std::max<Micros>(0, queue_rtt_ - min_link_rtt_);
}

double Pacer::film_rate() const {
  return !starting_ && cycle_round_ < kProbeRounds && film_rests_ == 0 ? rate_ * kFilmProbe : rate_;
}

void Pacer::acked(uint32_t id, Micros now, const PageTime& page) {
  if (flight_.empty() || flight_.front().id > id) return;
  Sent newest;
  size_t bytes = 0;
  while (!flight_.empty() && flight_.front().id <= id) {
    newest = flight_.front();
    bytes += newest.bytes;
    flight_.pop_front();
  }
  const Micros rtt = std::max<Micros>(1, now - newest.at);
  const Micros patience = kStall + (min_rtt_ == kNever ? rtt : 2 * min_rtt_);
  const bool after_stall = now - last_ack_at_ > patience;
  in_flight_bytes_ -= bytes;
  delivered_ += bytes;
  delivered_at_ = now;
  last_ack_at_ = now;
  if (delivered_ > app_limited_until_) app_limited_until_ = 0;
  if (after_stall) {
    slow_samples_ = 0;
    // What was in flight through the stall measures nothing but the stall.
    for (Sent& other : flight_) other.app_limited = true;
    app_limited_until_ = std::max(app_limited_until_, delivered_ + in_flight_bytes_);
  }
  const Micros in_page = std::min(page.all(), rtt - 1);
  if (!after_stall || min_rtt_ == kNever) take_rtt(rtt, page, now);
  if (after_stall) {
    first_sent_at_ = newest.at;
  } else {
    take_rate(newest, now, in_page);
    // What a film's frame takes to leave is no queue.
    const double leaves = std::min(static_cast<double>(newest.bytes) / rate_, kLongestFrame);
    note_slow_samples(rtt - in_page - static_cast<Micros>(leaves * static_cast<double>(kSecond)), now);
  }
  if (starting_ && window_was_full_) window_ = std::min(window_ + bytes, kLargestWindow);
  if (delivered_ >= round_ends_at_) end_round();
  if (!starting_) set_window();
}

void Pacer::take_rtt(Micros rtt, const PageTime& page, Micros now) {
  last_rtt_ = rtt;
  // How long an update waited in the page is a bound and would make the least too small.
  const Micros link_rtt = page.wait == 0 ? std::max<Micros>(1, rtt - page.work) : kNever;
  if (rtt <= min_rtt_ || now - min_rtt_at_ > kMinRttLife) {
    min_rtt_ = rtt;
    min_rtt_at_ = now;
    min_link_rtt_ = std::min(rtt, link_rtt);
  }
  min_link_rtt_ = std::min(min_link_rtt_, link_rtt);
  round_min_rtt_ = std::min(round_min_rtt_, std::max<Micros>(1, rtt - page.all()));
  round_min_wait_ = std::min(round_min_wait_, page.wait);
  ++round_acks_;
}

// A sample is the bytes delivered while `newest` was under way, over the longer of the time they took to be sent and
// the time they took to be acknowledged.
void Pacer::take_rate(const Sent& newest, Micros now, Micros in_page) {
  const Micros send_span = newest.at - newest.first_sent_at;
  const Micros ack_span = now - newest.delivered_at;
  first_sent_at_ = newest.at;
  const double span = seconds(std::max<Micros>({send_span, ack_span, 100}));
  const double sample = static_cast<double>(delivered_ - newest.delivered) / span;
  const bool page_limited = page_share_ < 1 || in_page * kPageShare > ack_span;
  if ((newest.app_limited || page_limited) && sample <= rate_) return;
  round_measured_ = true;
  while (!samples_.empty() && samples_.back().rate <= sample) samples_.pop_back();
  samples_.push_back({round_, sample});
  rate_ = samples_.front().rate;
}

// While round trips all exceed the least and more is sent than comes there is a queue, so the link is busy and what is
// delivered is its rate, whether or not the source has enough for more. The maximum would remember faster times (or the
// first guess) for long, so it starts again from that.
void Pacer::note_slow_samples(Micros rtt, Micros now) {
  if (min_rtt_ == kNever || rtt <= min_link_rtt_ + min_link_rtt_ / 4 + kQueueLimit) {
    slow_samples_ = 0;
    return;
  }
  // Too late for any page, from here on it is the link that is measured.
  const Micros no_page = min_link_rtt_ + kNoPage;
  const bool worse = rtt > no_page && slow_since_.least_rtt <= no_page && !slow_since_.limited;
  if (slow_samples_ == 0 || worse || now - slow_since_.at > kLongestRun) {
    slow_samples_ = 0;
    slow_since_ = {now, delivered_, in_flight_bytes_, rtt, false};
  }
  ++slow_samples_;
  slow_since_.least_rtt = std::min(slow_since_.least_rtt, rtt);
  const uint64_t bytes = delivered_ - slow_since_.delivered;
  if (slow_samples_ <= kSlowSamples || bytes < kRunBytes || now == slow_since_.at) return;
  if (!slow_since_.limited && !piles_up(bytes, now)) {
    if (now - slow_since_.at >= kShortestPile) slow_samples_ = 0;
    return;
  }
  slow_samples_ = 0;
  starting_ = false;
  const double measured = static_cast<double>(bytes) / seconds(now - slow_since_.at);
  if (measured < rate_) {
    samples_.assign(1, {round_, measured});
    rate_ = measured;
    film_rests_ = next_film_rests_ = 0;  // it is a rough measure
  }
  cycle_round_ = kProbeRounds;  // drain first
}

void Pacer::end_round() {
  queue_rtt_ = round_min_rtt_;
  round_min_rtt_ = kNever;
  follow_page();
  // Rounds that say nothing do not age what is known: an hour of typing forgets nothing.
  if (std::exchange(round_measured_, false)) ++round_;
  round_ends_at_ = delivered_ + std::max<size_t>(in_flight_bytes_, 1);
  const auto old = [this](const RateSample& sample) { return sample.round + kRateRounds < round_; };
  while (samples_.size() > 1 && old(samples_.front())) samples_.erase(samples_.begin());
  if (!samples_.empty()) rate_ = samples_.front().rate;
  if (!starting_) {
    end_probe_round();
  } else if (window_was_full_) {
    end_starting_round();  // a window that was not used up says nothing about a larger one
  }
  window_was_full_ = !has_room();
}

// Started when the rate stopped growing for three rounds, or a queue has built up.
void Pacer::end_starting_round() {
  if (rate_ > full_rate_ * 1.25) {
    full_rate_ = rate_;
    rounds_without_growth_ = 0;
  } else {
    ++rounds_without_growth_;
  }
  const bool queue = queue_rtt_ != kNever && queue_rtt_ > min_link_rtt_ + min_link_rtt_ / 4 + kQueueLimit / 2;
  if (rounds_without_growth_ < 3 && !queue) return;
  starting_ = false;
  // Bursts of the start queue by themselves, so it may have ended below the link's rate: look again soon.
  cycle_round_ = kProbeRounds;
  probe_next_ = true;
}

// One fruitless probe may be chance.
void Pacer::end_film_probe() {
  if (film_rests_ > 0) {
    --film_rests_;
    return;
  }
  next_film_rests_ = rate_ > probed_rate_ * kWorthwhile ? 0 : std::min(kFilmRests, 2 * next_film_rests_ + 1);
  film_rests_ = next_film_rests_ / 2;
}

void Pacer::end_probe_round() {
  ++cycle_round_;
  if (cycle_round_ == kProbeRounds && window_was_full_ && rate_ > probed_rate_ * kWorthwhile) {
    cycle_round_ = 0;
    probe_ *= 2;
    probed_rate_ = rate_;
  } else if (cycle_round_ >= kCycleRounds || (cycle_round_ > kProbeRounds && probe_next_)) {
    end_film_probe();
    probe_next_ = false;
    cycle_round_ = 0;
    probe_ = kFirstProbe;
    probed_rate_ = rate_;
  }
}

// Where all that is sent is delivered, only later, it may be late for another reason: a page that gets no time.
bool Pacer::piles_up(uint64_t run_bytes, Micros now) const {
  if (slow_since_.least_rtt > min_link_rtt_ + kNoPage) return true;
  const size_t more = in_flight_bytes_ - std::min(in_flight_bytes_, slow_since_.in_flight);
  return now - slow_since_.at >= kShortestPile && more * kPileShare > run_bytes;
}

// Updates that wait in the page, even the luckiest of a round, are too many.
void Pacer::follow_page() {
  const Micros wait = std::exchange(round_min_wait_, kNever);
  const int acks = std::exchange(round_acks_, 0);
  if (wait == kNever) return;
  if (wait > kPageWait && acks >= kPageAcks) {
    page_share_ = std::max(kLeastPageShare, page_share_ * kPageShrinks);
  } else {
    page_share_ = std::min(1.0, page_share_ * kPageGrows);
  }
}

void Pacer::set_window() {
  if (min_rtt_ == kNever) return;
  const double rtt = seconds(min_rtt_);
  const bool film = last_ack_at_ - frame_at_ < kFilmPause;
  const bool at_work = !film && last_ack_at_ < at_work_until_;
  const double spared = at_work ? std::min(slack_ * (1 - kSlackAtWork), rtt * kMostSpared) : 0;
  double window = rate_ * (rtt + slack_ - spared);
  if (film) window += std::min(frame_bytes_, rate_ * kLongestFrame) / 2;
  if (cycle_round_ < kProbeRounds) {
    const double probe = at_work ? probe_ * kProbeAtWork / kFirstProbe : probe_;
    window += rate_ * std::min(probe, rtt * kProbeShare);
  } else if (cycle_round_ == kProbeRounds) {
    // Draining gives up the slack too, so that the least round trip is seen again.
    window = rate_ * (rtt - std::min(kFirstProbe, rtt * kProbeShare));
  }
  window *= page_share_;
  window_ = std::clamp(static_cast<size_t>(window), kLeastWindow, kLargestWindow);
}

}  // namespace vitrine::agent
