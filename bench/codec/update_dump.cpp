#include "bench/codec/update_dump.h"

namespace vitrine::codec {

uint32_t picture_hash(const Decoder& decoder) {
  constexpr uint32_t kPrime = 0x9e3779b1;
  const auto tiles_along = [](int side) { return static_cast<uint32_t>((side + kTileSide - 1) / kTileSide); };
  const uint32_t count = tiles_along(decoder.size().width) * tiles_along(decoder.size().height);
  uint32_t hash = count;
  for (uint32_t tile = 0; tile < count; ++tile) hash = (hash ^ decoder.tile_hash(tile)) * kPrime;
  return hash;
}

UpdateDump::UpdateDump(std::string path) : path_(std::move(path)), out_(path_, std::ios::binary | std::ios::trunc) {}

Result<UpdateDump> UpdateDump::create(const std::string& path) {
  UpdateDump dump(path);
  if (!dump.out_) return Error{ErrorCode::kIo, path + ": cannot be written"};
  return dump;
}

void UpdateDump::words(std::initializer_list<uint32_t> values) {
  for (const uint32_t value : values) {
    for (int shift = 0; shift < 32; shift += 8) out_.put(static_cast<char>(value >> shift));
  }
}

void UpdateDump::screen(const std::string& name, Size size) {
  words(
      {'S', static_cast<uint32_t>(size.width), static_cast<uint32_t>(size.height), static_cast<uint32_t>(name.size())});
  out_.write(name.data(), static_cast<std::streamsize>(name.size()));
}

void UpdateDump::update(std::span<const uint8_t> body, int64_t changed_pixels, const Decoder& decoder) {
  words({'U', static_cast<uint32_t>(changed_pixels), picture_hash(decoder), static_cast<uint32_t>(body.size())});
  out_.write(reinterpret_cast<const char*>(body.data()), static_cast<std::streamsize>(body.size()));
}

Result<void> UpdateDump::close() {
  out_.close();
  if (!out_) return Error{ErrorCode::kIo, path_ + ": could not be written whole"};
  return {};
}

}  // namespace vitrine::codec
