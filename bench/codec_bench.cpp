// Replays raw BGRX frames through encoder and decoder at 30 frames a second of virtual time and prints one JSON object
// a line for each file; times are processor time of the one thread. Damage is what a desktop would report: the 64x64
// tiles that changed, found before the clock starts; `--damage full` marks the whole screen each frame instead.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <ctime>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "bench/video_canvas.h"
#include "codec/dec_decoder.h"
#include "codec/enc_diff.h"
#include "codec/enc_viewer.h"
#include "codec/video_encoders.h"

namespace vitrine::codec {
namespace {

struct Options {
  std::vector<std::string> files;
  Size size{1920, 1080};
  bool lossless = false;
  int quality = 75;
  double mbit = 50;
  std::string damage = "tiles";
  int frames = 0;
  bool verbose = false;
  std::string dump;
  std::string video = "h264";
  struct Film {
    Rect area;
    int from_frame = 0;
  };
  std::vector<Film> film;  // where exactness is not expected while it moves, then windows over it where it is
};

VideoOptions video_options(const Options& options) {
  if (options.lossless || options.video == "none") return {};
  const VideoCodec codec = options.video == "vp8"   ? VideoCodec::kVp8
                           : options.video == "vp9" ? VideoCodec::kVp9
                                                    : VideoCodec::kH264;
  return {codec, make_video_encoder};
}

// This thread's processor time: what others do on the machine does not count.
double cpu_ms() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
}

struct Series {
  std::vector<double> values;
  [[nodiscard]] double quantile(double share) {
    if (values.empty()) return 0;
    std::sort(values.begin(), values.end());
    return values[static_cast<size_t>(share * static_cast<double>(values.size() - 1) + 0.5)];
  }
  [[nodiscard]] double mean() const {
    double total = 0;
    for (const double value : values) total += value;
    return values.empty() ? 0 : total / static_cast<double>(values.size());
  }
};

// Peak signal to noise ratio over the colour bytes; infinite when equal.
double psnr(const PictureView& a, const PictureView& b) {
  double squares = 0;
  for (int y = 0; y < a.height; ++y) {
    int64_t row = 0;
    for (int x = 0; x < a.width; ++x) {
      for (int shift = 0; shift < 24; shift += 8) {
        const int difference =
            static_cast<int>(a.row(y)[x] >> shift & 255) - static_cast<int>(b.row(y)[x] >> shift & 255);
        row += difference * difference;
      }
    }
    squares += static_cast<double>(row);
  }
  if (squares == 0) return INFINITY;
  return 10 * std::log10(255.0 * 255.0 * 3 * a.width * a.height / squares);
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

class Replay {
 public:
  Replay(const Options& options, std::string file)
      : options_(options),
        file_(std::move(file)),
        encoder_(options.size, video_options(options)),
        decoder_(Decoder::create(options.size).take()),
        canvas_(options.size) {}

  bool run() {
    std::ifstream in(file_, std::ios::binary);
    if (!in) {
      std::fprintf(stderr, "cannot read %s\n", file_.c_str());
      return false;
    }
    Picture frame(options_.size);
    Picture previous(options_.size);
    const auto bytes = static_cast<std::streamsize>(frame.bounds().area() * 4);
    while ((options_.frames == 0 || frames_ < options_.frames) &&
           in.read(reinterpret_cast<char*>(frame.row(0)), bytes)) {
      mark(frame, previous);
      if (!show(frame)) return false;
      std::swap(frame, previous);
      ++frames_;
    }
    if (frames_ == 0) {
      std::fprintf(stderr, "%s holds no frame of this size; give --size\n", file_.c_str());
      return false;
    }
    // A lossy run ends when everything has been refined, or after ten still seconds.
    for (int i = 0; i < 300 && !exact_; ++i) {
      if (!show(previous)) return false;
      ++still_frames_;
    }
    every_frame_exact_ = options_.lossless ? every_frame_exact_ : exact_ && shows(decoder_, previous.view());
    if (!options_.lossless) every_frame_exact_ = every_frame_exact_ && wrong_pixels(previous.view(), {}) == 0;
    print();
    return true;
  }

 private:
  void mark(const Picture& frame, const Picture& previous) {
    if (options_.damage == "full" || frames_ == 0) return encoder_.mark(frame.bounds(), now_);
    const CellGrid grid{options_.size, kTileSide};
    for (int y = 0; y < grid.rows(); ++y) {
      for (int x = 0; x < grid.columns(); ++x) {
        const Rect tile = grid.pixels_of({x, y, 1, 1});
        for (int row = tile.y; row < tile.bottom(); ++row) {
          if (rows_equal(frame.row(row) + tile.x, previous.row(row) + tile.x, tile.width)) continue;
          encoder_.mark(tile, now_);
          break;
        }
      }
    }
  }

  // One frame of virtual time: a lossless run sends all of it, a lossy one what the budget allows.
  bool show(const Picture& frame) {
    EncodeBudget budget;
    budget.jpeg_quality = options_.lossless ? 0 : options_.quality;
    budget.max_bytes = options_.lossless ? SIZE_MAX : static_cast<size_t>(options_.mbit * 1e6 / 8 / 30);
    budget.max_pixels = INT64_MAX;
    budget.link_bytes_per_s = options_.mbit * 1e6 / 8;
    double encode_ms = 0;
    double decode_ms = 0;
    size_t sent = 0;
    size_t refined = 0;
    bool framed = false;
    for (;;) {
      body_.clear();
      const double start = cpu_ms();
      const UpdateInfo info = encoder_.encode(frame.view(), budget, now_, body_);
      const double encoded = cpu_ms();
      auto applied = decoder_.apply(body_);
      if (applied.ok()) applied = canvas_.update(decoder_, body_);
      const double decoded = cpu_ms();
      dump();
      if (!applied.ok()) {
        std::fprintf(stderr, "%s frame %d: %s\n", file_.c_str(), frames_, applied.error().message.c_str());
        return false;
      }
      encode_ms += encoded - start;
      decode_ms += decoded - encoded;
      sent += body_.size();
      changed_pixels_ += info.changed_pixels;
      for (size_t i = 0; i < info.bytes_by_coding.size(); ++i) by_coding_[coding_names()[i]] += info.bytes_by_coding[i];
      refined += info.bytes_by_coding.back();
      exact_ = info.exact;
      framed = framed || info.video_pixels > 0;
      if (!options_.lossless || info.complete) break;
    }
    if (framed && !options_.film.empty()) {
      film_bytes_.values.push_back(static_cast<double>(sent));
      compare_alone(frame, encode_ms);
    }
    now_ += kSecond / 30;
    note(frame, sent, refined, encode_ms, decode_ms);
    return true;
  }

  void note(const Picture& frame, size_t sent, size_t refined, double encode_ms, double decode_ms) {
    bytes_total_ += sent;
    total_encode_ms_ += encode_ms;
    if (options_.lossless) {
      every_frame_exact_ = every_frame_exact_ && shows(decoder_, frame.view());
    } else {
      const PictureView seen = canvas_.view(decoder_);
      const double quality = psnr(seen, frame.view());
      psnr_min_ = std::min(psnr_min_, quality);
      if (options_.verbose) std::fprintf(stderr, "  %d: %.2f dB\n", frames_, quality);
      if (!options_.film.empty()) {
        const int64_t wrong = wrong_pixels(frame.view(), options_.film);
        wrong_beside_film_ = std::max(wrong_beside_film_, wrong);
        frames_wrong_beside_film_ += wrong > 0 ? 1 : 0;
        if (options_.verbose && wrong > 0)
          std::fprintf(stderr, "  %d: %ld wrong beside the film\n", frames_, long(wrong));
      }
    }
    if (options_.verbose && sent > 0) {
      std::fprintf(stderr, "  %d: %zu bytes, %.3f ms encode, %.3f ms decode\n", frames_, sent, encode_ms, decode_ms);
    }
    if (frames_ == 0 && still_frames_ == 0) {
      bytes_key_ = sent;
      key_encode_ms_ = encode_ms;
      key_decode_ms_ = decode_ms;
      return;
    }
    if (sent == 0) return;
    update_bytes_.values.push_back(static_cast<double>(sent));
    if (still_frames_ == 0) first_paint_bytes_.values.push_back(static_cast<double>(sent - refined));
    encode_ms_.values.push_back(encode_ms);
    decode_ms_.values.push_back(decode_ms);
  }

  // The film alone through the same library, as far as it went as a stream: what a stream cannot be better than.
  void compare_alone(const Picture& frame, double encode_ms) {
    const Rect& film = options_.film[0].area;
    const Rect crop{film.x, film.y, film.width & ~1, film.height & ~1};
    const VideoOptions video = video_options(options_);
    if (video.make == nullptr) return;
    const bool key = alone_ == nullptr;
    if (key) alone_ = video.make(video.codec, {crop.width, crop.height}, 50e6).take();
    body_.clear();
    const double start = cpu_ms();
    if (!alone_->encode(frame.view(), crop, key, now_, body_).ok()) return;
    if (key) return;
    alone_ms_.values.push_back(cpu_ms() - start);
    alone_bytes_.values.push_back(static_cast<double>(body_.size()));
    film_ms_.values.push_back(encode_ms);
  }

  // Pixels of the canvas that differ from `frame` outside of the first rectangle of `film`, or inside of the others,
  // which lie over it.
  int64_t wrong_pixels(const PictureView& frame, const std::vector<Options::Film>& film) {
    const PictureView seen = canvas_.view(decoder_);
    int64_t wrong = 0;
    for (int y = 0; y < frame.height; ++y) {
      for (int x = 0; x < frame.width; ++x) {
        if (((seen.row(y)[x] ^ frame.row(y)[x]) & kColourMask) == 0) continue;
        bool excused = false;
        for (size_t i = 0; i < film.size(); ++i) {
          if (frames_ < film[i].from_frame) continue;
          if (!intersect(film[i].area, {x, y, 1, 1}).empty()) excused = i == 0;
        }
        wrong += excused ? 0 : 1;
      }
    }
    return wrong;
  }

  // Length and body of each update, for the comparison with the WASM decoder.
  void dump() {
    if (options_.dump.empty()) return;
    std::ofstream out(options_.dump, std::ios::binary | std::ios::app);
    const auto length = static_cast<uint32_t>(body_.size());
    out.write(reinterpret_cast<const char*>(&length), 4);
    out.write(reinterpret_cast<const char*>(body_.data()), static_cast<std::streamsize>(body_.size()));
  }

  void print() {
    if (update_bytes_.values.empty()) {
      update_bytes_.values.push_back(static_cast<double>(bytes_key_));
      encode_ms_.values.push_back(key_encode_ms_);
      decode_ms_.values.push_back(key_decode_ms_);
    }
    const auto rounded = [](double value) { return std::round(value * 1000) / 1000; };
    nlohmann::ordered_json line = {
        {"file", file_},
        {"frames", frames_},
        {"bytes_total", bytes_total_},
        {"bytes_key", bytes_key_},
        {"bytes_per_update_p50", update_bytes_.quantile(0.5)},
        {"bytes_per_update_p95", update_bytes_.quantile(0.95)},
        {"bytes_per_update_max", update_bytes_.quantile(1)},
        {"bytes_per_update_mean", rounded(update_bytes_.mean())},
        {"bytes_first_paint_mean", rounded(first_paint_bytes_.mean())},
        {"encode_ms_p50", rounded(encode_ms_.quantile(0.5))},
        {"encode_ms_p95", rounded(encode_ms_.quantile(0.95))},
        {"decode_ms_p50", rounded(decode_ms_.quantile(0.5))},
        {"decode_ms_p95", rounded(decode_ms_.quantile(0.95))},
        {"encode_ms_key", rounded(key_encode_ms_)},
        {"decode_ms_key", rounded(key_decode_ms_)},
        {"encode_mpixels_per_s", rounded(static_cast<double>(changed_pixels_) / 1000 / total_encode_ms_)},
        {"exact", every_frame_exact_},
        {"psnr_min_db", std::isfinite(psnr_min_) ? nlohmann::ordered_json(rounded(psnr_min_)) : nullptr},
        {"still_frames_to_exact", still_frames_},
        {"by_coding", by_coding_},
    };
    if (!options_.film.empty()) {
      line["wrong_beside_film_max"] = wrong_beside_film_;
      line["frames_wrong_beside_film"] = frames_wrong_beside_film_;
      if (!film_bytes_.values.empty()) film_bytes_.values.erase(film_bytes_.values.begin());  // the key
      line["film_frames"] = film_bytes_.values.size();
      line["film_update_bytes_mean"] = rounded(film_bytes_.mean());
      line["alone_bytes_mean"] = rounded(alone_bytes_.mean());
      line["film_update_ms_p50"] = rounded(film_ms_.quantile(0.5));
      line["alone_ms_p50"] = rounded(alone_ms_.quantile(0.5));
    }
    std::printf("%s\n", line.dump().c_str());
  }

  const Options& options_;
  std::string file_;
  ViewerEncoder encoder_;
  Decoder decoder_;
  VideoCanvas canvas_;
  std::unique_ptr<VideoEncoder> alone_;
  Series film_bytes_;  // updates with a frame
  Series film_ms_;
  Series alone_bytes_;
  Series alone_ms_;
  int64_t wrong_beside_film_ = 0;
  int frames_wrong_beside_film_ = 0;
  Micros now_ = 0;
  int frames_ = 0;
  int still_frames_ = 0;
  bool exact_ = false;
  bool every_frame_exact_ = true;
  size_t bytes_total_ = 0;
  size_t bytes_key_ = 0;
  double key_encode_ms_ = 0;
  double key_decode_ms_ = 0;
  double total_encode_ms_ = 0;
  double psnr_min_ = INFINITY;
  int64_t changed_pixels_ = 0;
  Series update_bytes_;
  Series first_paint_bytes_;  // without refinement, until the last frame came
  Series encode_ms_;
  Series decode_ms_;
  std::map<std::string, size_t> by_coding_;
  std::vector<uint8_t> body_;
};

}  // namespace
}  // namespace vitrine::codec

int main(int argc, char** argv) {
  using namespace vitrine::codec;
  Options options;
  std::string size = "1920x1080";
  int threads = 1;
  CLI::App app("Replays raw BGRX frames through the codec");
  app.add_option("files", options.files, "raw frames, 4 bytes a pixel")->required()->check(CLI::ExistingFile);
  app.add_option("--size", size, "WIDTHxHEIGHT of the frames");
  app.add_flag("--lossless", options.lossless, "nothing lossy, every frame whole");
  app.add_option("--quality", options.quality, "JPEG quality of first paints")->check(CLI::Range(1, 100));
  app.add_option("--mbit", options.mbit, "the link of a lossy run, Mbit/s")->check(CLI::PositiveNumber);
  app.add_option("--damage", options.damage, "tiles or full")->check(CLI::IsMember({"tiles", "full"}));
  app.add_option("--frames", options.frames, "stop after this many");
  app.add_option("--threads", threads, "the codec uses one")->check(CLI::IsMember({1}));
  app.add_option("--dump", options.dump, "append the update bodies to this file");
  app.add_option("--video", options.video, "what moving pictures go as in a lossy run")
      ->check(CLI::IsMember({"h264", "vp8", "vp9", "none"}));
  std::vector<std::string> film;
  app.add_option(
      "--film", film,
      "X,Y,WIDTH,HEIGHT of a film: pixels beside it are checked in every frame; more of them, with @FRAME, are "
      "windows over it from then on");
  app.add_flag("--verbose", options.verbose, "a line for each update on stderr");
  CLI11_PARSE(app, argc, argv);
  if (std::sscanf(size.c_str(), "%dx%d", &options.size.width, &options.size.height) != 2 || options.size.width < 1 ||
      options.size.height < 1 || options.size.width > 8192 || options.size.height > 8192) {
    std::fprintf(stderr, "--size wants WIDTHxHEIGHT, for example 1920x1080\n");
    return 2;
  }
  for (const std::string& text : film) {
    auto& [area, from] = options.film.emplace_back();
    if (std::sscanf(text.c_str(), "%d,%d,%d,%d@%d", &area.x, &area.y, &area.width, &area.height, &from) < 4) {
      std::fprintf(stderr, "--film wants X,Y,WIDTH,HEIGHT or X,Y,WIDTH,HEIGHT@FRAME\n");
      return 2;
    }
  }
  bool good = true;
  for (const std::string& file : options.files) good = Replay(options, file).run() && good;
  return good ? 0 : 1;
}
