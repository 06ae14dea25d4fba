// A decoder's picture and archive as bytes that can be put aside and loaded into another decoder. They come as a row of
// records: the first holds everything, each later one what changed since the one before, so that putting aside costs
// what changed. How pixels are written is made for speed, not for the link: runs, a table of recent colours, literals.
//
//     version:8  flags:8             1: the picture begins anew, 2: the archive does
//     width  height
//     capacity  first:2  before      only where the archive begins anew: pixels it holds, the number of the first entry
//                                    (low half, high half), the checksum of all before it
//     count  entries                 x y width height, pixels
//     same  changed  same ...        runs of tiles, row by row; only the first may be 0
//     pixels                         of each changed run, cut at the ends of rows of tiles
//
// Numbers are varints as in bitstream.h. Reading is bounded by the picture and the archive that may be opened.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "codec/archive.h"
#include "codec/bitstream.h"
#include "codec/picture.h"

namespace vitrine::codec {

// What the records so far hold; fresh for a first one.
struct SnapshotMark {
  Size size;
  std::vector<uint64_t> tiles;  // wide hashes
  int64_t capacity = 0;
  uint64_t kept = 0;
  uint32_t checksum = 0;
};

// `mark` holds this picture and archive, as after a record of them.
void mark_snapshot(const PictureView& picture, const Archive& archive, SnapshotMark& mark);
// Appends the next record, after which `mark` holds this picture and archive.
void write_snapshot(const PictureView& picture, const Archive& archive, SnapshotMark& mark, std::vector<uint8_t>& out);

struct SnapshotHead {
  bool new_picture = false;
  bool new_archive = false;
  Size size;
};
// The parts of a record in their order. Errors: malformed, too_large, exhausted; what was read so far is of no use
// then.
Result<SnapshotHead> read_snapshot_head(ByteReader& in);
// An archive that begins anew holds at most `most_pixels`.
Result<void> read_snapshot_archive(ByteReader& in, const SnapshotHead& head, int64_t most_pixels, Archive& archive);
// Into a picture of the head's size without gaps between its rows; gives the areas that changed.
Result<std::vector<Rect>> read_snapshot_picture(ByteReader& in, Size size, uint32_t* pixels);

}  // namespace vitrine::codec
