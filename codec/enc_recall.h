// Finds in the archive what the desktop shows again: at its old place or elsewhere, whole windows and strips a few
// pixels thin. Every pixel of what is found was compared.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "codec/enc_archive.h"
#include "codec/picture.h"
#include "codec/tile_set.h"

namespace vitrine::codec {

// `to` shows what entry `number` has; its place inside of it is `to` less (dx, dy).
struct Recall {
  uint64_t number = 0;
  int dx = 0;
  int dy = 0;
  Rect to;
};

// About what coding an area would take, looking no further once it is `enough`: pixels that equal neither their left
// nor their upper neighbour, and how dear one is (measured: 0.2 bytes in text, 1 in photographs).
[[nodiscard]] int64_t estimate_bytes(const PictureView& picture, const Rect& area, int64_t enough);

// Appends the operation that paints these from the viewer's archive, except what has been pushed out of it since and
// what goes beyond `most_pixels`. Returns the areas it paints.
std::vector<Rect> write_recall(const Archive& ring, std::span<const Recall> recalls, int64_t most_pixels,
                               std::vector<uint8_t>& body);

// One per encoder, to keep its scratch memory.
class RecallSearch {
 public:
  // What of the cells `missing` is archived at its place, in rectangles of whole cells and more: a window that comes
  // back. Removes those cells from `missing`.
  std::vector<Recall> find_windows(const EncoderArchive& archive, const PictureView& source, TileSet& missing);

  // What of the cells where source and painted differ is archived, in place to the pixel or displaced.
  std::vector<Recall> find_rest(const EncoderArchive& archive, const PictureView& source, const PictureView& painted,
                                const TileSet& missing);

  // The parts of `area` of a picture that are not archived at their place, or in entries older than `oldest_age`.
  std::vector<Rect> not_archived(const EncoderArchive& archive, const PictureView& picture, const Rect& area,
                                 double oldest_age);

 private:
  struct Vote {
    uint64_t number = 0;
    int dx = 0;
    int dy = 0;
    uint32_t count = 0;
  };

  void largest_first(const EncoderArchive& archive, const Rect& area);
  std::vector<Vote> vote(const EncoderArchive& archive);
  void find_displaced(const EncoderArchive& archive, const PictureView& source, TileSet& open,
                      std::vector<Recall>& found);
  void find_in_place(const EncoderArchive& archive, const PictureView& source, const PictureView& painted,
                     const Rect& area, std::vector<Recall>& found);
  // Moves what entry `number`, displaced, shows of `areas` to `found`, and leaves the rest in `areas`.
  void take_matching(const EncoderArchive& archive, uint64_t number, int dx, int dy, const PictureView& picture,
                     std::vector<Rect>& areas, std::vector<Rect>& taken);
  void match_area(const PictureView& picture, const PictureView& entry, int dx, int dy, const Rect& area,
                  std::vector<Rect>& taken, std::vector<Rect>& left);
  void match_columns(const PictureView& picture, const PictureView& entry, int dx, int dy, const Rect& area,
                     std::vector<Rect>& taken, std::vector<Rect>& left);

  AnchorFinder finder_;
  std::vector<Anchor> anchors_;
  std::vector<Vote> votes_;
  std::vector<uint64_t> numbers_;
  std::vector<uint32_t> differing_;
};

}  // namespace vitrine::codec
