// Which parts of the picture moving-picture streams show, kept alike by both ends. A frame of a stream is drawn over
// its area of the canvas, and over that what the picture owns: whatever of the area the stream has not claimed, and
// every cell that an operation painted into where the stream showed it. Frames never enter the picture itself, which
// stays exact to the bit.
//
// Of a cell a stream shows one rectangle, its part: mostly all of it, less where a film ends or a window lies over it,
// so that text next to moving pixels stays exact.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "codec/picture.h"
#include "codec/tile_set.h"

namespace vitrine::codec {

enum class VideoCodec : uint8_t {
  kH264 = 0,  // Annex B, parameter sets with every key frame
  kVp8 = 1,
  kVp9 = 2,
};
inline constexpr int kVideoCodecCount = 3;

// More films than this are watched by nobody at once, and each costs the viewer a decoder.
inline constexpr int kMaxVideoStreams = 4;
// Streams are made of the picture's cells of this side: a macroblock.
inline constexpr int kVideoCellSide = 16;
// Packets of one update; an honest one has one a stream. Bounds the frames a body can ask the viewer to decode.
inline constexpr int kMaxVideoPackets = 16;
// Claims of one update, bounding the time they take.
inline constexpr uint32_t kMaxVideoClaims = 4096;
// Cells of which less than all is shown: each makes up to four rectangles to draw back. Films have a few hundred.
inline constexpr int kMaxVideoPartCells = 4096;

inline constexpr uint8_t kVideoKey = 1;  // decoding may start here
inline constexpr uint8_t kVideoEnd = 2;  // the stream is gone

// A frame as it stands in an update body.
struct VideoPacket {
  int stream = 0;
  VideoCodec codec = VideoCodec::kH264;
  uint8_t flags = 0;
  Rect area;
  size_t offset = 0;  // of the packet in the body; an end has none
  size_t length = 0;
};

// What of `whole` lies outside of `part`, a rectangle inside it: above, left, right, below, each possibly empty.
[[nodiscard]] std::array<Rect, 4> around(const Rect& whole, const Rect& part);

// Joins rectangles of equal height that lie side by side, then those of equal width that lie on each other.
void join_rects(std::vector<Rect>& rects);

class VideoAreas {
 public:
  explicit VideoAreas(Size picture);

  [[nodiscard]] bool any() const { return live_ != 0; }
  [[nodiscard]] bool live(int stream) const { return (live_ >> stream & 1) != 0; }
  [[nodiscard]] const Rect& area(int stream) const { return streams_[static_cast<size_t>(stream)].area; }
  [[nodiscard]] VideoCodec codec(int stream) const { return streams_[static_cast<size_t>(stream)].codec; }
  // Cells of the picture of which a stream shows something. No grid before the first stream.
  [[nodiscard]] const TileSet& shown() const { return shown_; }
  // What of a shown cell is shown, in pixels of the picture.
  [[nodiscard]] Rect part(int x, int y) const;
  // Cells of a stream's area.
  [[nodiscard]] Rect cells(int stream) const { return grid_.cells_of(area(stream)); }
  [[nodiscard]] bool shows_anything(int stream) const { return live(stream) && shown_.count(cells(stream)) > 0; }

  // Whether `area` is one that a stream may have: its sides even, inside the picture.
  [[nodiscard]] bool allows(const Rect& area) const;
  // A frame of an allowed area. A key, or another place, shows nothing until claimed. False when the stream cannot go
  // on like that: it has no key yet, changes codec or size without one, or would overlap another stream.
  [[nodiscard]] bool frame(int stream, VideoCodec codec, bool key, const Rect& area);
  // These pixels of the stream's area are shown from now on; of a cell they touch, nothing else is. False when too many
  // cells are shown in part.
  [[nodiscard]] bool claim(const Rect& pixels);
  // Something else was painted: the picture owns every cell of which it touches what was shown. Gives what bounds all
  // that was shown of them.
  Rect give_back(const Rect& pixels);
  void end(int stream);

  // What the picture owns of the stream's area: disjoint rectangles.
  [[nodiscard]] std::vector<Rect> kept(int stream) const;

 private:
  struct Stream {
    VideoCodec codec = VideoCodec::kH264;
    Rect area;
  };
  void forget(const Rect& cells);
  void hide(int x, int y);
  [[nodiscard]] size_t index(int x, int y) const { return static_cast<size_t>(y) * grid_.columns() + x; }

  CellGrid grid_;
  uint32_t live_ = 0;  // bit by stream
  std::array<Stream, kMaxVideoStreams> streams_;
  TileSet shown_;
  // Of each cell left, top, right - 1 and bottom - 1 of what is shown, four bits each from the lowest.
  std::vector<uint16_t> parts_;
  int part_cells_ = 0;  // shown cells of which something is kept
};

}  // namespace vitrine::codec
