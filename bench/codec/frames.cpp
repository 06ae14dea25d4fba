#include "bench/codec/frames.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>

#include "codec/enc_diff.h"
#include "codec/tile_set.h"

namespace vitrine::codec {
namespace {

constexpr int kMaxSide = 8192;  // the largest screen the protocol knows

bool differs(const Picture& a, const Picture& b, const Rect& area) {
  for (int y = area.y; y < area.bottom(); ++y) {
    if (!rows_equal(a.row(y) + area.x, b.row(y) + area.x, area.width)) return true;
  }
  return false;
}

}  // namespace

Result<Size> parse_size(const std::string& text) {
  Size size;
  int used = 0;
  const bool read = std::sscanf(text.c_str(), "%dx%d%n", &size.width, &size.height, &used) == 2;
  if (!read || static_cast<size_t>(used) != text.size() || std::min(size.width, size.height) < 1 ||
      std::max(size.width, size.height) > kMaxSide) {
    return Error{ErrorCode::kInvalidArgument,
                 "--size wants WIDTHxHEIGHT, each 1 to 8192, for example 1920x1080; not \"" + text + "\""};
  }
  return size;
}

FrameFile::FrameFile(std::string path, std::ifstream in, int64_t frames)
    : path_(std::move(path)), in_(std::move(in)), frames_(frames) {}

Result<FrameFile> FrameFile::open(const std::string& path, Size size) {
  std::error_code failed;
  if (!std::filesystem::exists(path, failed)) return Error{ErrorCode::kNotFound, path + ": there is no such file"};
  const auto bytes = std::filesystem::file_size(path, failed);
  std::ifstream in(path, std::ios::binary);
  if (failed || !in) return Error{ErrorCode::kIo, path + ": cannot be read as a file"};
  const std::uintmax_t frame_bytes = std::uintmax_t{4} * size.width * size.height;
  if (bytes == 0 || bytes % frame_bytes != 0) {
    return Error{ErrorCode::kInvalidArgument,
                 path + " holds " + std::to_string(bytes) + " bytes, not a whole number of " +
                     std::to_string(size.width) + "x" + std::to_string(size.height) + " frames of " +
                     std::to_string(frame_bytes) + " bytes; give --size WIDTHxHEIGHT of its frames"};
  }
  return FrameFile(path, std::move(in), static_cast<int64_t>(bytes / frame_bytes));
}

Result<bool> FrameFile::read(Picture& frame) {
  if (read_ == frames_) return false;
  if (!in_.read(reinterpret_cast<char*>(frame.row(0)), static_cast<std::streamsize>(frame.bounds().area() * 4))) {
    return Error{ErrorCode::kIo, path_ + ": frame " + std::to_string(read_) + " cannot be read"};
  }
  ++read_;
  return true;
}

std::vector<Rect> changed_tiles(const Picture& frame, const Picture& previous) {
  std::vector<Rect> tiles;
  const CellGrid grid{frame.size(), kTileSide};
  for (int y = 0; y < grid.rows(); ++y) {
    for (int x = 0; x < grid.columns(); ++x) {
      const Rect tile = grid.pixels_of({x, y, 1, 1});
      if (differs(frame, previous, tile)) tiles.push_back(tile);
    }
  }
  return tiles;
}

}  // namespace vitrine::codec
