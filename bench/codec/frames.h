// Recorded screens: files of raw BGRX frames of one size, one after the other without headers.
#pragma once

#include <fstream>
#include <string>
#include <vector>

#include "codec/picture.h"
#include "protocol/base/result.h"

namespace vitrine::codec {

// "1920x1080" as a size of 1..8192 pixels a side. Errors: invalid_argument.
Result<Size> parse_size(const std::string& text);

// Reads the frames of one file in order. One thread.
class FrameFile {
 public:
  // Errors: not_found, io, invalid_argument (the file does not hold a whole number of frames of this size).
  static Result<FrameFile> open(const std::string& path, Size size);

  // Reads the next frame into `frame`, which has the file's size. False at the end. Errors: io.
  Result<bool> read(Picture& frame);
  [[nodiscard]] int64_t frames() const { return frames_; }

 private:
  FrameFile(std::string path, std::ifstream in, int64_t frames);

  std::string path_;
  std::ifstream in_;
  int64_t frames_;
  int64_t read_ = 0;
};

// The 64x64 tiles (smaller at the edges) in which the pictures differ, row by row: what a desktop would report.
std::vector<Rect> changed_tiles(const Picture& frame, const Picture& previous);

}  // namespace vitrine::codec
