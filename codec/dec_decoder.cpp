#include "codec/dec_decoder.h"

#include <algorithm>
#include <cstring>
#include <new>
#include <string>
#include <utility>

#include "codec/bitstream.h"
#include "codec/copy_areas.h"
#include "codec/dec_jpeg.h"
#include "codec/dec_photo.h"
#include "codec/dec_screen.h"
#include "codec/restore.h"
#include "codec/simd.h"
#include "codec/tile_hash.h"

namespace vitrine::codec {
namespace {

constexpr int kMaxSide = 8192;  // as the wire's limit for a screen
constexpr size_t kMaxDirty = 64;

VITRINE_INLINE void to_rgba(const uint32_t* in, uint32_t* out, int count) {
  for (int x = 0; x < count; ++x) {
    const uint32_t pixel = in[x];
    out[x] = 0xff000000U | (pixel & 0xff) << 16 | (pixel & 0xff00) | (pixel >> 16 & 0xff);
  }
}

}  // namespace

struct Decoder::State {
  Size size;
  std::unique_ptr<uint32_t[]> pixels;  // 0x00RRGGBB, what the codings work on
  std::unique_ptr<uint32_t[]> rgba;    // the same for the canvas
  std::vector<Rect> dirty;
  std::vector<CopyArea> copies;
  ScreenDecoder screen;
  PhotoDecoder photo;
  JpegScratch jpeg_scratch;
  Archive archive;
  int64_t most_archive_pixels = 0;
  VideoAreas video{Size{}};
  std::vector<VideoPacket> packets;
  size_t body_bytes = 0;  // of the present body, as the rest
  int64_t pixels_left = 0;
  uint32_t claims_left = 0;
  bool former = false;  // this is the picture before restart(); the first body says what of it stays

  [[nodiscard]] PictureView view() const { return {pixels.get(), size.width, size.height, size.width}; }
  uint32_t* at(const Rect& area) { return pixels.get() + static_cast<int64_t>(area.y) * size.width + area.x; }

  Result<void> apply(std::span<const uint8_t> body);
  Result<void> apply_one(ByteReader& in);
  Result<void> apply_copies(ByteReader& in);
  Result<void> apply_flat(ByteReader& in);
  Result<void> apply_screen(ByteReader& in);
  Result<void> apply_jpeg(ByteReader& in);
  Result<void> apply_photo(ByteReader& in);
  Result<void> apply_keep(ByteReader& in);
  Result<void> apply_recall(ByteReader& in);
  Result<void> apply_video(ByteReader& in);
  Result<void> claim_cells(ByteReader& in, int stream);
  void end_video(int stream);
  Result<void> apply_restore(ByteReader& in);
  Result<void> blacken(const KeptTiles& kept);
  Result<void> make_black(Size new_size);
  Result<Rect> read_area(ByteReader& in);
  Result<void> spend(int64_t count);
  Result<void> touch(const Rect& painted);
  void convert_dirty();
};

Result<void> Decoder::State::spend(int64_t count) {
  pixels_left -= count;
  if (pixels_left < 0) return Error{ErrorCode::kTooLarge, "update writes more pixels than any honest one"};
  return {};
}

Result<void> Decoder::State::touch(const Rect& painted) {
  TRY(spend(painted.area()));
  // A cell is given back whole, also where its pixels were right all along under the film.
  const Rect area = bounding(painted, video.give_back(painted));
  // Nearby rectangles are joined when the list is full; what joins with least waste is not worth searching for.
  if (dirty.size() == kMaxDirty) {
    size_t best = 0;
    int64_t least = INT64_MAX;
    for (size_t i = 0; i < dirty.size(); ++i) {
      const int64_t waste = bounding(dirty[i], area).area() - dirty[i].area();
      if (waste < least) {
        least = waste;
        best = i;
      }
    }
    dirty[best] = bounding(dirty[best], area);
    return {};
  }
  dirty.push_back(area);
  return {};
}

Result<Rect> Decoder::State::read_area(ByteReader& in) {
  const Rect area = in.rect(size);
  if (in.failed()) return Error{ErrorCode::kMalformed, "update names an area outside the picture"};
  TRY(touch(area));
  return area;
}

Result<void> Decoder::State::apply_copies(ByteReader& in) {
  copies.clear();
  // Copies may need as much memory as they write, so one picture's worth is all they get.
  int64_t copied = 0;
  const uint32_t motions = in.varint();
  for (uint32_t i = 0; i < motions; ++i) {
    const int dx = in.zigzag();
    const int dy = in.zigzag();
    const uint32_t count = in.varint();
    if (in.failed() || std::abs(int64_t{dx}) > kMaxSide || std::abs(int64_t{dy}) > kMaxSide) {
      return Error{ErrorCode::kMalformed, "update has a motion that cannot be"};
    }
    if (count > kMaxCopies - copies.size()) return Error{ErrorCode::kTooLarge, "update has too many copies"};
    for (uint32_t j = 0; j < count; ++j) {
      const Rect area = TRY(read_area(in));
      copied += area.area();
      if (copied > int64_t{size.width} * size.height) {
        return Error{ErrorCode::kTooLarge, "update copies more than the picture"};
      }
      const Rect from{area.x - dx, area.y - dy, area.width, area.height};
      if (intersect(from, {0, 0, size.width, size.height}) != from) {
        return Error{ErrorCode::kMalformed, "update copies from outside the picture"};
      }
      copies.push_back({area, from.x, from.y});
    }
  }
  copy_areas(pixels.get(), size.width, copies);
  return {};
}

Result<void> Decoder::State::apply_flat(ByteReader& in) {
  const Rect area = TRY(read_area(in));
  const uint32_t colour = in.colour();
  if (in.failed()) return Error{ErrorCode::kMalformed, "flat area is cut short"};
  uint32_t* row = at(area);
  for (int y = 0; y < area.height; ++y, row += size.width) std::fill_n(row, area.width, colour);
  return {};
}

Result<void> Decoder::State::apply_screen(ByteReader& in) {
  const Rect area = TRY(read_area(in));
  const size_t used = TRY(screen.decode(in.rest(), pixels.get(), size.width, size, area));
  in.bytes(used);
  return {};
}

Result<void> Decoder::State::apply_jpeg(ByteReader& in) {
  const Rect area = TRY(read_area(in));
  const uint8_t quality = in.byte();
  const uint8_t sampling = in.byte();
  const auto scan = in.bytes(in.varint());
  if (in.failed() || sampling > static_cast<uint8_t>(JpegSampling::k420)) {
    return Error{ErrorCode::kMalformed, "JPEG piece is cut short"};
  }
  return decode_jpeg({quality, static_cast<JpegSampling>(sampling), {area.width, area.height}, scan}, at(area),
                     size.width, jpeg_scratch);
}

Result<void> Decoder::State::apply_photo(ByteReader& in) {
  const Rect area = TRY(read_area(in));
  const size_t used = TRY(photo.decode(in.rest(), pixels.get(), size.width, size, area));
  in.bytes(used);
  return {};
}

Result<void> Decoder::State::apply_keep(ByteReader& in) {
  const uint32_t count = in.varint();
  if (count == 0) {
    const int64_t capacity = in.varint();
    if (in.failed() || capacity > most_archive_pixels) {
      return Error{ErrorCode::kMalformed, "update opens a larger archive than was offered"};
    }
    // Freeing many entries takes longer than the body's size shows.
    TRY(spend(int64_t{size.width} * size.height / kOpeningShare));
    archive.open(capacity);
    return {};
  }
  for (uint32_t i = 0; i < count; ++i) {
    const Rect area = in.rect(size);
    if (in.failed()) return Error{ErrorCode::kMalformed, "update keeps an area outside the picture"};
    TRY(spend(area.area() + kEntryCost));
    TRY(archive.keep(view(), area));
  }
  return {};
}

Result<void> Decoder::State::apply_recall(ByteReader& in) {
  const uint32_t count = in.varint();
  for (uint32_t i = 0; i < count; ++i) {
    const uint32_t which = in.varint();
    const uint64_t back = which >> 1;
    const bool moved = (which & 1) != 0;
    const uint32_t x = moved ? in.varint() : 0;
    const uint32_t y = moved ? in.varint() : 0;
    const Rect area = TRY(read_area(in));
    if (back >= archive.kept() - archive.oldest()) {
      return Error{ErrorCode::kMalformed, "update recalls what is not in the archive"};
    }
    const ArchiveEntry& entry = archive.entry(archive.kept() - 1 - back);
    const Rect bounds{0, 0, entry.place.width, entry.place.height};
    if (x >= static_cast<uint32_t>(bounds.width) || y >= static_cast<uint32_t>(bounds.height)) {
      return Error{ErrorCode::kMalformed, "update recalls from outside of what was kept"};
    }
    const Rect from = moved ? Rect{static_cast<int>(x), static_cast<int>(y), area.width, area.height}
                            : Rect{area.x - entry.place.x, area.y - entry.place.y, area.width, area.height};
    if (intersect(from, bounds) != from) {
      return Error{ErrorCode::kMalformed, "update recalls from outside of what was kept"};
    }
    uint32_t* to = at(area);
    for (int row = 0; row < area.height; ++row, to += size.width) {
      std::memcpy(to, entry.view().row(from.y + row) + from.x, static_cast<size_t>(area.width) * sizeof(uint32_t));
    }
  }
  return {};
}

// Only the first operation after a restart may ask for the picture before it.
Result<void> Decoder::State::apply_restore(ByteReader& in) {
  if (!std::exchange(former, false)) return Error{ErrorCode::kMalformed, "update restores what is gone"};
  TRY(spend(int64_t{size.width} * size.height));  // the check reads what stays
  return blacken(TRY(read_restore(view(), in)));
}

// Paints all but the kept tiles black.
Result<void> Decoder::State::blacken(const KeptTiles& kept) {
  for (uint32_t tile = 0; tile < kept.size();) {
    const bool stays = kept[tile] != 0;
    const Rect area = next_tile_run(size, kept, tile);
    if (stays) continue;
    TRY(touch(area));
    uint32_t* row = at(area);
    for (int y = 0; y < area.height; ++y, row += size.width) std::fill_n(row, area.width, 0);
  }
  return {};
}

void Decoder::State::end_video(int stream) {
  if (!video.live(stream)) return;
  packets.push_back({stream, video.codec(stream), kVideoEnd, video.area(stream), 0, 0});
  video.end(stream);
}

Result<void> Decoder::State::claim_cells(ByteReader& in, int stream) {
  const uint32_t claims = in.varint();
  if (claims > claims_left) return Error{ErrorCode::kTooLarge, "update claims too many areas for its streams"};
  claims_left -= claims;
  const Rect area = video.area(stream);
  for (uint32_t i = 0; i < claims; ++i) {
    const Rect claim = in.rect(size);
    if (in.failed() || intersect(claim, area) != claim) {
      return Error{ErrorCode::kMalformed, "a stream claims an area outside of its own"};
    }
    // A claim costs a fraction of painting it.
    TRY(spend(claim.area() / 8));
    if (!video.claim(claim)) return Error{ErrorCode::kTooLarge, "streams show parts of too many cells"};
  }
  return {};
}

Result<void> Decoder::State::apply_video(ByteReader& in) {
  const uint32_t stream_number = in.varint();
  const uint8_t flags = in.byte();
  if (in.failed() || stream_number >= kMaxVideoStreams || flags > kVideoEnd) {
    return Error{ErrorCode::kMalformed, "update has no such stream"};
  }
  if (packets.size() >= kMaxVideoPackets) return Error{ErrorCode::kTooLarge, "update has too many frames"};
  const auto stream = static_cast<int>(stream_number);
  if ((flags & kVideoEnd) != 0) {
    end_video(stream);
    return {};
  }
  const uint8_t codec = in.byte();
  const Rect area = in.rect(size);
  if (in.failed() || codec >= kVideoCodecCount || !video.allows(area) ||
      !video.frame(stream, static_cast<VideoCodec>(codec), (flags & kVideoKey) != 0, area)) {
    return Error{ErrorCode::kMalformed, "update has a frame that cannot follow"};
  }
  // A frame costs the viewer as much as painting its area.
  TRY(spend(area.area()));
  TRY(claim_cells(in, stream));
  const uint32_t length = in.varint();
  const size_t offset = body_bytes - in.rest().size();
  if (in.bytes(length).empty()) return Error{ErrorCode::kMalformed, "a frame is cut short"};
  packets.push_back({stream, static_cast<VideoCodec>(codec), flags, area, offset, length});
  return {};
}

Result<void> Decoder::State::apply_one(ByteReader& in) {
  const uint8_t code = in.byte();
  if (code >= kOperationCount) {
    return Error{ErrorCode::kMalformed, "update has no operation " + std::to_string(code)};
  }
  switch (static_cast<Operation>(code)) {
    case Operation::kReset:
      // Clearing state costs time that the body's size does not show; it counts as a fraction of a picture.
      TRY(spend(int64_t{size.width} * size.height / 8));
      screen.reset();
      photo.reset();
      for (int stream = 0; stream < kMaxVideoStreams; ++stream) end_video(stream);
      return {};
    case Operation::kCopy: return apply_copies(in);
    case Operation::kFlat: return apply_flat(in);
    case Operation::kScreen: return apply_screen(in);
    case Operation::kJpeg: return apply_jpeg(in);
    case Operation::kPhoto: return apply_photo(in);
    case Operation::kKeep: return apply_keep(in);
    case Operation::kRecall: return apply_recall(in);
    case Operation::kVideo: return apply_video(in);
    case Operation::kRestore: return apply_restore(in);
  }
  return Error{ErrorCode::kMalformed, "update has no operation " + std::to_string(code)};
}

Result<void> Decoder::State::apply(std::span<const uint8_t> body) {
  dirty.clear();
  packets.clear();
  body_bytes = body.size();
  claims_left = kMaxVideoClaims;
  pixels_left = int64_t{size.width} * size.height * kMaxPicturesPerUpdate;
  ByteReader in(body);
  Result<void> result;
  if (former && (body.empty() || body[0] != static_cast<uint8_t>(Operation::kRestore))) {
    former = false;
    result = blacken(KeptTiles(tile_count(size), 0));
  }
  while (result.ok() && !in.at_end()) result = apply_one(in);
  if (result.ok() && in.failed()) result = Error{ErrorCode::kMalformed, "update is cut short"};
  convert_dirty();
  return result;
}

void Decoder::State::convert_dirty() {
  for (const Rect& area : dirty) {
    for (int y = area.y; y < area.bottom(); ++y) {
      const auto offset = static_cast<int64_t>(y) * size.width + area.x;
      to_rgba(pixels.get() + offset, rgba.get() + offset, area.width);
    }
  }
}

// A black picture in place of the old one, of which nothing is lost on error.
Result<void> Decoder::State::make_black(Size new_size) {
  if (new_size.width < 1 || new_size.height < 1 || new_size.width > kMaxSide || new_size.height > kMaxSide) {
    return Error{ErrorCode::kInvalidArgument, "a picture has 1 to 8192 pixels a side"};
  }
  const size_t count = static_cast<size_t>(new_size.width) * static_cast<size_t>(new_size.height);
  std::unique_ptr<uint32_t[]> new_pixels(new (std::nothrow) uint32_t[count]());
  std::unique_ptr<uint32_t[]> new_rgba(new (std::nothrow) uint32_t[count]);
  if (new_pixels == nullptr || new_rgba == nullptr) {
    return Error{ErrorCode::kExhausted, "there is not enough memory for a picture of this size"};
  }
  std::fill_n(new_rgba.get(), count, 0xff000000U);
  size = new_size;
  pixels = std::move(new_pixels);
  rgba = std::move(new_rgba);
  video = VideoAreas(size);
  packets.clear();
  dirty.clear();
  former = false;
  return {};
}

Result<Decoder> Decoder::create(Size size, int64_t most_archive_pixels) {
  if (most_archive_pixels < 0 || most_archive_pixels > kMaxArchivePixels) {
    return Error{ErrorCode::kInvalidArgument, "an archive holds up to 256 Mi pixels"};
  }
  auto state = std::make_unique<State>();
  state->most_archive_pixels = most_archive_pixels;
  TRY(state->make_black(size));
  return Decoder(std::move(state));
}

Result<void> Decoder::restart(Size size) {
  if (size == state_->size) {
    state_->former = true;
    state_->dirty.clear();
    state_->packets.clear();
    state_->video = VideoAreas(size);
  } else {
    TRY(state_->make_black(size));
  }
  state_->screen.reset();
  state_->photo.reset();
  return {};
}

void Decoder::save(SnapshotMark& mark, std::vector<uint8_t>& out) const {
  write_snapshot(state_->view(), state_->archive, mark, out);
}

void Decoder::mark(SnapshotMark& mark) const {
  mark_snapshot(state_->view(), state_->archive, mark);
}

Result<void> Decoder::load(std::span<const uint8_t> record) {
  State& state = *state_;
  ByteReader in(record);
  const SnapshotHead head = TRY(read_snapshot_head(in));
  if (head.new_picture) {
    TRY(state.make_black(head.size));
  } else if (head.size != state.size) {
    return Error{ErrorCode::kMalformed, "a snapshot goes on with a picture of another size"};
  }
  TRY(read_snapshot_archive(in, head, state.most_archive_pixels, state.archive));
  state.dirty = TRY(read_snapshot_picture(in, state.size, state.pixels.get()));
  state.convert_dirty();
  state.dirty.clear();
  return {};
}

Decoder::Decoder(std::unique_ptr<State> state) : state_(std::move(state)) {}
Decoder::~Decoder() = default;
Decoder::Decoder(Decoder&&) noexcept = default;
Decoder& Decoder::operator=(Decoder&&) noexcept = default;

Size Decoder::size() const {
  return state_->size;
}
Result<void> Decoder::apply(std::span<const uint8_t> body) {
  return state_->apply(body);
}
std::span<const Rect> Decoder::dirty() const {
  return state_->dirty;
}
std::span<const VideoPacket> Decoder::video_packets() const {
  return state_->packets;
}
const VideoAreas& Decoder::video_areas() const {
  return state_->video;
}
const uint8_t* Decoder::rgba() const {
  return reinterpret_cast<const uint8_t*>(state_->rgba.get());
}
const Archive& Decoder::archive() const {
  return state_->archive;
}
bool Decoder::cut_archive_back(uint64_t kept) {
  return state_->archive.cut_back(kept);
}
uint32_t Decoder::tile_hash(uint32_t tile) const {
  return codec::tile_hash(state_->view(), tile);
}
uint64_t Decoder::wide_tile_hash(uint32_t tile) const {
  return codec::wide_tile_hash(state_->view(), tile);
}

}  // namespace vitrine::codec
