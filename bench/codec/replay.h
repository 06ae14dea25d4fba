// One recorded file through plan, encode and decode at 30 frames a second of virtual time.
#pragma once

#include <string>
#include <vector>

#include "bench/codec/figures.h"
#include "bench/codec/film_watch.h"
#include "bench/codec/frames.h"
#include "bench/codec/update_dump.h"
#include "bench/codec/video_canvas.h"
#include "codec/dec_decoder.h"
#include "codec/enc_viewer.h"

namespace vitrine::codec {

struct ReplayOptions {
  Size size{1920, 1080};
  bool lossless = false;
  int quality = 75;
  double mbit = 50;
  std::string damage = "tiles";  // or "full"
  int frames = 0;                // 0: all
  int archive_mib = 32;          // kept for recall on both sides, as an agent does; 0: nothing
  std::string video = "h264";    // what moving pictures go as in a lossy run: h264, vp8, vp9 or none
  std::vector<FilmArea> film;    // a film, and windows over it
  std::string drag;              // files are wallpapers (PPM), over which this window (PPM) is dragged
  bool verbose = false;
  UpdateDump* dump = nullptr;  // takes every update; outlives the replay
};

// Damage is what a desktop would report: the 64x64 tiles that changed, found before the clock starts.
class Replay {
 public:
  Replay(const ReplayOptions& options, std::string file);
  // Errors: those of FrameFile, and what the decoder says of an update it refuses.
  Result<Figures> run();

 private:
  template <class Frames>
  Result<void> play(Frames& in);
  void mark(const Picture& frame, const Picture& previous);
  Result<void> show(const Picture& frame);
  // What went out for one frame.
  struct Sent : FilmWatch::Sent {
    size_t bytes = 0;
    size_t refined = 0;
    double decode_ms = 0;
  };
  Result<bool> send(const Picture& frame, const EncodeBudget& budget, Sent& sent);
  Result<int> rest(const Picture& frame);
  void note(const Picture& frame, const Sent& sent);

  const ReplayOptions& options_;
  ViewerEncoder encoder_;
  Decoder decoder_;
  VideoCanvas canvas_;
  FilmWatch film_;
  Micros now_ = 0;
  int frames_ = 0;
  bool exact_ = false;
  bool playing_ = true;  // frames of the recording are shown, not their rest
  bool every_frame_exact_ = true;
  Figures figures_;
  std::vector<uint8_t> body_;
};

}  // namespace vitrine::codec
