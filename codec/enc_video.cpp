#include "codec/enc_video.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "codec/bitstream.h"
#include "codec/enc_diff.h"
#include "protocol/base/check.h"

namespace vitrine::codec {
namespace {

// Streams at once: a film and another one beside it. More of them slow each other down.
constexpr int kMostStreams = 2;
// What every decoder in a browser can do (H.264 level 5.1).
constexpr int64_t kLargestStream = int64_t{4096} * 2304;
// Neighbours have to move this long before a stream takes them in by a new key frame.
constexpr Micros kMotionToGrow = 500 * kMillisecond;
// How often a stream's area is compared with what moves; it follows when no more than half of it does.
constexpr Micros kFitEvery = kSecond;
constexpr int64_t kFitShare = 2;
// A patch of crisp cells in sustained motion this large is a cartoon or a screencast; a smaller one is cheap exactly.
constexpr int64_t kCrispPatch = 48;
// A crisp cell in sustained motion with this many neighbours in the film, of eight, is part of it.
constexpr int64_t kCrispNeighbours = 5;
// One that only now became crisp is part of the film with this many: films have hard edges and even patches. Should it
// be a letter, it is exact when it has stood still for a moment.
constexpr int64_t kLoneNeighbours = 6;
// Steps of green between neighbours that letters have and films seldom within a few pixels.
constexpr int kSharpStep = 64;
// New cells shown in part by one frame; beyond, cells are shown whole.
constexpr int kMostParts = kMaxVideoPartCells / 4;
// A packet has to fit into the wire's 1 MiB together with what a body may hold before its last piece.
constexpr size_t kMostPacket = 512 * 1024;
// Even a slow link gets a film, as far as it goes; its quality then falls.
constexpr double kLeastRate = 20e3;

// Whether a strip beside a film looks like text or interface: most pixels equal a neighbour in the strip, or there are
// sharp edges; thin strips of text have too few equal neighbours.
bool is_drawn(const PictureView& picture, const Rect& strip) {
  int compared = 0;
  int equal = 0;
  bool sharp = false;
  for (int y = strip.y; y < strip.bottom(); ++y) {
    const uint32_t* row = picture.row(y);
    for (int x = strip.x; x < strip.right(); ++x) {
      const bool has_left = x > strip.x;
      const bool has_upper = y > strip.y;
      const uint32_t left = has_left ? (row[x] ^ row[x - 1]) & kColourMask : kColourMask;
      const uint32_t upper = has_upper ? (row[x] ^ picture.row(y - 1)[x]) & kColourMask : kColourMask;
      compared += has_left || has_upper ? 1 : 0;
      equal += left == 0 || upper == 0 ? 1 : 0;
      const auto steep = [](uint32_t a, uint32_t b) {
        return std::abs(static_cast<int>(a >> 8 & 255) - static_cast<int>(b >> 8 & 255)) > kSharpStep;
      };
      sharp = sharp || (has_left && steep(row[x], row[x - 1])) || (has_upper && steep(row[x], picture.row(y - 1)[x]));
    }
  }
  return sharp || equal * 2 >= compared;
}

}  // namespace

VideoLayer::VideoLayer(Size size, VideoOptions options)
    : grid_{size, kVideoCellSide}, options_(std::move(options)), areas_(size), none_(grid_), frames_(grid_) {
  if (!enabled()) return;
  marked_ = none_;
  claims_ = none_;
  crisp_ = none_;
  parts_.resize(static_cast<size_t>(grid_.columns()) * grid_.rows());
  moving_.emplace_back(grid_);
}

// --- what differs ------------------------------------------------------------------------------------------------

void VideoLayer::keep_differing(const PictureView& source, const PictureView& painted, TileSet& cells) const {
  if (!shows_anything()) return codec::keep_differing(source, painted, cells);
  TileSet film = cells;
  film &= areas_.shown();
  cells -= film;
  codec::keep_differing(source, painted, cells);
  TileSet parts(grid_);
  film.for_each([&](int x, int y) {
    const Rect cell = grid_.pixels_of({x, y, 1, 1});
    const Rect part = areas_.part(x, y);
    if (part == cell) return;
    film.erase(x, y);
    bool differs = !tighten_cell(source, filmed_.view(), part).empty();
    for (const Rect& strip : around(cell, part)) {
      differs = differs || (!strip.empty() && !tighten_cell(source, painted, strip).empty());
    }
    if (differs) parts.insert(x, y);
  });
  codec::keep_differing(source, filmed_.view(), film);
  cells |= film;
  cells |= parts;
}

TileSet VideoLayer::inside(const TileSet& cells) const {
  TileSet result(grid_);
  for (const Stream& stream : streams_) {
    if (stream.encoder != nullptr) result.insert(grid_.cells_of(stream.area));
  }
  result &= cells;
  return result;
}

// Pixels of the cell that differ from what was last sent.
Rect VideoLayer::changed_part(const Scene& scene, int x, int y) const {
  const Rect cell = grid_.pixels_of({x, y, 1, 1});
  if (!shown_at(x, y)) return tighten_cell(scene.source, scene.painted, cell);
  const Rect part = areas_.part(x, y);
  Rect changed = tighten_cell(scene.source, filmed_.view(), part);
  for (const Rect& strip : around(cell, part)) {
    if (!strip.empty()) changed = bounding(changed, tighten_cell(scene.source, scene.painted, strip));
  }
  return changed;
}

// --- which cells a frame brings ------------------------------------------------------------------------------------

bool VideoLayer::is_crisp(const Scene& scene, int x, int y) const {
  // Without the hysteresis of classes: what was a film until now may be covered by text.
  if (scene.classes.picture.test(x, y) && !scene.classes.textlike.test(x, y)) return false;
  return !is_soft_gradient(scene.source, grid_.pixels_of({x, y, 1, 1}));
}

// Crisp cells in sustained motion that belong to a film: large patches, and what films enclose. The others are text
// that changes often, and stay exact.
TileSet VideoLayer::crisp_cells_for_frames(const Scene& scene, const TileSet& crisp) const {
  TileSet sustained(grid_);
  crisp.for_each([&](int x, int y) {
    if (moving_[0].sustained_crisp(x, y, scene.now)) sustained.insert(x, y);
  });
  TileSet taken = large_patches(sustained, static_cast<int>(kCrispPatch), grid_);
  TileSet film = shown();
  film -= crisp;
  film |= frames_;
  TileSet rest = crisp;
  rest -= taken;
  rest.for_each([&](int x, int y) {
    const Rect near = intersect({x - 1, y - 1, 3, 3}, {0, 0, grid_.columns(), grid_.rows()});
    if (film.count(near) >= (sustained.test(x, y) ? kCrispNeighbours : kLoneNeighbours)) taken.insert(x, y);
  });
  return taken;
}

void VideoLayer::route(const Scene& scene, TileSet& missing) {
  TileSet crisp(grid_);
  inside(missing).for_each([&](int x, int y) {
    if (is_crisp(scene, x, y)) {
      crisp.insert(x, y);
      return;
    }
    crisp_.erase(x, y);
    route_cell(scene, x, y);
  });
  crisp_cells_for_frames(scene, crisp).for_each([&](int x, int y) {
    crisp_.insert(x, y);
    route_cell(scene, x, y);
  });
  missing -= frames_;
}

void VideoLayer::request(const Scene& scene, int x, int y, const Rect& part) {
  claims_.insert(x, y);
  part_of(x, y) = part;
  requested_parts_ += part == grid_.pixels_of({x, y, 1, 1}) ? 0 : 1;
  // What stays the picture's may be stale where a frame showed all of the cell, or lossy.
  const bool exact = !shown_at(x, y) && !scene.lossy.test(x, y);
  for (const Rect& strip : around(grid_.pixels_of({x, y, 1, 1}), part)) {
    if (!exact && !strip.empty()) strips_.push_back(strip);
  }
}

void VideoLayer::route_cell(const Scene& scene, int x, int y) {
  const Rect cell = grid_.pixels_of({x, y, 1, 1});
  const bool was_shown = shown_at(x, y);
  const Rect shown_part = was_shown ? areas_.part(x, y) : Rect{};
  const auto textlike_around = [&](const Rect& part) {
    for (const Rect& strip : around(cell, part)) {
      if (!strip.empty() && !is_drawn(scene.source, strip)) return false;
    }
    return true;
  };
  Rect part = cell;
  if (was_shown && shown_part != cell) {
    // What changed beside the part is painted, unless the film has grown into it.
    const Rect before = moving_[0].earlier_extent(x, y);
    const bool grown = bounding(before, shown_part) != shown_part;
    part = !grown && textlike_around(shown_part) ? shown_part : cell;
    if (part == shown_part) {
      for (const Rect& strip : around(cell, part)) {
        const Rect changed = strip.empty() ? Rect{} : tighten_cell(scene.source, scene.painted, strip);
        if (!changed.empty()) strips_.push_back(changed);
      }
    }
  } else if ((!was_shown || moving_[0].sustained(x, y, scene.now)) && requested_parts_ < kMostParts) {
    Rect extent = moving_[0].extent(x, y);
    if (extent != cell) extent = bounding(extent, changed_part(scene, x, y));
    if (!extent.empty() && extent != cell && textlike_around(extent)) part = extent;
  }
  if (part != shown_part) request(scene, x, y, part);
  frames_.insert(x, y);
}

std::vector<Rect> VideoLayer::take_strips() {
  std::vector<Rect> strips = std::exchange(strips_, {});
  join_rects(strips);
  return strips;
}

void VideoLayer::skip(TileSet& missing) {
  if (!enabled()) return;
  missing |= frames_;
  frames_.clear();
  claims_.clear();
  strips_.clear();
  requested_parts_ = 0;
}

// --- activity, and the streams -------------------------------------------------------------------------------------

void VideoLayer::note(const Scene& scene, const TileSet& missing, const std::vector<Motion>& motions) {
  TileSet changed = missing;
  changed |= frames_;
  changed &= marked_;
  marked_.clear();
  for (const Motion& moved : motions) {
    Rect all;
    for (const Rect& area : moved.areas) all = bounding(all, area);
    // What a scroll or a drag uncovers lies where the moved content came from.
    changed.erase(grid_.cells_of(all));
    changed.erase(grid_.cells_of({all.x - moved.dx, all.y - moved.dy, all.width, all.height}));
  }
  changed.for_each([&](int x, int y) {
    Rect part;
    if (moving_[0].wants_extent(x, y)) part = changed_part(scene, x, y);
    moving_[0].note(x, y, part, is_crisp(scene, x, y), scene.now);
  });
}

Rect VideoLayer::stream_area(const Rect& cells) const {
  Rect area = grid_.pixels_of(cells);
  area.width &= ~1;
  area.height &= ~1;
  return area;
}

bool VideoLayer::may_start(const Rect& cells) const {
  if (stream_area(cells).area() > kLargestStream) return false;
  return std::none_of(streams_.begin(), streams_.end(), [&](const Stream& other) {
    return other.encoder != nullptr && !intersect(grid_.cells_of(other.area), cells).empty();
  });
}

void VideoLayer::start(const Rect& cells, Micros now, double bytes_per_s) {
  const auto end = streams_.begin() + kMostStreams;
  const auto stream = std::find_if(streams_.begin(), end, [](const Stream& one) { return one.encoder == nullptr; });
  if (stream != end) resize(*stream, cells, now, bytes_per_s);
}

// Gives a stream another area, or its first.
bool VideoLayer::resize(Stream& stream, const Rect& cells, Micros now, double bytes_per_s) {
  const Rect area = stream_area(cells);
  auto made = options_.make(options_.codec, {area.width, area.height}, std::max(bytes_per_s, kLeastRate));
  if (!made.ok()) {
    // It will not become better by asking again with every frame.
    failed_ = true;
    return false;
  }
  stream = {.encoder = made.take(), .area = area, .key = true, .frame_at = now, .fitted_at = now};
  if (filmed_.size() != grid_.picture) filmed_ = Picture(grid_.picture);
  return true;
}

bool VideoLayer::fit(Stream& stream, const std::vector<Rect>& patches, Micros now, double bytes_per_s) {
  const Rect cells = grid_.cells_of(stream.area);
  Rect moving;
  for (const Rect& patch : patches) {
    if (!intersect(patch, cells).empty()) moving = bounding(moving, patch);
  }
  Rect wanted = bounding(cells, moving);
  if (wanted == cells) {
    if (moving.empty() || now - stream.fitted_at < kFitEvery) return false;
    stream.fitted_at = now;
    if (moving.area() * kFitShare > cells.area()) return false;
    wanted = moving;
  }
  // A stream does not grow over another one, nor leave behind what it shows.
  const auto in_the_way = [&](const Stream& other) {
    return other.encoder != nullptr && &other != &stream && !intersect(grid_.cells_of(other.area), wanted).empty();
  };
  if (std::any_of(streams_.begin(), streams_.end(), in_the_way)) return false;
  if (stream_area(wanted).area() > kLargestStream || stream_area(wanted) == stream.area) return false;
  if (shown().count(cells) > shown().count(intersect(wanted, cells))) return false;
  return resize(stream, wanted, now, bytes_per_s);
}

bool VideoLayer::plan(Micros now, double bytes_per_s) {
  if (failed_) return false;
  bool news = false;
  const std::vector<Rect> patches = moving_[0].patches(kSustainedMotion, now);
  if (patches.empty()) return false;
  const std::vector<Rect> lasting = moving_[0].patches(kMotionToGrow, now);
  for (Stream& stream : streams_) {
    if (stream.encoder != nullptr) news = fit(stream, lasting, now, bytes_per_s) || news;
  }
  for (const Rect& patch : patches) {
    if (!may_start(patch)) continue;
    start(patch, now, bytes_per_s);
    news = true;
  }
  return news;
}

void VideoLayer::end(size_t index, std::vector<uint8_t>& body) {
  const auto stream = static_cast<int>(index);
  if (areas_.live(stream)) {
    ByteWriter out(body);
    out.operation(Operation::kVideo);
    out.number(stream);
    out.byte(kVideoEnd);
    areas_.end(stream);
  }
  streams_[index] = {};
  const bool last = std::none_of(streams_.begin(), streams_.end(), [](const Stream& one) { return bool{one.encoder}; });
  if (last) filmed_ = Picture();
}

void VideoLayer::end_idle(Micros now, std::vector<uint8_t>& body) {
  for (size_t i = 0; i < streams_.size(); ++i) {
    const Stream& stream = streams_[i];
    if (stream.encoder == nullptr || now - stream.frame_at < kSustainedMotion) continue;
    if (shown().count(grid_.cells_of(stream.area)) == 0) end(i, body);
  }
}

TileSet VideoLayer::drop_all() {
  const TileSet were_shown = shown();
  std::vector<uint8_t> unsaid;
  for (size_t i = 0; i < streams_.size(); ++i) end(i, unsaid);
  return were_shown;
}

// --- frames --------------------------------------------------------------------------------------------------------

int64_t VideoLayer::encode(const Scene& scene, double bytes_per_s, std::vector<uint8_t>& body, TileSet& lost) {
  int64_t pixels = 0;
  const auto wants_frame = [&](const Stream& stream) {
    return stream.encoder != nullptr && frames_.count(grid_.cells_of(stream.area)) > 0;
  };
  for (const Stream& stream : streams_) {
    if (wants_frame(stream)) pixels += stream.area.area();
  }
  for (size_t i = 0; i < streams_.size(); ++i) {
    Stream& stream = streams_[i];
    if (!wants_frame(stream)) continue;
    const double share = static_cast<double>(stream.area.area()) / static_cast<double>(pixels);
    if (encode_stream(i, scene, std::max(kLeastRate, bytes_per_s * share), body).ok()) continue;
    failed_ = true;
    const Rect cells = grid_.cells_of(stream.area);
    TileSet gone(grid_);
    gone.insert(cells);
    TileSet shown_or_waiting = shown();
    shown_or_waiting |= frames_;
    gone &= shown_or_waiting;
    lost |= gone;
    end(i, body);
  }
  frames_.clear();
  claims_.clear();
  strips_.clear();
  requested_parts_ = 0;
  return pixels;
}

// Adds to claims_ what the frame has to claim besides what route() asked for.
void VideoLayer::complete_claims(const Stream& stream, bool fresh) {
  const Rect cells = grid_.cells_of(stream.area);
  for (int y = cells.y; y < cells.bottom(); ++y) {
    for (int x = cells.x; x < cells.right(); ++x) {
      if (claims_.test(x, y)) continue;
      if (shown().test(x, y)) {
        if (!fresh) continue;
        part_of(x, y) = areas_.part(x, y);  // a key forgets what was shown
      } else if (frames_.test(x, y)) {
        part_of(x, y) = grid_.pixels_of({x, y, 1, 1});  // something painted over it since
      } else {
        continue;
      }
      claims_.insert(x, y);
    }
  }
}

std::vector<Rect> VideoLayer::take_claims(const Stream& stream) {
  const Rect cells = grid_.cells_of(stream.area);
  TileSet whole(grid_);
  std::vector<Rect> parts;
  for (int y = cells.y; y < cells.bottom(); ++y) {
    for (int x = cells.x; x < cells.right(); ++x) {
      if (!claims_.test(x, y)) continue;
      const Rect part = intersect(part_of(x, y), stream.area);
      if (part == grid_.pixels_of({x, y, 1, 1})) {
        whole.insert(x, y);
      } else if (!part.empty()) {
        parts.push_back(part);
      }
    }
  }
  join_rects(parts);
  std::vector<Rect> claims = whole.rectangles();
  for (Rect& claim : claims) claim = intersect(grid_.pixels_of(claim), stream.area);
  claims.insert(claims.end(), parts.begin(), parts.end());
  // More than the bitstream allows: the frame has all of the area anyway, and what is text leaves it again.
  if (claims.size() > kMaxVideoClaims / kMostStreams) claims.assign(1, stream.area);
  return claims;
}

Result<void> VideoLayer::encode_stream(size_t index, const Scene& scene, double bytes_per_s,
                                       std::vector<uint8_t>& body) {
  Stream& stream = streams_[index];
  const auto number = static_cast<int>(index);
  packet_.clear();
  stream.encoder->set_rate(bytes_per_s);
  TRY(stream.encoder->encode(scene.source, stream.area, stream.key, scene.now, packet_));
  if (packet_.empty() || packet_.size() > kMostPacket) return Error{ErrorCode::kTooLarge, "a frame is too large"};

  complete_claims(stream, stream.key);
  const std::vector<Rect> claims = take_claims(stream);
  ByteWriter out(body);
  out.operation(Operation::kVideo);
  out.number(number);
  out.byte(stream.key ? kVideoKey : 0);
  out.byte(static_cast<uint8_t>(options_.codec));
  out.rect(stream.area);
  out.number(static_cast<int>(claims.size()));
  CHECK(areas_.frame(number, options_.codec, stream.key, stream.area));
  for (const Rect& claim : claims) {
    out.rect(claim);
    CHECK(areas_.claim(claim));
    copy_colours(scene.source, filmed_, claim);
  }
  out.number(static_cast<int>(packet_.size()));
  out.bytes(packet_);

  TileSet brought(grid_);
  brought.insert(grid_.cells_of(stream.area));
  brought &= frames_;
  for (const Rect& cells : brought.rectangles()) copy_colours(scene.source, filmed_, grid_.pixels_of(cells));
  stream.key = false;
  stream.frame_at = scene.now;
  return {};
}

// --- rest ----------------------------------------------------------------------------------------------------------

TileSet VideoLayer::still_cells(const std::vector<Micros>& changed_at, Micros still, Micros now) const {
  TileSet result(grid_);
  if (!shows_anything()) return result;
  for (const Stream& stream : streams_) {
    if (stream.encoder == nullptr) continue;
    TileSet cells(grid_);
    cells.insert(grid_.cells_of(stream.area));
    cells &= areas_.shown();
    const bool goes_on = now - stream.frame_at < still;
    cells.for_each([&](int x, int y) {
      if (changed_at[static_cast<size_t>(y) * grid_.columns() + x] + still > now) return;
      if (!goes_on || is_covered(x, y)) result.insert(x, y);
    });
  }
  return result;
}

// In a film that goes on, what stands still for a while stays as it is, but for what lies over the film: text, and
// what is enclosed by cells that are the picture's.
bool VideoLayer::is_covered(int x, int y) const {
  if (crisp_.test(x, y)) return true;
  const Rect near = intersect({x - 1, y - 1, 3, 3}, {0, 0, grid_.columns(), grid_.rows()});
  return areas_.shown().count(near) == 1;
}

Micros VideoLayer::still_at(const std::vector<Micros>& changed_at, Micros still, Micros now) const {
  Micros first = kNever;
  if (!shows_anything()) return first;
  for (const Stream& stream : streams_) {
    if (stream.encoder == nullptr) continue;
    if (shown().count(grid_.cells_of(stream.area)) > 0) first = std::min(first, stream.frame_at + still);
  }
  areas_.shown().for_each([&](int x, int y) {
    const Micros at = changed_at[static_cast<size_t>(y) * grid_.columns() + x] + still;
    if (at < first && (at > now || is_covered(x, y))) first = at;
  });
  return first;
}

size_t VideoLayer::memory_bytes() const {
  size_t bytes = parts_.capacity() * sizeof(Rect) + static_cast<size_t>(filmed_.bounds().area()) * sizeof(uint32_t);
  for (const MovingCells& moving : moving_) bytes += moving.memory_bytes();
  return bytes;
}

}  // namespace vitrine::codec
