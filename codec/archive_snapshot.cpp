#include "codec/archive_snapshot.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <new>
#include <utility>

#include "codec/restore.h"
#include "codec/tile_hash.h"

namespace vitrine::codec {
namespace {

constexpr uint8_t kVersion = 1;
constexpr uint8_t kNewPicture = 1;
constexpr uint8_t kNewArchive = 2;
constexpr int kMaxSide = 8192;  // as the wire's limit for a screen

// No archive counts further; from there on numbers do not wrap round.
constexpr uint64_t kMaxFirst = uint64_t{1} << 53;

// How pixels come: a number of 4 times (how many less 1) and one of these.
enum Kind : uint8_t {
  kLeft = 0,     // as the pixel before; black before the first
  kAbove = 1,    // as the pixel a row before
  kRecent = 2,   // colours of the table, a byte each
  kLiteral = 3,  // red, green, blue each, which enter the table
};
// A shorter run costs more than it saves.
constexpr size_t kLeastRun = 4;

class RecentColours {
 public:
  static uint8_t slot(uint32_t colour) { return static_cast<uint8_t>(colour * 0x9e3779b1U >> 24); }
  [[nodiscard]] bool has(uint32_t colour) const { return table_[slot(colour)] == colour; }
  void put(uint32_t colour) { table_[slot(colour)] = colour; }
  [[nodiscard]] uint32_t at(uint8_t slot) const { return table_[slot]; }

 private:
  std::array<uint32_t, 256> table_{};
};

class PixelWriter {
 public:
  PixelWriter(const PictureView& picture, const Rect& area, ByteWriter& out)
      : out_(out), width_(static_cast<size_t>(area.width)) {
    pixels_.reserve(static_cast<size_t>(area.area()));
    for (int y = area.y; y < area.bottom(); ++y) {
      const uint32_t* row = picture.row(y) + area.x;
      for (int x = 0; x < area.width; ++x) pixels_.push_back(row[x] & kColourMask);
    }
  }

  void write() {
    for (size_t at = 0; at < pixels_.size();) {
      const size_t left = run(at, kLeft, pixels_.size());
      const size_t above = run(at, kAbove, pixels_.size());
      if (std::max(left, above) >= kLeastRun) {
        const Kind kind = above > left ? kAbove : kLeft;
        at += token(kind, std::max(left, above));
      } else {
        at += write_colours(at);
      }
    }
  }

 private:
  // How many pixels from `at` on, at most `most`, are what `kind` says.
  [[nodiscard]] size_t run(size_t at, Kind kind, size_t most) const {
    const size_t back = kind == kLeft ? 1 : width_;
    if (kind == kAbove && at < back) return 0;
    const size_t end = std::min(pixels_.size(), at + most);
    size_t i = at;
    if (i == 0 && i < end && pixels_[i] == 0) ++i;
    if (i == 0) return 0;
    while (i < end && pixels_[i] == pixels_[i - back]) ++i;
    return i - at;
  }
  [[nodiscard]] bool begins_run(size_t at) const {
    return run(at, kLeft, kLeastRun) == kLeastRun || run(at, kAbove, kLeastRun) == kLeastRun;
  }
  size_t token(Kind kind, size_t count) {
    out_.varint(static_cast<uint32_t>(count - 1) << 2 | kind);
    return count;
  }
  size_t write_colours(size_t at) {
    const bool recent = recent_.has(pixels_[at]);
    size_t end = at;
    do {
      // A literal is in the table for the next pixel already.
      if (!recent) recent_.put(pixels_[end]);
      ++end;
    } while (end < pixels_.size() && recent_.has(pixels_[end]) == recent && !begins_run(end));
    token(recent ? kRecent : kLiteral, end - at);
    for (size_t i = at; i < end; ++i) {
      if (recent) {
        out_.byte(RecentColours::slot(pixels_[i]));
      } else {
        out_.colour(pixels_[i]);
      }
    }
    return end - at;
  }

  ByteWriter& out_;
  size_t width_;
  std::vector<uint32_t> pixels_;
  RecentColours recent_;
};

// `count` pixels of rows of `width`.
Result<void> read_pixels(ByteReader& in, size_t width, size_t count, uint32_t* pixels) {
  RecentColours recent;
  for (size_t at = 0; at < count;) {
    const uint32_t token = in.varint();
    const auto kind = static_cast<Kind>(token & 3);
    const size_t end = at + (token >> 2) + 1;
    if (in.failed() || end > count || (kind == kAbove && at < width)) {
      return Error{ErrorCode::kMalformed, "a snapshot's pixels go beyond their area or end early"};
    }
    switch (kind) {
      case kLeft: std::fill(pixels + at, pixels + end, at == 0 ? 0 : pixels[at - 1]); break;
      case kAbove:
        for (size_t i = at; i < end; ++i) pixels[i] = pixels[i - width];
        break;
      case kRecent:
        for (const uint8_t slot : in.bytes(end - at)) pixels[at++] = recent.at(slot);
        break;
      case kLiteral:
        for (size_t i = at; i < end && !in.failed(); ++i) recent.put(pixels[i] = in.colour());
        break;
    }
    if (in.failed()) return Error{ErrorCode::kMalformed, "a snapshot's pixels are cut short"};
    at = end;
  }
  return {};
}

// Whether the archive goes on from where the mark is.
bool goes_on(const Archive& archive, const SnapshotMark& mark) {
  return mark.capacity == archive.capacity() && mark.kept >= archive.oldest() && mark.kept <= archive.kept() &&
         archive.checksum_before(mark.kept) == mark.checksum;
}

void write_entries(const Archive& archive, uint64_t from, ByteWriter& out) {
  out.varint(static_cast<uint32_t>(archive.kept() - from));
  for (uint64_t number = from; number < archive.kept(); ++number) {
    const ArchiveEntry& entry = archive.entry(number);
    out.rect(entry.place);
    PixelWriter(entry.view(), {0, 0, entry.place.width, entry.place.height}, out).write();
  }
}

void write_tiles(const PictureView& picture, const KeptTiles& changed, ByteWriter& out) {
  write_tile_runs(changed, out);
  for (uint32_t tile = 0; tile < changed.size();) {
    const bool writes = changed[tile] != 0;
    const Rect area = next_tile_run({picture.width, picture.height}, changed, tile);
    if (writes) PixelWriter(picture, area, out).write();
  }
}

}  // namespace

void mark_snapshot(const PictureView& picture, const Archive& archive, SnapshotMark& mark) {
  mark.size = {picture.width, picture.height};
  mark.tiles.resize(tile_count(mark.size));
  for (uint32_t tile = 0; tile < mark.tiles.size(); ++tile) mark.tiles[tile] = wide_tile_hash(picture, tile);
  mark.capacity = archive.capacity();
  mark.kept = archive.kept();
  mark.checksum = archive.checksum();
}

void write_snapshot(const PictureView& picture, const Archive& archive, SnapshotMark& mark, std::vector<uint8_t>& out) {
  ByteWriter writer(out);
  const Size size{picture.width, picture.height};
  const bool new_picture = mark.size != size;
  const bool new_archive = new_picture || !goes_on(archive, mark);
  writer.byte(kVersion);
  writer.byte(static_cast<uint8_t>((new_picture ? kNewPicture : 0) | (new_archive ? kNewArchive : 0)));
  writer.number(size.width);
  writer.number(size.height);
  const uint64_t from = new_archive ? archive.oldest() : mark.kept;
  if (new_archive) {
    writer.varint(static_cast<uint32_t>(archive.capacity()));
    writer.varint(static_cast<uint32_t>(from));
    writer.varint(static_cast<uint32_t>(from >> 32));
    writer.varint(archive.checksum_before(from));
  }
  write_entries(archive, from, writer);

  const std::vector<uint64_t> before = std::move(mark.tiles);
  mark_snapshot(picture, archive, mark);
  KeptTiles changed(mark.tiles.size(), 1);
  for (size_t tile = 0; tile < changed.size() && !new_picture; ++tile) {
    if (before[tile] == mark.tiles[tile]) changed[tile] = 0;
  }
  write_tiles(picture, changed, writer);
}

Result<SnapshotHead> read_snapshot_head(ByteReader& in) {
  const uint8_t version = in.byte();
  const uint8_t flags = in.byte();
  const uint32_t width = in.varint();
  const uint32_t height = in.varint();
  if (in.failed() || version != kVersion || flags > (kNewPicture | kNewArchive)) {
    return Error{ErrorCode::kMalformed, "not a snapshot of this version"};
  }
  if (width < 1 || height < 1 || width > kMaxSide || height > kMaxSide) {
    return Error{ErrorCode::kMalformed, "a snapshot has 1 to 8192 pixels a side"};
  }
  const bool new_picture = (flags & kNewPicture) != 0;
  return SnapshotHead{new_picture, (flags & kNewArchive) != 0, {static_cast<int>(width), static_cast<int>(height)}};
}

Result<void> read_snapshot_archive(ByteReader& in, const SnapshotHead& head, int64_t most_pixels, Archive& archive) {
  if (head.new_archive) {
    const int64_t capacity = in.varint();
    const uint64_t low = in.varint();
    const uint64_t first = uint64_t{in.varint()} << 32 | low;
    const uint32_t before = in.varint();
    if (in.failed() || capacity > most_pixels || first > kMaxFirst) {
      return Error{ErrorCode::kMalformed, "a snapshot opens an archive that may not be"};
    }
    archive.resume(capacity, first, before);
  }
  const uint32_t count = in.varint();
  int64_t left = archive.capacity();
  for (uint32_t i = 0; i < count; ++i) {
    const Rect place = in.rect({kMaxSide, kMaxSide});
    if (in.failed()) return Error{ErrorCode::kMalformed, "a snapshot's entry lies nowhere"};
    // An honest one has no more than there is room for, which bounds the time as well.
    left -= place.area() + kEntryCost;
    if (left < 0) return Error{ErrorCode::kTooLarge, "a snapshot has more entries than its archive holds"};
    const auto pixels = static_cast<size_t>(place.area());
    std::unique_ptr<uint32_t[]> content(new (std::nothrow) uint32_t[pixels]);
    if (content == nullptr) return Error{ErrorCode::kExhausted, "there is not enough memory for the archive"};
    TRY(read_pixels(in, static_cast<size_t>(place.width), pixels, content.get()));
    TRY(archive.put(place, std::move(content)));
  }
  if (in.failed()) return Error{ErrorCode::kMalformed, "a snapshot is cut short"};
  return {};
}

Result<std::vector<Rect>> read_snapshot_picture(ByteReader& in, Size size, uint32_t* pixels) {
  const KeptTiles changed = TRY(read_tile_runs(in, tile_count(size)));
  std::vector<Rect> areas;
  std::vector<uint32_t> content;
  for (uint32_t tile = 0; tile < changed.size();) {
    const bool reads = changed[tile] != 0;
    const Rect area = next_tile_run(size, changed, tile);
    if (!reads) continue;
    content.resize(static_cast<size_t>(area.area()));
    TRY(read_pixels(in, static_cast<size_t>(area.width), content.size(), content.data()));
    for (int y = 0; y < area.height; ++y) {
      std::memcpy(pixels + static_cast<int64_t>(area.y + y) * size.width + area.x,
                  content.data() + static_cast<size_t>(y) * area.width,
                  static_cast<size_t>(area.width) * sizeof(uint32_t));
    }
    areas.push_back(area);
  }
  if (!in.at_end() || in.failed()) return Error{ErrorCode::kMalformed, "a snapshot goes on after its end"};
  return areas;
}

}  // namespace vitrine::codec
