// What one viewer holds and still lacks, and the next update that brings it closer to the desktop.
//
// The encoder keeps a copy of the picture the viewer shows once all sent updates are applied ("held"), exact to the
// pixel even where lossy codings were used, because the decoder is ours and bit-exact. Whatever differs from the
// source inside marked damage is missing; what a lossy coding left inexact is lossy and is refined when still.
// Updates must be applied by the viewer's Decoder in the order they were encoded, each exactly once.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "codec/enc_archive.h"
#include "codec/enc_video_encoder.h"
#include "codec/frame_analysis.h"
#include "codec/picture.h"
#include "protocol/base/time.h"

namespace vitrine::codec {

// What an update may cost. The pacer fills it in just before encoding.
struct EncodeBudget {
  size_t max_bytes = 64 * 1024;     // soft: one indivisible piece may pass it; never above the wire's kMaxUpdateBody
  int64_t max_pixels = 512 * 1024;  // bounds the time: changed pixels coded in one update
  int jpeg_quality = 75;            // 1..100 for first paint of pictures; 0: everything lossless at once
  double exact_share = 1.0 / 16;    // pictures that take less than this of max_bytes are sent exactly at once
  bool refine = true;               // lossy parts that are still may be rebuilt when nothing fresh is missing
  int focus_x = -1;                 // the pointer or caret, whose surroundings go first; -1: none
  int focus_y = -1;
  double link_bytes_per_s = 10e6 / 8;  // what the link carries; moving pictures are made to fit it
  bool frames = true;                  // the viewer's decoder takes one; else what needs a frame waits
};

// What an update turned out to be.
struct UpdateInfo {
  bool empty = true;      // nothing to send; the body has no bytes
  bool complete = false;  // afterwards nothing is missing (parts may be lossy)
  bool exact = false;     // afterwards nothing is missing or lossy
  int64_t changed_pixels = 0;
  int64_t video_pixels = 0;  // of frames, which are not cut to the budget
  // Bytes by coding, for measurements: parallel to coding_names().
  std::vector<size_t> bytes_by_coding;
};

std::span<const char* const> coding_names();

class ViewerEncoder {
 public:
  // Starts with a black picture on both sides and everything missing. The archive is empty, or one that the viewer's
  // decoder still has entry by entry.
  explicit ViewerEncoder(Size size, EncoderArchive archive = EncoderArchive(0), VideoOptions video = {});
  ~ViewerEncoder();
  ViewerEncoder(ViewerEncoder&&) noexcept;
  ViewerEncoder& operator=(ViewerEncoder&&) noexcept;

  [[nodiscard]] Size size() const;

  // Before the first update: wide hashes (tile_hash.h) of the tiles that the viewer showed before its SurfaceReset,
  // which was to the same size. The first update restores those that the source still has. A viewer that lies loses its
  // link.
  void offer(std::vector<uint64_t> hashes);

  // Pixels in `area` may have changed in the source since the last call. Over-reporting costs a comparison, no bytes.
  void mark(const Rect& area, Micros now);
  // A colour changed in each of the cells that `area` consists of: whole ones, or cut by the picture's edge. What is
  // claimed wrongly may be sent again.
  void mark_changed(const Rect& area, Micros now);
  // These tiles (indexes row by row) are wrong at the viewer whatever we believe: send them again without prediction
  // from them. Answers PictureCheckResult.
  void mark_wrong(std::span<const uint32_t> tiles);

  // Something marked has not been compared or sent yet.
  [[nodiscard]] bool missing() const;
  // The same, without what is known to wait for a frame when none can be sent.
  [[nodiscard]] bool missing(bool frames) const;
  // Everything is sent but parts are lossy.
  [[nodiscard]] bool lossy() const;
  // When refinement of lossy parts that are still should begin or go on; kNever when there is none to do.
  [[nodiscard]] Micros refine_at() const;

  // Appends the next update to `body` within `budget`. `source` has size() and stays unchanged during the call.
  // When damage exceeds the budget, the rest stays missing for the next call; every update is consistent by itself.
  // `shared`, if given, knows this source; with it the update is the same or one that is as good.
  UpdateInfo encode(const PictureView& source, const EncodeBudget& budget, Micros now, std::vector<uint8_t>& body,
                    FrameAnalysis* shared = nullptr);

  // Tiles whose picture changed since the last call of this function, for PictureCheck; call only when exact.
  std::vector<uint32_t> take_unverified_tiles();
  // The hash a correct viewer computes for this tile of its picture (see tile_hash.h).
  [[nodiscard]] uint32_t held_tile_hash(uint32_t tile) const;
  // What the viewer shows when it has applied everything.
  [[nodiscard]] PictureView held() const;
  // What was kept for recall; taken out, it is for the next encoder, and this one keeps nothing any more.
  [[nodiscard]] const EncoderArchive& archive() const;
  EncoderArchive take_archive();
  // Bytes this encoder keeps, for the memory figures.
  [[nodiscard]] size_t memory_bytes() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace vitrine::codec
