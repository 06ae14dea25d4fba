// The session benchmark's dragged window without its browser and X server: the same window over the same wallpaper
// along the same way, a move a frame. What it takes can be looked into here update by update.
#pragma once

#include <string>

#include "bench/session/workloads/picture.h"
#include "codec/picture.h"

namespace vitrine::codec {

class DraggedWindow {
 public:
  // Of two PPM files; the frames have the wallpaper's size. Errors: those of read_ppm(), invalid_argument when `size`
  // is another.
  static Result<DraggedWindow> open(const std::string& wallpaper, const std::string& window, Size size);

  // Makes the next frame in `frame`, which has the wallpaper's size. False at the end.
  Result<bool> read(Picture& frame);

 private:
  DraggedWindow(WorkloadPicture wallpaper, WorkloadPicture window)
      : wallpaper_(std::move(wallpaper)), window_(std::move(window)) {}

  WorkloadPicture wallpaper_;
  WorkloadPicture window_;
  int moves_ = -1;  // before the first frame, on which it rests
};

}  // namespace vitrine::codec
