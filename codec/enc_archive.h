// The encoder's archive: the ring both ends have, and where in it to look. Entries are found by the place they had, and
// by anchors (enc_anchors.h) wherever their content went. What is found here may have changed or been pushed out;
// whoever looks compares the pixels.
//
// It outlives an encoder: take it out of one and give it to the next, when the viewer's decoder keeps its own.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "codec/archive.h"
#include "codec/enc_anchors.h"
#include "codec/picture.h"

namespace vitrine::codec {

class EncoderArchive {
 public:
  // With no capacity nothing is kept.
  explicit EncoderArchive(int64_t capacity_pixels = 0) : capacity_(capacity_pixels) {}

  [[nodiscard]] bool enabled() const { return capacity_ > 0; }
  // The viewer was told of it; before its first entry it has to be.
  [[nodiscard]] bool opened() const { return ring_.capacity() > 0; }
  void open(Size picture);
  // Empties it; it is not open then. For when what the viewer has is in doubt.
  void clear() { *this = EncoderArchive(capacity_); }
  // Fits the index to a picture of another size.
  void fit(Size picture);

  // As Archive::keep(). What cannot be kept for lack of memory is not kept: false.
  [[nodiscard]] bool keep(const PictureView& picture, const Rect& area);
  // As Archive::cut_back(); false when nothing can be used any more, and then it is empty.
  [[nodiscard]] bool cut_back(uint64_t kept);

  [[nodiscard]] int64_t capacity() const { return capacity_; }
  [[nodiscard]] const Archive& ring() const { return ring_; }
  // Entries that had a part of `area` of the picture, newest first, each once.
  void find_at(const Rect& area, std::vector<uint64_t>& numbers) const;

  struct Place {
    uint64_t number = 0;
    int x = 0;  // in the picture, when the entry was kept
    int y = 0;
  };
  // Calls visit(Place) for entries with an anchor of this hash, newest first.
  template <class Visit>
  void find_anchor(uint32_t hash, Visit visit) const {
    if (anchors_.empty()) return;
    const AnchorSlot* bucket = &anchors_[bucket_of(hash)];
    for (int i = 0; i < kBucket; ++i) {
      if (bucket[i].hash == hash && ring_.has(bucket[i].number)) {
        visit(Place{bucket[i].number, bucket[i].x, bucket[i].y});
      }
    }
  }
  [[nodiscard]] size_t memory_bytes() const;

 private:
  struct AnchorSlot {
    uint32_t hash = 0;
    uint16_t x = 0;
    uint16_t y = 0;
    uint64_t number = UINT64_MAX;  // what no entry has
  };
  // Anchors of the same hash are tried so many deep; also the way a full table forgets its oldest.
  static constexpr int kBucket = 4;

  static size_t bucket_of(uint32_t hash);
  void index_place(uint64_t number);
  void index_anchors(uint64_t number, const PictureView& picture, const Rect& area);

  int64_t capacity_;
  Archive ring_;
  CellGrid tiles_;
  std::vector<std::vector<uint64_t>> by_tile_;  // newest last
  std::vector<AnchorSlot> anchors_;
  AnchorFinder finder_;
  std::vector<Anchor> found_;
};

}  // namespace vitrine::codec
