// The decoder's face to the browser. Handles are addresses of Viewer objects; the page passes back only what it was
// given. Nothing is imported: no clock, no output, no randomness.
#include <cstdint>
#include <new>
#include <vector>

#include "codec/dec_decoder.h"

namespace {

// One update body; the wire's kMaxUpdateBody.
constexpr uint32_t kMaxBody = 1 << 20;
// One record of a snapshot: more than a device keeps of one session.
constexpr uint32_t kMaxRecord = 32 << 20;

struct Viewer {
  vitrine::codec::Decoder decoder;
  std::vector<uint8_t> body;
  std::vector<int32_t> dirty;
  std::vector<int32_t> packets;
  std::vector<int32_t> kept;
  std::vector<uint64_t> hashes;
  vitrine::codec::SnapshotMark mark;
  std::vector<uint8_t> record;
};

// Numbers of one packet in vt_video.
constexpr size_t kPacketNumbers = 10;

void append(const vitrine::Rect& area, std::vector<int32_t>& numbers) {
  numbers.insert(numbers.end(), {area.x, area.y, area.width, area.height});
}

}  // namespace

#define VITRINE_EXPORT(name) extern "C" __attribute__((export_name(#name)))

// A handle, or 0 when the size is not allowed or memory is short. The archive takes its memory as it fills.
VITRINE_EXPORT(vt_create) Viewer* vt_create(int32_t width, int32_t height, uint32_t archive_kib) {
  auto decoder = vitrine::codec::Decoder::create({width, height}, vitrine::codec::archive_pixels(archive_kib));
  if (!decoder.ok()) return nullptr;
  return new (std::nothrow) Viewer{decoder.take(), {}, {}, {}, {}, {}, {}, {}};
}

// Starts again for the next link, with the archive as it is; a picture of this size stays until the next vt_apply. 0
// when that cannot be; nothing has changed then.
VITRINE_EXPORT(vt_restart) int32_t vt_restart(Viewer* viewer, int32_t width, int32_t height) {
  return viewer->decoder.restart({width, height}).ok() ? 1 : 0;
}

// How many entries were kept, modulo 2^32, and their checksum; vt_cut_archive forgets those from `kept` on, or gives 0.
VITRINE_EXPORT(vt_kept) uint32_t vt_kept(Viewer* viewer) {
  return static_cast<uint32_t>(viewer->decoder.archive().kept());
}
VITRINE_EXPORT(vt_archive_checksum) uint32_t vt_archive_checksum(Viewer* viewer) {
  return viewer->decoder.archive().checksum();
}
VITRINE_EXPORT(vt_cut_archive) int32_t vt_cut_archive(Viewer* viewer, uint32_t kept) {
  return viewer->decoder.cut_archive_back(kept) ? 1 : 0;
}

// Writes the next record of a snapshot, the first of a new one when `anew`: its length, to be read at vt_record.
VITRINE_EXPORT(vt_save) uint32_t vt_save(Viewer* viewer, int32_t anew) {
  if (anew != 0) viewer->mark = {};
  viewer->record.clear();
  viewer->decoder.save(viewer->mark, viewer->record);
  return static_cast<uint32_t>(viewer->record.size());
}
VITRINE_EXPORT(vt_record) const uint8_t* vt_record(Viewer* viewer) {
  return viewer->record.data();
}
// Gives back the record's memory.
VITRINE_EXPORT(vt_forget_record) void vt_forget_record(Viewer* viewer) {
  viewer->record = {};
}
// Where to write a record to load; 0 when it is too large. vt_load takes it: 0 when it is not one, and then the viewer
// is of no use.
VITRINE_EXPORT(vt_record_input) uint8_t* vt_record_input(Viewer* viewer, uint32_t size) {
  if (size > kMaxRecord) return nullptr;
  viewer->record.resize(size + 1);
  return viewer->record.data();
}
VITRINE_EXPORT(vt_load) int32_t vt_load(Viewer* viewer, uint32_t size) {
  if (size >= viewer->record.size()) return 0;
  return viewer->decoder.load({viewer->record.data(), size}).ok() ? 1 : 0;
}
// All records are loaded: the next vt_save goes on from them.
VITRINE_EXPORT(vt_loaded) void vt_loaded(Viewer* viewer) {
  viewer->record = {};
  viewer->decoder.mark(viewer->mark);
}
VITRINE_EXPORT(vt_width) int32_t vt_width(Viewer* viewer) {
  return viewer->decoder.size().width;
}
VITRINE_EXPORT(vt_height) int32_t vt_height(Viewer* viewer) {
  return viewer->decoder.size().height;
}

VITRINE_EXPORT(vt_destroy) void vt_destroy(Viewer* viewer) {
  delete viewer;
}

// Where to write a body of this size; 0 when it is too large.
VITRINE_EXPORT(vt_input) uint8_t* vt_input(Viewer* viewer, uint32_t size) {
  if (size > kMaxBody) return nullptr;
  if (viewer->body.size() < size || viewer->body.empty()) viewer->body.resize(size + 1);
  return viewer->body.data();
}

// Applies the body; the number of changed rectangles, or -1 when it was malformed.
VITRINE_EXPORT(vt_apply) int32_t vt_apply(Viewer* viewer, uint32_t size) {
  if (size > viewer->body.size()) return -1;
  const bool good = viewer->decoder.apply({viewer->body.data(), size}).ok();
  viewer->dirty.clear();
  for (const vitrine::Rect& area : viewer->decoder.dirty()) {
    append(area, viewer->dirty);
  }
  return good ? static_cast<int32_t>(viewer->dirty.size() / 4) : -1;
}

// Changed rectangles of the last vt_apply: x, y, width, height each.
VITRINE_EXPORT(vt_dirty) const int32_t* vt_dirty(Viewer* viewer) {
  return viewer->dirty.data();
}
// The wide hashes of the first `count` tiles, little-endian; tiles past the last have 0.
VITRINE_EXPORT(vt_wide_hashes) const uint64_t* vt_wide_hashes(Viewer* viewer, uint32_t count) {
  viewer->hashes.resize(count);
  for (uint32_t tile = 0; tile < count; ++tile) viewer->hashes[tile] = viewer->decoder.wide_tile_hash(tile);
  return viewer->hashes.data();
}
VITRINE_EXPORT(vt_pixels) const uint8_t* vt_pixels(Viewer* viewer) {
  return viewer->decoder.rgba();
}
VITRINE_EXPORT(vt_tile_hash) uint32_t vt_tile_hash(Viewer* viewer, uint32_t tile) {
  return viewer->decoder.tile_hash(tile);
}

// Packets of moving pictures in the last body, in order.
VITRINE_EXPORT(vt_video_count) int32_t vt_video_count(Viewer* viewer) {
  return static_cast<int32_t>(viewer->decoder.video_packets().size());
}

// Each packet: stream, codec, flags, x, y, width, height, offset of its bytes in the body, their length, 0.
VITRINE_EXPORT(vt_video) const int32_t* vt_video(Viewer* viewer) {
  viewer->packets.clear();
  viewer->packets.reserve(viewer->decoder.video_packets().size() * kPacketNumbers);
  for (const vitrine::codec::VideoPacket& packet : viewer->decoder.video_packets()) {
    viewer->packets.insert(viewer->packets.end(), {packet.stream, static_cast<int32_t>(packet.codec), packet.flags});
    append(packet.area, viewer->packets);
    viewer->packets.insert(viewer->packets.end(),
                           {static_cast<int32_t>(packet.offset), static_cast<int32_t>(packet.length), 0});
  }
  return viewer->packets.data();
}

// How many rectangles the picture owns of a stream's area, to be read by vt_video_kept_rects; -1 when the stream is not
// there or shows nothing.
VITRINE_EXPORT(vt_video_kept) int32_t vt_video_kept(Viewer* viewer, int32_t stream) {
  viewer->kept.clear();
  const vitrine::codec::VideoAreas& areas = viewer->decoder.video_areas();
  if (stream < 0 || stream >= vitrine::codec::kMaxVideoStreams || !areas.shows_anything(stream)) return -1;
  for (const vitrine::Rect& area : areas.kept(stream)) append(area, viewer->kept);
  return static_cast<int32_t>(viewer->kept.size() / 4);
}

// Rectangles found by the last vt_video_kept: x, y, width, height each, inside the stream's area.
VITRINE_EXPORT(vt_video_kept_rects) const int32_t* vt_video_kept_rects(Viewer* viewer) {
  return viewer->kept.data();
}
