#include "codec/restore.h"

#include <algorithm>

#include "codec/tile_hash.h"

namespace vitrine::codec {
namespace {

uint32_t check_of(const PictureView& picture, const KeptTiles& kept) {
  uint32_t check = 0;
  for (uint32_t tile = 0; tile < kept.size(); ++tile) {
    if (kept[tile] != 0) check = (check ^ tile_hash(picture, tile)) * kOtherTilePrime + 1;
  }
  return check;
}

}  // namespace

KeptTiles find_kept_tiles(const PictureView& source, std::span<const uint64_t> hashes) {
  KeptTiles kept(tile_count({source.width, source.height}), 0);
  const auto known = static_cast<uint32_t>(std::min(kept.size(), hashes.size()));
  for (uint32_t tile = 0; tile < known; ++tile) kept[tile] = wide_tile_hash(source, tile) == hashes[tile] ? 1 : 0;
  return kept;
}

void write_tile_runs(const KeptTiles& flags, ByteWriter& out) {
  uint8_t flag = 0;
  for (auto at = flags.begin(); at != flags.end(); flag ^= 1) {
    const auto end = std::find(at, flags.end(), flag ^ 1);
    out.varint(static_cast<uint32_t>(end - at));
    at = end;
  }
}

void write_restore(const PictureView& picture, const KeptTiles& kept, ByteWriter& out) {
  write_tile_runs(kept, out);
  const uint32_t check = check_of(picture, kept);
  for (int shift = 0; shift < 32; shift += 8) out.byte(static_cast<uint8_t>(check >> shift));
}

Result<KeptTiles> read_tile_runs(ByteReader& in, uint32_t tiles) {
  KeptTiles kept;
  kept.reserve(tiles);
  uint8_t flag = 0;
  while (kept.size() < tiles) {
    const uint32_t run = in.varint();
    const bool first = kept.empty() && flag == 0;
    if (in.failed() || (run == 0 && !first) || run > tiles - kept.size()) {
      return Error{ErrorCode::kMalformed, "tiles are named outside the picture"};
    }
    kept.insert(kept.end(), run, flag);
    flag ^= 1;
  }
  return kept;
}

Result<KeptTiles> read_restore(const PictureView& picture, ByteReader& in) {
  KeptTiles kept = TRY(read_tile_runs(in, tile_count({picture.width, picture.height})));
  uint32_t check = 0;
  for (int shift = 0; shift < 32; shift += 8) check |= uint32_t{in.byte()} << shift;
  if (in.failed()) return Error{ErrorCode::kMalformed, "update is cut short"};
  if (check != check_of(picture, kept)) {
    return Error{ErrorCode::kMalformed, "update restores another picture than the one that is held"};
  }
  return kept;
}

Rect next_tile_run(Size picture, const KeptTiles& kept, uint32_t& tile) {
  const auto columns = static_cast<uint32_t>((picture.width + kTileSide - 1) / kTileSide);
  const uint32_t row_end = (tile / columns + 1) * columns;
  const uint32_t begin = tile;
  while (tile < row_end && kept[tile] == kept[begin]) ++tile;
  const Rect area{static_cast<int>(begin % columns) * kTileSide, static_cast<int>(begin / columns) * kTileSide,
                  static_cast<int>(tile - begin) * kTileSide, kTileSide};
  return intersect(area, {0, 0, picture.width, picture.height});
}

}  // namespace vitrine::codec
