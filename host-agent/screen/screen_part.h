// The part of a screen that a viewer is shown: the rectangle of its monitor. Screen places and the viewer's own, which
// begin at the part's upper left corner, are turned into each other here and nowhere else.
#pragma once

#include <algorithm>
#include <optional>

#include "codec/enc_diff.h"
#include "codec/picture.h"
#include "host-agent/screen/screen_source.h"
#include "protocol/base/geometry.h"

namespace vitrine::agent {

// A value. The monitor lies inside of the screen and is not empty.
class ScreenPart {
 public:
  ScreenPart(const Monitor& monitor, Size screen)
      : monitor_(monitor.index),
        area_(monitor.area),
        whole_cells_(is_cell_edge(area_.x) && is_cell_edge(area_.y) &&
                     (is_cell_edge(area_.right()) || area_.right() == screen.width) &&
                     (is_cell_edge(area_.bottom()) || area_.bottom() == screen.height)) {}
  // All of a screen.
  explicit ScreenPart(Size screen) : ScreenPart({0, {0, 0, screen.width, screen.height}}, screen) {}

  [[nodiscard]] Size size() const { return {area_.width, area_.height}; }
  [[nodiscard]] uint32_t monitor() const { return monitor_; }
  [[nodiscard]] Rect bounds() const { return {0, 0, area_.width, area_.height}; }
  // Whether the cells of the screen that lie in it are the part's own cells: then a cell that changed there changed
  // here.
  [[nodiscard]] bool whole_cells() const { return whole_cells_; }

  // What of a rectangle of the screen lies in the part; may be empty.
  [[nodiscard]] Rect from_screen(const Rect& rect) const {
    const Rect inside = intersect(rect, area_);
    return {inside.x - area_.x, inside.y - area_.y, inside.width, inside.height};
  }
  // Nothing where the place lies on another monitor.
  [[nodiscard]] std::optional<Point> from_screen(Point place) const {
    const Point own{place.x - area_.x, place.y - area_.y};
    if (own.x < 0 || own.y < 0 || own.x >= area_.width || own.y >= area_.height) return std::nullopt;
    return own;
  }
  [[nodiscard]] Point to_screen(Point own) const { return {own.x + area_.x, own.y + area_.y}; }

  [[nodiscard]] codec::PictureView of(const codec::PictureView& screen) const {
    return {screen.row(area_.y) + area_.x, area_.width, area_.height, screen.stride};
  }

  bool operator==(const ScreenPart&) const = default;

 private:
  static constexpr bool is_cell_edge(int at) { return at % codec::kCellSide == 0; }

  uint32_t monitor_;
  Rect area_;
  bool whole_cells_;
};

}  // namespace vitrine::agent
