#include "bench/codec/peers/peer_replay.h"

#include <algorithm>
#include <array>

#include "bench/codec/frames.h"
#include "bench/codec/peers/picture_coder.h"
#include "bench/codec/peers/video_coder.h"
#include "codec/enc_diff.h"
#include "codec/tile_set.h"

namespace vitrine::codec {
namespace {

std::vector<Rect> changed_rectangles(const Picture& frame, const Picture& previous, bool first) {
  if (first) return {frame.bounds()};
  const CellGrid grid{frame.size(), kTileSide};
  TileSet tiles(grid);
  for (const Rect& tile : changed_tiles(frame, previous)) tiles.insert(tile.x / kTileSide, tile.y / kTileSide);
  std::vector<Rect> rectangles;
  for (const Rect& cells : tiles.rectangles()) {
    rectangles.push_back(tighten(frame.view(), previous.view(), grid.pixels_of(cells)));
  }
  return rectangles;
}

template <const PictureCoding& kCoding>
Result<std::unique_ptr<FrameCoder>> picture_coder(Size) {
  return make_picture_coder(kCoding);
}

}  // namespace

std::span<const Peer> peers() {
  static const std::array kPeers = {
      Peer{"png-1", true, picture_coder<kPngLevel1>},
      Peer{"png-6", true, picture_coder<kPngLevel6>},
      Peer{"webp-0", true, picture_coder<kWebpLevel0>},
      Peer{"webp-3", true, picture_coder<kWebpLevel3>},
      Peer{"qoi+zstd-1", true, picture_coder<kQoiZstd>},
      Peer{"x264-lossless", true, make_x264_lossless_coder},
      Peer{"x264", false, make_x264_coder},
      Peer{"vp9", false, make_vp9_coder},
  };
  return kPeers;
}

Result<Figures> replay_peer(const Peer& peer, const std::string& file, Size size, int frames) {
  FrameFile in = TRY(FrameFile::open(file, size));
  const std::unique_ptr<FrameCoder> coder = TRY(peer.create(size));
  Picture frame(size);
  Picture previous(size);
  Picture shown(size);
  Figures figures;
  figures.file = file;
  figures.coder = peer.name;
  std::vector<uint8_t> body;
  for (; (frames == 0 || figures.frames < frames) && TRY(in.read(frame)); ++figures.frames) {
    const bool first = figures.frames == 0;
    const std::vector<Rect> changed = changed_rectangles(frame, previous, first);
    if (!changed.empty()) {
      body.clear();
      const double start = cpu_ms();
      figures.coded_pixels += TRY(coder->encode(frame, changed, body));
      const double encoded = cpu_ms();
      TRY(coder->decode(body, shown));
      const double decoded = cpu_ms();
      figures.add(first, body.size(), encoded - start, decoded - encoded);
      figures.by_coding[peer.name] += body.size();
    }
    figures.exact = figures.exact && same_colours(shown.view(), frame.view());
    figures.psnr_min_db = std::min(figures.psnr_min_db, psnr(shown.view(), frame.view()));
    std::swap(frame, previous);
  }
  if (peer.lossless && !figures.exact) {
    return Error{ErrorCode::kInternal, file + ": " + peer.name + " did not give the same picture back"};
  }
  return figures;
}

}  // namespace vitrine::codec
