#include "bench/codec/replay.h"

#include <algorithm>
#include <cstdio>

#include "bench/codec/dragged_window.h"
#include "codec/video_encoders.h"

namespace vitrine::codec {
namespace {

constexpr int kFramesPerSecond = 30;
constexpr int kMostStillFrames = 10 * kFramesPerSecond;  // refinement that is not done by then never will be

uint32_t archive_kib(const ReplayOptions& options) {
  return static_cast<uint32_t>(options.archive_mib) * 1024;
}

VideoOptions video_options(const ReplayOptions& options) {
  if (options.lossless || options.video == "none") return {};
  const VideoCodec codec = options.video == "vp8"   ? VideoCodec::kVp8
                           : options.video == "vp9" ? VideoCodec::kVp9
                                                    : VideoCodec::kH264;
  return {codec, make_video_encoder};
}

bool shows(const Decoder& decoder, const PictureView& source) {
  const uint8_t* rgba = decoder.rgba();
  for (int y = 0; y < source.height; ++y) {
    for (int x = 0; x < source.width; ++x, rgba += 4) {
      const uint32_t pixel = uint32_t{rgba[0]} << 16 | uint32_t{rgba[1]} << 8 | rgba[2];
      if (pixel != (source.row(y)[x] & kColourMask)) return false;
    }
  }
  return true;
}

}  // namespace

Replay::Replay(const ReplayOptions& options, std::string file)
    : options_(options),
      encoder_(options.size, EncoderArchive(archive_pixels(archive_kib(options))), video_options(options)),
      decoder_(Decoder::create(options.size, archive_pixels(archive_kib(options))).take()),
      canvas_(options.size),
      film_(options.film, video_options(options)) {
  figures_.file = std::move(file);
  figures_.coder = "vitrine";
}

template <class Frames>
Result<void> Replay::play(Frames& in) {
  if (options_.dump != nullptr) options_.dump->screen(figures_.file, options_.size);
  Picture frame(options_.size);
  Picture previous(options_.size);
  while ((options_.frames == 0 || frames_ < options_.frames) && TRY(in.read(frame))) {
    const bool picked_up = !options_.drag.empty() && frames_ == 1;
    if (film_.begins_with(frames_) || picked_up) {
      playing_ = false;
      TRY(rest(previous));
      playing_ = true;
    }
    mark(frame, previous);
    TRY(show(frame));
    std::swap(frame, previous);
    ++frames_;
  }
  playing_ = false;
  figures_.still_frames_to_exact = TRY(rest(previous));
  figures_.frames = frames_;
  figures_.exact = options_.lossless ? every_frame_exact_
                                     : exact_ && shows(decoder_, previous.view()) &&
                                           same_colours(canvas_.view(decoder_), previous.view());
  return {};
}

Result<Figures> Replay::run() {
  if (options_.drag.empty()) {
    FrameFile file = TRY(FrameFile::open(figures_.file, options_.size));
    TRY(play(file));
  } else {
    DraggedWindow window = TRY(DraggedWindow::open(figures_.file, options_.drag, options_.size));
    TRY(play(window));
  }
  film_.report(figures_.film);
  return figures_;
}

void Replay::mark(const Picture& frame, const Picture& previous) {
  if (options_.damage == "full" || frames_ == 0) return encoder_.mark(frame.bounds(), now_);
  for (const Rect& tile : changed_tiles(frame, previous)) encoder_.mark(tile, now_);
}

// One update; false when it was the last one of this frame.
Result<bool> Replay::send(const Picture& frame, const EncodeBudget& budget, Sent& sent) {
  body_.clear();
  const double start = cpu_ms();
  const UpdateInfo info = encoder_.encode(frame.view(), budget, now_, body_);
  const double encoded = cpu_ms();
  auto applied = decoder_.apply(body_);
  if (applied.ok()) applied = canvas_.update(decoder_, body_);
  const double decoded = cpu_ms();
  if (!applied.ok()) {
    return Error{applied.error().code,
                 figures_.file + " frame " + std::to_string(frames_) + ": " + applied.error().message};
  }
  if (options_.dump != nullptr && !body_.empty()) options_.dump->update(body_, info.changed_pixels, decoder_);
  sent.encode_ms += encoded - start;
  sent.decode_ms += decoded - encoded;
  sent.bytes += body_.size();
  sent.framed = sent.framed || info.video_pixels > 0;
  figures_.coded_pixels += info.changed_pixels;
  for (size_t i = 0; i < info.bytes_by_coding.size(); ++i) {
    const size_t bytes = info.bytes_by_coding[i];
    figures_.by_coding[coding_names()[i]] += bytes;
    sent.by_coding[coding_names()[i]] += bytes;
    if (options_.verbose && bytes > 0) std::fprintf(stderr, "  %s %zu", coding_names()[i], bytes);
  }
  sent.refined += info.bytes_by_coding.back();
  exact_ = info.exact;
  return !info.complete && (options_.lossless || (!info.empty && sent.bytes < budget.max_bytes));
}

// One frame of virtual time: a lossless run sends all of it, a lossy one what the budget allows.
Result<void> Replay::show(const Picture& frame) {
  EncodeBudget budget;
  budget.jpeg_quality = options_.lossless ? 0 : options_.quality;
  budget.max_bytes = options_.lossless ? SIZE_MAX : static_cast<size_t>(options_.mbit * 1e6 / 8 / kFramesPerSecond);
  budget.max_pixels = INT64_MAX;
  budget.link_bytes_per_s = options_.mbit * 1e6 / 8;
  Sent sent;
  sent.frame = frames_;
  while (TRY(send(frame, budget, sent))) {
  }
  now_ += kSecond / kFramesPerSecond;
  note(frame, sent);
  return {};
}

// Lets what is lossy be refined, in at most this many frames without news; their number.
Result<int> Replay::rest(const Picture& frame) {
  int still = 0;
  for (; still < kMostStillFrames && !exact_; ++still) TRY(show(frame));
  return still;
}

void Replay::note(const Picture& frame, const Sent& sent) {
  if (options_.lossless) {
    every_frame_exact_ = every_frame_exact_ && shows(decoder_, frame.view());
  } else {
    const PictureView seen = canvas_.view(decoder_);
    figures_.psnr_min_db = std::min(figures_.psnr_min_db, psnr(seen, frame.view()));
    if (playing_) {
      film_.note_sent(frame.view(), sent, now_);
      film_.note_seen(seen, frame.view(), frames_);
    }
  }
  if (options_.verbose && sent.bytes > 0) {
    std::fprintf(stderr, "  %d: %zu bytes, %.3f ms encode, %.3f ms decode\n", frames_, sent.bytes, sent.encode_ms,
                 sent.decode_ms);
  }
  const bool first = frames_ == 0;
  figures_.add(first, sent.bytes, sent.encode_ms, sent.decode_ms);
  if (!first && sent.bytes > 0 && playing_) {
    figures_.first_paint_bytes.add(static_cast<double>(sent.bytes - sent.refined));
  }
}

}  // namespace vitrine::codec
