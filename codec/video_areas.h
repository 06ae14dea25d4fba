// Which parts of the picture moving-picture streams show, kept alike by both ends. A frame of a stream is drawn over its
// area of the canvas, and over that what the picture owns: every cell of the area that the stream has not claimed, or
// that an operation painted into since. Frames never enter the picture itself, which stays exact to the bit.
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

class VideoAreas {
 public:
  explicit VideoAreas(Size picture);

  [[nodiscard]] bool any() const { return live_ != 0; }
  [[nodiscard]] bool live(int stream) const { return (live_ >> stream & 1) != 0; }
  [[nodiscard]] const Rect& area(int stream) const { return streams_[static_cast<size_t>(stream)].area; }
  [[nodiscard]] VideoCodec codec(int stream) const { return streams_[static_cast<size_t>(stream)].codec; }
  // Cells of the picture that this stream shows.
  [[nodiscard]] const TileSet& shown(int stream) const { return streams_[static_cast<size_t>(stream)].shown; }

  // Whether `area` is one that a stream may have: its corner on the grid of cells, its sides even, inside the picture.
  [[nodiscard]] bool allows(const Rect& area) const;
  // A frame of an allowed area. A key, or another place, shows nothing until claimed. False when the stream cannot go on
  // like that: it has no key yet, changes codec or size without one, or would overlap another stream.
  [[nodiscard]] bool frame(int stream, VideoCodec codec, bool key, const Rect& area);
  // The stream shows these cells (of the picture, touching its area) from now on.
  void claim(int stream, const Rect& cells);
  // Something else was painted: the picture owns every cell it touches.
  void give_back(const Rect& pixels);
  void end(int stream);

  // Cells of the area, in cells of the picture.
  [[nodiscard]] Rect cells(int stream) const { return grid_.cells_of(area(stream)); }
  // What the picture owns of the stream's area, in pixels: disjoint rectangles.
  [[nodiscard]] std::vector<Rect> kept(int stream) const;

 private:
  struct Stream {
    VideoCodec codec = VideoCodec::kH264;
    Rect area;
    TileSet shown;
  };

  CellGrid grid_;
  uint32_t live_ = 0;  // bit by stream
  std::array<Stream, kMaxVideoStreams> streams_;
};

}  // namespace vitrine::codec
