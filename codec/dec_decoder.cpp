#include "codec/dec_decoder.h"

#include <algorithm>
#include <cstring>
#include <new>
#include <string>

#include "codec/bitstream.h"
#include "codec/copy_areas.h"
#include "codec/dec_jpeg.h"
#include "codec/dec_photo.h"
#include "codec/dec_screen.h"
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
  explicit State(Size picture) : size(picture), video(picture) {}

  Size size;
  std::unique_ptr<uint32_t[]> pixels;  // 0x00RRGGBB, what the codings work on
  std::unique_ptr<uint32_t[]> rgba;    // the same for the canvas
  std::vector<Rect> dirty;
  std::vector<CopyArea> copies;
  ScreenDecoder screen;
  PhotoDecoder photo;
  VideoAreas video;
  std::vector<VideoPacket> packets;
  size_t body_bytes = 0;  // of the present body, as the rest
  int64_t pixels_left = 0;
  uint32_t claims_left = 0;

  [[nodiscard]] PictureView view() const { return {pixels.get(), size.width, size.height, size.width}; }
  uint32_t* at(const Rect& area) { return pixels.get() + static_cast<int64_t>(area.y) * size.width + area.x; }

  Result<void> apply(std::span<const uint8_t> body);
  Result<void> apply_one(ByteReader& in);
  Result<void> apply_copies(ByteReader& in);
  Result<void> apply_flat(ByteReader& in);
  Result<void> apply_screen(ByteReader& in);
  Result<void> apply_jpeg(ByteReader& in);
  Result<void> apply_photo(ByteReader& in);
  Result<void> apply_video(ByteReader& in);
  Result<void> claim_cells(ByteReader& in, int stream);
  void end_video(int stream);
  Result<Rect> read_area(ByteReader& in);
  Result<void> spend(int64_t count);
  Result<void> touch(const Rect& area);
  void convert_dirty();
};

Result<void> Decoder::State::spend(int64_t count) {
  pixels_left -= count;
  if (pixels_left < 0) return Error{ErrorCode::kTooLarge, "update writes more pixels than any honest one"};
  return {};
}

Result<void> Decoder::State::touch(const Rect& area) {
  TRY(spend(area.area()));
  video.give_back(area);
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
                     size.width);
}

Result<void> Decoder::State::apply_photo(ByteReader& in) {
  const Rect area = TRY(read_area(in));
  const size_t used = TRY(photo.decode(in.rest(), pixels.get(), size.width, size, area));
  in.bytes(used);
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
    case Operation::kVideo: return apply_video(in);
  }
  return {};
}

Result<void> Decoder::State::apply(std::span<const uint8_t> body) {
  dirty.clear();
  packets.clear();
  body_bytes = body.size();
  claims_left = kMaxVideoClaims;
  pixels_left = int64_t{size.width} * size.height * kMaxPicturesPerUpdate;
  ByteReader in(body);
  Result<void> result;
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

Result<Decoder> Decoder::create(Size size) {
  if (size.width < 1 || size.height < 1 || size.width > kMaxSide || size.height > kMaxSide) {
    return Error{ErrorCode::kInvalidArgument, "a picture has 1 to 8192 pixels a side"};
  }
  auto state = std::make_unique<State>(size);
  const size_t count = static_cast<size_t>(size.width) * static_cast<size_t>(size.height);
  state->pixels.reset(new (std::nothrow) uint32_t[count]());
  state->rgba.reset(new (std::nothrow) uint32_t[count]);
  if (state->pixels == nullptr || state->rgba == nullptr) {
    return Error{ErrorCode::kExhausted, "there is not enough memory for a picture of this size"};
  }
  std::fill_n(state->rgba.get(), count, 0xff000000U);
  return Decoder(std::move(state));
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
uint32_t Decoder::tile_hash(uint32_t tile) const {
  return codec::tile_hash(state_->view(), tile);
}

}  // namespace vitrine::codec
