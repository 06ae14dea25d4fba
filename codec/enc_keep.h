// What of the picture is about to be lost and worth keeping.
#pragma once

#include <span>
#include <vector>

#include "codec/enc_archive.h"
#include "codec/enc_motion.h"
#include "codec/enc_recall.h"
#include "codec/tile_set.h"

namespace vitrine::codec {

// An update of the picture about to happen.
struct Loss {
  const PictureView& held;          // what the viewer shows before
  const PictureView& painted;       // what its source was
  const PictureView& source;        // what it is to show
  const TileSet& cells;             // where they differ
  const TileSet& lossy;             // where held and painted may differ
  std::span<const Motion> motions;  // where some of it goes
  bool dragging;                    // a window of late, by the largest of them
};

// Areas to keep, few and large rather than tight: what `cells` lose and no motion carries elsewhere, unless it is
// archived already or cheap to code again. Together at most `most_pixels` with what entries cost.
std::vector<Rect> worth_keeping(const Loss& loss, const EncoderArchive& archive, RecallSearch& search,
                                int64_t most_pixels);

// Appends the operations that keep these areas of what the viewer shows, and keeps them here; opens the archive first
// if that was not done. What there is no memory for is not kept. Returns what it counts of kMaxPicturesPerUpdate, in
// pixels.
int64_t write_keep(EncoderArchive& archive, const PictureView& held, std::span<const Rect> areas,
                   std::vector<uint8_t>& body);

}  // namespace vitrine::codec
