// What is true of the desktop's present picture whoever looks at it. The first viewer that needs something finds it,
// the others are given it: how natural a cell looks, what moved since the picture before, a rectangle as JPEG and as
// what a decoder makes of it. What a viewer holds and lacks stays with the viewer.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "codec/enc_motion.h"
#include "codec/jpeg_tables.h"
#include "codec/picture.h"
#include "codec/tile_set.h"

namespace vitrine::codec {

// Owned by whoever captures, lent to the encoders of that desktop. One thread.
class FrameAnalysis {
 public:
  // Numbers pictures; 0 is none.
  using PictureNumber = uint64_t;

  explicit FrameAnalysis(Size size);

  // Exactly the pixels of these rectangles may differ from what they were: a new picture. Call after every capture.
  void changed(std::span<const Rect> areas);
  // Gives the memory back; the number of the picture stays.
  void forget();
  [[nodiscard]] PictureNumber picture() const { return picture_; }

  // Pixels of a cell that equal their left or upper neighbour; `count` is asked once a change.
  template <class Count>
  int equal_pixels(int x, int y, Count count) {
    int16_t& known = equal_[static_cast<size_t>(y) * static_cast<size_t>(grid_.columns()) + static_cast<size_t>(x)];
    if (known < 0) known = static_cast<int16_t>(count());
    return known;
  }

  // What moved between the picture numbered `from` and the present one in the cells of `changed`, if that was kept.
  [[nodiscard]] const std::vector<Motion>* motions(PictureNumber from, const TileSet& changed) const;
  void keep_motions(PictureNumber from, const TileSet& changed, const std::vector<Motion>& motions);

  struct JpegPiece {
    Rect area;
    int quality = 0;
    JpegSampling sampling = JpegSampling::k420;
    std::vector<uint8_t> scan;
  };
  // The scan of this rectangle of the present picture, if that was kept; valid until the next call of anything else.
  [[nodiscard]] const JpegPiece* jpeg(const Rect& area, int quality, JpegSampling sampling) const;
  // What that scan decodes to, in place.
  [[nodiscard]] PictureView decoded() const { return decoded_.view(); }
  // `shown` holds what the scan decodes to.
  void keep_jpeg(JpegPiece piece, const PictureView& shown);

  // Bytes kept, for the memory figures.
  [[nodiscard]] size_t memory_bytes() const;

 private:
  struct KnownMotions {
    PictureNumber from = 0;
    TileSet changed;
    std::vector<Motion> motions;
  };

  CellGrid grid_;
  PictureNumber picture_ = 1;
  std::vector<int16_t> equal_;  // by cell; -1: not counted since the cell or one it is compared with changed
  std::vector<KnownMotions> motions_;
  std::vector<JpegPiece> pieces_;  // their areas do not overlap
  size_t piece_bytes_ = 0;
  Picture decoded_;  // made when the first piece is kept
};

}  // namespace vitrine::codec
