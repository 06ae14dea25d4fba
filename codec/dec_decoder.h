// Applies updates to a picture. Every byte is hostile until proven otherwise: apply() is bounded in time by the size
// of the picture and of the body, in memory by the size of the picture and the archive it may fill, and never leaves
// it.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "codec/archive.h"
#include "codec/archive_snapshot.h"
#include "codec/picture.h"
#include "codec/video_areas.h"
#include "protocol/base/result.h"

namespace vitrine::codec {

class Decoder {
 public:
  // A black picture of this size, and an archive of at most `most_archive_pixels`, which take memory as it fills.
  // Errors: invalid_argument, exhausted (no memory).
  static Result<Decoder> create(Size size, int64_t most_archive_pixels = 0);
  ~Decoder();
  Decoder(Decoder&&) noexcept;
  Decoder& operator=(Decoder&&) noexcept;

  [[nodiscard]] Size size() const;
  // Applies one update body. On error the picture and the coder state are no longer in step with the encoder and the
  // link has to be reset. Errors: malformed, too_large.
  Result<void> apply(std::span<const uint8_t> body);
  // What the last apply() changed, at most 64 rectangles (merged where there would be more).
  [[nodiscard]] std::span<const Rect> dirty() const;
  // Frames the last apply() brought, in order; an end stands for itself and for a reset. At most kMaxVideoPackets and
  // one end a stream.
  [[nodiscard]] std::span<const VideoPacket> video_packets() const;
  // Where streams are and what the picture owns of them, after the last apply().
  [[nodiscard]] const VideoAreas& video_areas() const;
  // The picture in the canvas's byte order: R, G, B, 255 for each pixel, rows without gaps.
  [[nodiscard]] const uint8_t* rgba() const;
  [[nodiscard]] uint32_t tile_hash(uint32_t tile) const;
  // For an encoder to find out what of the picture it may build on; see restore.h.
  [[nodiscard]] uint64_t wide_tile_hash(uint32_t tile) const;

  // Fresh coder state for another link that goes on with what was kept. The picture becomes black; when it has this
  // size already, only with the next update, which may restore tiles of it. On error nothing has changed. Errors: as
  // create().
  Result<void> restart(Size size);
  // Appends a record of what changed since `mark` (archive_snapshot.h); mark() sets it without one.
  void save(SnapshotMark& mark, std::vector<uint8_t>& out) const;
  void mark(SnapshotMark& mark) const;
  // Takes over what a record says: picture and archive, but no coder state, so that restart() has to come before
  // apply(). On error what there is, is of no use. Errors: malformed, too_large, exhausted.
  Result<void> load(std::span<const uint8_t> record);
  // What was kept, for the other end to compare; see Archive.
  [[nodiscard]] const Archive& archive() const;
  // Cuts the archive back to what both ends have; see Archive::cut_back().
  [[nodiscard]] bool cut_archive_back(uint64_t kept);

 private:
  struct State;
  explicit Decoder(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace vitrine::codec
