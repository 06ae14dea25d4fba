// Operation 9: which tiles of the picture before a reset stay. The encoder learns from hashes what the viewer still
// shows, and names the tiles that are the desktop's; the decoder proves that it means the same pixels.
//
//     lost  kept  lost  kept ...      runs of tiles, row by row; only the first may be 0
//     check:32le                      of the kept tiles' hashes, in their order
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "codec/bitstream.h"
#include "codec/picture.h"
#include "protocol/base/result.h"

namespace vitrine::codec {

// One flag a tile: 1 stays.
using KeptTiles = std::vector<uint8_t>;

// The tiles of `source` whose wide hash is the one at their place in `hashes`, which may name fewer tiles or more.
[[nodiscard]] KeptTiles find_kept_tiles(const PictureView& source, std::span<const uint64_t> hashes);

// After the operation's code. `picture` shows the kept tiles as they are to be.
void write_restore(const PictureView& picture, const KeptTiles& kept, ByteWriter& out);
// The tiles that stay, once the check has shown that `picture` has them. Errors: malformed.
[[nodiscard]] Result<KeptTiles> read_restore(const PictureView& picture, ByteReader& in);

// Flags alone, as the lengths of runs; the first is of 0 and only it may be empty. Errors: malformed.
void write_tile_runs(const KeptTiles& flags, ByteWriter& out);
[[nodiscard]] Result<KeptTiles> read_tile_runs(ByteReader& in, uint32_t tiles);

// The pixels of a run of equal flags within one row of tiles, which begins at `tile`; `tile` moves behind it.
[[nodiscard]] Rect next_tile_run(Size picture, const KeptTiles& kept, uint32_t& tile);

}  // namespace vitrine::codec
