#include "bench/codec/dragged_window.h"

#include <algorithm>
#include <cmath>

namespace vitrine::codec {
namespace {

// As scenarios.mjs and workloads/drag.cpp have it: 20 s at 30 moves a second, where the window opens, and where in it
// the pointer holds it.
constexpr int kMoves = 600;
constexpr int kStartX = 200;
constexpr int kStartY = 150;
constexpr int kHeldAtX = 300;
constexpr int kHeldAtY = 15;

}  // namespace

Result<DraggedWindow> DraggedWindow::open(const std::string& wallpaper, const std::string& window, Size size) {
  WorkloadPicture behind = TRY(read_ppm(wallpaper));
  if (behind.size.width != size.width || behind.size.height != size.height) {
    return Error{ErrorCode::kInvalidArgument, wallpaper + " is " + std::to_string(behind.size.width) + "x" +
                                                  std::to_string(behind.size.height) + "; give that as --size"};
  }
  return DraggedWindow(std::move(behind), TRY(read_ppm(window)));
}

Result<bool> DraggedWindow::read(Picture& frame) {
  if (moves_ == kMoves) return false;
  int left = kStartX;
  int top = kStartY;
  if (moves_ >= 0) {
    left = static_cast<int>(std::lround(860 + 500 * std::sin(moves_ / 40.0 - 0.8))) - kHeldAtX;
    top = static_cast<int>(std::lround(330 + 250 * std::sin(moves_ / 27.0 - 0.72))) - kHeldAtY;
  }
  ++moves_;
  const Rect placed = intersect({left, top, window_.size.width, window_.size.height}, frame.bounds());
  for (int y = 0; y < frame.height(); ++y) {
    std::copy_n(wallpaper_.row(y), frame.width(), frame.row(y));
    if (y < placed.y || y >= placed.bottom()) continue;
    std::copy_n(window_.row(y - top) + placed.x - left, placed.width, frame.row(y) + placed.x);
  }
  return true;
}

}  // namespace vitrine::codec
