#include "host-agent/session_meter.h"

#include <algorithm>
#include <string_view>

namespace vitrine::agent {
namespace {

// Often enough for a dashboard, seldom enough to cost nothing.
constexpr Micros kReportEvery = 10 * kSecond;
constexpr Micros kFiguresEvery = kSecond;
// What a page says took longer is a page that slept.
constexpr uint32_t kLongestPart = 60 * kSecond;

uint32_t narrow(uint64_t value) {
  return static_cast<uint32_t>(std::min<uint64_t>(value, UINT32_MAX));
}

}  // namespace

void SessionMeter::sent(size_t bytes, Micros now) {
  if (now - second_at_ >= kSecond) {
    // A second that nothing was sent in lowers no peak, so the next begins with the message that ends it.
    second_at_ = now;
    second_bytes_ = 0;
  }
  second_bytes_ += bytes;
  all_.bytes_down += bytes;
  all_.peak_bits_second = std::max(all_.peak_bits_second, second_bytes_ * 8);
}

void SessionMeter::sent_update(uint32_t flags) {
  ++all_.updates;
  if ((flags & kUpdateComplete) != 0) ++all_.frames;
  update_since_figures_ = true;
}

void SessionMeter::encoded(const codec::UpdateInfo& info) {
  const auto names = codec::coding_names();
  const auto kind_of = [](std::string_view name) {
    if (name == "flat" || name == "screen" || name == "copy") return kText;
    if (name == "jpeg" || name == "photo" || name == "refine") return kPicture;
    return name == "video" ? kVideo : kOther;
  };
  for (size_t i = 0; i < info.bytes_by_coding.size() && i < names.size(); ++i) {
    kinds_[kind_of(names[i])] += info.bytes_by_coding[i];
  }
}

bool SessionMeter::add(const InputTimes& times) {
  if (times.parts_us.size() % kInputParts != 0) return false;
  for (size_t at = 0; at < times.parts_us.size(); at += kInputParts) {
    Micros total = 0;
    for (size_t part = 0; part < kInputParts; ++part) {
      const Micros took = std::min(times.parts_us[at + part], kLongestPart);
      total += took;
      fresh_[1 + part].add(took);
      all_.part_sums_us[part] += static_cast<uint64_t>(took);
    }
    fresh_[0].add(total);
    all_.response.add(total);
    ++fresh_inputs_;
    fresh_any_ = true;
  }
  if (times.rtt_us != 0) {
    const Micros rtt = std::min(times.rtt_us, kLongestPart);
    fresh_[kReportedTimes - 1].add(rtt);
    all_.rtt.add(rtt);
    fresh_any_ = true;
  }
  return true;
}

Micros SessionMeter::report_at() const {
  return fresh_any_ ? reported_at_ + kReportEvery : kNever;
}

std::optional<SessionReport> SessionMeter::take_report(Micros now) {
  reported_at_ = now;
  if (!fresh_any_) return std::nullopt;
  SessionReport report{.inputs = fresh_inputs_, .counts = {}, .sums_us = {}};
  report.counts.reserve(kReportedTimes * kLatencyBuckets);
  for (const LatencyHistogram& histogram : fresh_) {
    for (const uint64_t count : histogram.counts()) report.counts.push_back(narrow(count));
    report.sums_us.push_back(narrow(histogram.sum_us()));
  }
  fresh_ = {};
  fresh_inputs_ = 0;
  fresh_any_ = false;
  return report;
}

bool SessionMeter::figures_due(Micros now) const {
  return figures_wanted_ && update_since_figures_ && now - figured_at_ >= kFiguresEvery;
}

LinkFigures SessionMeter::take_figures(const Pacer& pacer, uint32_t ceiling_kbit, Micros now) {
  figured_at_ = now;
  update_since_figures_ = false;
  const auto time = [](Micros span) { return narrow(static_cast<uint64_t>(std::max<Micros>(0, span))); };
  const LinkFigures figures{.rate_kbit = narrow(static_cast<uint64_t>(pacer.rate() / 125)),
                            .rtt_us = pacer.min_rtt() == kNever ? 0 : time(pacer.min_rtt()),
                            .queue_us = time(pacer.standing_queue()),
                            .ceiling_kbit = ceiling_kbit,
                            .text_bytes = narrow(kinds_[kText]),
                            .picture_bytes = narrow(kinds_[kPicture]),
                            .video_bytes = narrow(kinds_[kVideo]),
                            .other_bytes = narrow(kinds_[kOther])};
  kinds_ = {};
  return figures;
}

SessionMeasure SessionMeter::measure(Micros now) const {
  SessionMeasure measure = all_;
  measure.connected_us = static_cast<uint64_t>(std::max<Micros>(0, now - joined_at_));
  return measure;
}

}  // namespace vitrine::agent
