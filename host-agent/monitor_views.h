// Which part of the screen the viewers of each monitor are shown, and what they share: the analysis of its picture.
#pragma once

#include <cstdint>
#include <map>
#include <span>

#include "codec/frame_analysis.h"
#include "host-agent/screen/screen_part.h"
#include "host-agent/screen/screen_source.h"
#include "protocol/messages.h"

namespace vitrine::agent {

// One thread. The content is borrowed.
class MonitorViews {
 public:
  explicit MonitorViews(const ScreenContent& content);

  // The content has other monitors, or another picture.
  void follow();
  // Exactly these rectangles of the screen differ from what they were.
  void changed(std::span<const Rect> areas);
  // Of a monitor; the first one where it is missing, as when the screen did not take another.
  [[nodiscard]] ScreenPart part(uint32_t monitor) const;
  // Of the monitor that a part is.
  [[nodiscard]] codec::FrameAnalysis& analysis(const ScreenPart& part) { return analyses_.at(part.monitor()); }
  // The place on a monitor that is nearest to a place of the plane.
  [[nodiscard]] Point nearest(Point place) const;
  // Gives back what only several viewers of a monitor have a use for.
  void forget_unshared(std::span<const uint32_t> looked_at);
  // For a viewer who is shown `own`. `looked_at`: the monitors of all viewers.
  [[nodiscard]] Monitors describe(const ScreenPart& own, std::span<const uint32_t> looked_at) const;

 private:
  const ScreenContent& content_;
  std::map<uint32_t, codec::FrameAnalysis> analyses_;
  std::map<uint32_t, Rect> areas_;  // that the analyses are of
};

}  // namespace vitrine::agent
