#include "codec/frame_analysis.h"

#include <algorithm>
#include <utility>

#include "codec/enc_diff.h"

namespace vitrine::codec {
namespace {

// Viewers that fell behind by different numbers of pictures ask from different ones; more than these have nothing in
// common.
constexpr size_t kMostMotions = 4;
// A screen full of photographs at the highest quality has some 4 MiB of scans, in about 40 pieces; small ones add up.
constexpr size_t kMostPieceBytes = 8 * 1024 * 1024;
constexpr size_t kMostPieces = 512;

}  // namespace

FrameAnalysis::FrameAnalysis(Size size)
    : grid_{size, kCellSide}, equal_(static_cast<size_t>(grid_.columns()) * static_cast<size_t>(grid_.rows()), -1) {}

void FrameAnalysis::changed(std::span<const Rect> areas) {
  if (areas.empty()) return;
  ++picture_;
  motions_.clear();
  for (const Rect& area : areas) {
    // A cell's first row and column are compared with the cells above and to the left.
    const Rect cells = grid_.cells_of({area.x, area.y, area.width + 1, area.height + 1});
    for (int y = cells.y; y < cells.bottom(); ++y) {
      const auto row = equal_.begin() + static_cast<std::ptrdiff_t>(y) * grid_.columns();
      std::fill(row + cells.x, row + cells.right(), int16_t{-1});
    }
    std::erase_if(pieces_, [&](const JpegPiece& piece) {
      if (intersect(piece.area, area).empty()) return false;
      piece_bytes_ -= piece.scan.size();
      return true;
    });
  }
}

void FrameAnalysis::forget() {
  motions_.clear();
  pieces_ = {};
  piece_bytes_ = 0;
  decoded_ = {};
}

const std::vector<Motion>* FrameAnalysis::motions(PictureNumber from, const TileSet& changed) const {
  const auto known = std::ranges::find_if(
      motions_, [&](const KnownMotions& other) { return other.from == from && other.changed == changed; });
  return known == motions_.end() || from == 0 ? nullptr : &known->motions;
}

void FrameAnalysis::keep_motions(PictureNumber from, const TileSet& changed, const std::vector<Motion>& motions) {
  if (from == 0) return;
  if (motions_.size() == kMostMotions) motions_.erase(motions_.begin());
  motions_.push_back({from, changed, motions});
}

const FrameAnalysis::JpegPiece* FrameAnalysis::jpeg(const Rect& area, int quality, JpegSampling sampling) const {
  const auto found = std::ranges::find_if(pieces_, [&](const JpegPiece& piece) {
    return piece.area == area && piece.quality == quality && piece.sampling == sampling;
  });
  return found == pieces_.end() ? nullptr : &*found;
}

void FrameAnalysis::keep_jpeg(JpegPiece piece, const PictureView& shown) {
  // Pieces share one decoded picture, so the newer one wins.
  std::erase_if(pieces_, [&](const JpegPiece& other) {
    if (intersect(piece.area, other.area).empty()) return false;
    piece_bytes_ -= other.scan.size();
    return true;
  });
  if (pieces_.size() == kMostPieces || piece_bytes_ + piece.scan.size() > kMostPieceBytes) return;
  if (decoded_.size() != grid_.picture) decoded_ = Picture(grid_.picture);
  copy_colours(shown, decoded_, piece.area);
  piece_bytes_ += piece.scan.size();
  pieces_.push_back(std::move(piece));
}

size_t FrameAnalysis::memory_bytes() const {
  return equal_.size() * sizeof(int16_t) + piece_bytes_ +
         static_cast<size_t>(decoded_.bounds().area()) * sizeof(uint32_t);
}

}  // namespace vitrine::codec
