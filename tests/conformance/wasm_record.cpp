// Records a session of updates with what the native decoder made of each: for the comparison with the WASM decoder.
//
// Output, little-endian 32-bit numbers: width, height, KiB of the archive, how many updates, then for each: 1 when
// the link started again before it, and then two numbers a tile for its wide hash, or 0; bytes of the body, the body, 1
// when it was accepted or 0, and the hash of every tile after it; last how many entries were kept and the archive's
// checksum.
#include <cstdio>
#include <fstream>
#include <utility>

#include "codec/enc_viewer.h"
#include "codec/tile_hash.h"
#include "protocol/base/check.h"
#include "tests/unit/codec/pictures.h"

namespace vitrine::codec {
namespace {

class Recorder {
 public:
  Recorder(Size size, std::ofstream out)
      : size_(size),
        out_(std::move(out)),
        encoder_(size, EncoderArchive(archive_pixels(kArchiveKib))),
        decoder_(Decoder::create(size, archive_pixels(kArchiveKib)).take()),
        desktop_(size) {}

  void run(uint64_t seed) {
    Dice dice(seed);
    for (int step = 0; step < 80; ++step) {
      change(dice);
      EncodeBudget budget;
      budget.max_bytes = 20'000;
      budget.jpeg_quality = 30 + dice.below(70);
      if (step % 20 == 19) start_again();
      std::vector<uint8_t> body;
      encoder_.encode(desktop_.view(), budget, step * 100 * kMillisecond, body);
      record(body);
    }
    // Then damaged bodies, which both decoders have to refuse or misread alike.
    for (int i = 0; i < 40; ++i) {
      std::vector<uint8_t> body;
      change(dice);
      encoder_.encode(desktop_.view(), {}, (80 + i) * 100 * kMillisecond, body);
      if (body.empty()) continue;
      body[static_cast<size_t>(dice.below(static_cast<int>(body.size())))] ^= static_cast<uint8_t>(1 + dice.below(255));
      record(body);
    }
    write();
  }

 private:
  // Less than two of the pictures, so that the ring wraps.
  static constexpr uint32_t kArchiveKib = 1500;

  void change(Dice& dice) {
    const Rect area = random_area(size_, dice);
    switch (dice.below(6)) {
      case 0: draw_text(desktop_, area, dice); break;
      case 1: draw_photo(desktop_, area, dice); break;
      case 2: fill(desktop_, area, dice.colour()); break;
      case 3: draw_noise(desktop_, intersect(area, {area.x, area.y, 50, 50}), dice); break;
      case 4: std::swap(desktop_, other_); break;  // another full-screen window
      default: scroll_up(area, 1 + dice.below(40)); break;
    }
    encoder_.mark(desktop_.bounds(), 0);
  }
  void scroll_up(const Rect& area, int rows) {
    for (int y = area.y; y + rows < area.bottom(); ++y) {
      for (int x = area.x; x < area.right(); ++x) desktop_.row(y)[x] = desktop_.row(y + rows)[x];
    }
  }
  void number(uint32_t value) {
    for (int i = 0; i < 4; ++i) record_.push_back(static_cast<char>(value >> (8 * i)));
  }
  // The link is cut and comes back: picture and archive stay.
  void start_again() {
    std::vector<uint64_t> hashes;
    restarted_ = true;
    CHECK(decoder_.restart(size_).ok());
    for (uint32_t tile = 0; tile < tile_count(size_); ++tile) hashes.push_back(decoder_.wide_tile_hash(tile));
    encoder_ = ViewerEncoder(size_, encoder_.take_archive());
    encoder_.offer(std::move(hashes));
  }
  void record(const std::vector<uint8_t>& body) {
    number(restarted_ ? 1 : 0);
    for (uint32_t tile = 0; restarted_ && tile < tile_count(size_); ++tile) {
      const uint64_t hash = decoder_.wide_tile_hash(tile);
      number(static_cast<uint32_t>(hash));
      number(static_cast<uint32_t>(hash >> 32));
    }
    restarted_ = false;
    number(static_cast<uint32_t>(body.size()));
    record_.insert(record_.end(), body.begin(), body.end());
    ++updates_;
    number(decoder_.apply(body).ok() ? 1 : 0);
    for (uint32_t tile = 0; tile < tile_count(size_); ++tile) number(decoder_.tile_hash(tile));
  }

  void write() {
    number(static_cast<uint32_t>(decoder_.archive().kept()));
    number(decoder_.archive().checksum());
    const std::vector<char> updates = std::exchange(record_, {});
    number(static_cast<uint32_t>(size_.width));
    number(static_cast<uint32_t>(size_.height));
    number(kArchiveKib);
    number(updates_);
    record_.insert(record_.end(), updates.begin(), updates.end());
    out_.write(record_.data(), static_cast<std::streamsize>(record_.size()));
  }

  Size size_;
  std::ofstream out_;
  std::vector<char> record_;
  uint32_t updates_ = 0;
  bool restarted_ = false;
  ViewerEncoder encoder_;
  Decoder decoder_;
  Picture desktop_;
  Picture other_{size_};
};

}  // namespace
}  // namespace vitrine::codec

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: %s FILE\n", argv[0]);
    return 2;
  }
  std::ofstream out(argv[1], std::ios::binary);
  if (!out) {
    std::fprintf(stderr, "cannot write %s\n", argv[1]);
    return 1;
  }
  vitrine::codec::Recorder(vitrine::Size{517, 389}, std::move(out)).run(2026);
  return 0;
}
