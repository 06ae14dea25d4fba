// Watches a film in a replay: whether what lies beside and over it is exact in every frame, what everything that is
// sent for it takes, and what the film alone takes through the same library and as x264 superfast.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "bench/codec/figures.h"
#include "bench/codec/superfast.h"
#include "codec/enc_video_encoder.h"
#include "codec/picture.h"
#include "protocol/base/result.h"

namespace vitrine::codec {

// Where a film plays from some frame on, or a window that lies over it from some frame on.
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
  // The screen comes to rest before this frame: what was on it is not the film's.
  [[nodiscard]] bool begins_with(int frame) const { return watches() && frame > 0 && frame == areas_[0].from_frame; }

  // What went out for one frame of the recording.
  struct Sent {
    int frame = 0;
    std::map<std::string, size_t> by_coding;
    double encode_ms = 0;
    bool framed = false;  // a frame of a stream was in it
  };
  void note_sent(const PictureView& source, const Sent& sent, Micros now);
  // What the viewer then sees of it.
  void note_seen(const PictureView& seen, const PictureView& source, int frame);
  void report(nlohmann::ordered_json& line) const;

 private:
  // A frame of the recording since the film began, in ours and in superfast's.
  struct Shown {
    std::map<std::string, size_t> by_coding;
    size_t bytes = 0;
    double squares = 0;  // squared distance of luma
    Superfast::Frame superfast;
  };
  [[nodiscard]] Rect crop(const PictureView& source) const;
  void encode_alone(const PictureView& source, Micros now);
  void compare(nlohmann::ordered_json& line, const std::string& suffix, size_t from) const;
  [[nodiscard]] nlohmann::ordered_json bytes_by_second() const;

  std::vector<FilmArea> areas_;
  VideoOptions video_;
  std::unique_ptr<VideoEncoder> alone_;
  std::optional<Superfast> superfast_;
  std::vector<Shown> shown_;
  Rect crop_;
  bool had_update_ = false;
  Series bytes_;
  Series encode_ms_;
  Series alone_bytes_;
  Series alone_ms_;
  int64_t most_wrong_ = 0;
  int frames_wrong_ = 0;
  std::vector<uint8_t> packet_;
};

}  // namespace vitrine::codec
