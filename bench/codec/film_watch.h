// Watches a film in a replay: whether what lies beside and over it is exact in every frame, and what the film alone
// costs through the same library.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "bench/codec/figures.h"
#include "codec/enc_video_encoder.h"
#include "codec/picture.h"
#include "protocol/base/result.h"

namespace vitrine::codec {

// Where a film plays, or a window that lies over it from some frame on.
struct FilmArea {
  Rect area;
  int from_frame = 0;
  // Reads X,Y,WIDTH,HEIGHT or X,Y,WIDTH,HEIGHT@FRAME. Errors: invalid_argument.
  static Result<FilmArea> parse(const std::string& text);
};

class FilmWatch {
 public:
  // The first area is the film's, the others are windows over it. Without areas nothing is watched.
  FilmWatch(std::vector<FilmArea> areas, VideoOptions video) : areas_(std::move(areas)), video_(std::move(video)) {}

  [[nodiscard]] bool watches() const { return !areas_.empty(); }
  // An update with a frame was made, in so many bytes and milliseconds.
  void note_update(const PictureView& source, size_t bytes, double encode_ms, Micros now);
  // What the viewer sees of frame `number`.
  void note_seen(const PictureView& seen, const PictureView& source, int number);
  void report(nlohmann::ordered_json& line) const;

 private:
  std::vector<FilmArea> areas_;
  VideoOptions video_;
  std::unique_ptr<VideoEncoder> alone_;
  bool had_update_ = false;
  Series bytes_;
  Series encode_ms_;
  Series alone_bytes_;
  Series alone_ms_;
  Series psnr_db_;  // of the film as the viewer sees it, since its first frame
  int64_t most_wrong_ = 0;
  int frames_wrong_ = 0;
  std::vector<uint8_t> packet_;
};

}  // namespace vitrine::codec
