#include "codec/enc_video.h"

#include <algorithm>
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
// Where this much moves (320x320 pixels), pictures cost more in this time than a stream's start.
constexpr int64_t kLargePatch = 400;
// How often the picture is searched for what moves while there are streams: each time takes a look at every cell.
constexpr Micros kPlanEvery = 60 * kMillisecond;
// And for what moves beside a stream, which it takes in.
constexpr Micros kGrowEvery = 4 * kPlanEvery;
constexpr int kBesideStream = 2;
// How often a stream's area is compared with what moves; it follows when no more than half of it does.
constexpr Micros kFitEvery = kSecond;
constexpr int64_t kFitShare = 2;
// A line of cells beside what moves belongs to it when one in this many moves too.
constexpr int64_t kEdgeShare = 4;
// A packet has to fit into the wire's 1 MiB together with what a body may hold before its last piece.
constexpr size_t kMostPacket = 512 * 1024;
// Even a slow link gets a film, as far as it goes; its quality then falls.
constexpr double kLeastRate = 20e3;

}  // namespace

VideoLayer::VideoLayer(Size size, VideoOptions options)
    : grid_{size, kVideoCellSide}, options_(std::move(options)), areas_(size), none_(grid_), frames_(grid_) {
  if (!enabled()) return;
  marked_ = none_;
  unframed_ = none_;
  claims_ = none_;
  crisp_ = none_;
  cut_ = none_;
  covered_ = none_;
  doubted_ = none_;
  owed_ = none_;
  film_ = none_;
  film_around_ = none_;
  settled_ = none_;
  looks_crisp_ = none_;
  looked_at_ = none_;
  parts_.resize(static_cast<size_t>(grid_.columns()) * grid_.rows());
  moving_.emplace_back(grid_);
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
    if (moving_[0].wants_extent(x, y) && !settled_.test(x, y)) part = changed_part(scene, x, y);
    const bool crisp = looked_at_.test(x, y) ? looks_crisp_.test(x, y) : is_crisp(scene, x, y);
    const bool gentle = !crisp && moving_[0].wants_gentle(x, y) && changed_gently(scene, x, y);
    moving_[0].note(x, y, {part, crisp, gentle, shown_at(x, y)}, scene.now);
    if (cut_.test(x, y)) moving_[0].restart_extent(x, y, scene.now);
  });
  looked_at_.clear();
  settled_.clear();
}

// What was filmed in colour at half the resolution keeps its grid: an area begins an even number of pixels before its
// film, where that leaves none of the film outside.
Rect VideoLayer::stream_area(const Rect& cells, Micros now) const {
  Rect area = grid_.pixels_of(cells);
  const Rect film = measured_film(cells, now);
  const auto fit = [](int& at, int& length, int film_at, int film_end) {
    const int odd = film_at & 1;
    const int left = (length - odd) & ~1;
    const bool holds_all = film_end <= at + odd + left;
    if (holds_all) at += odd;
    length = holds_all ? left : length & ~1;
  };
  fit(area.x, area.width, film.x, film.right());
  fit(area.y, area.height, film.y, film.bottom());
  return area;
}

Micros VideoLayer::since_last_frame(Micros now) const {
  Micros least = kNever;
  for (const Stream& stream : streams_) {
    if (stream.encoder != nullptr) least = std::min(least, now - stream.frame_at);
  }
  return least == kNever ? 0 : least;
}

// With the cells that the film's sides cut: they look like the page that is most of them, and move.
Rect VideoLayer::with_edges(const Rect& patch, Micros now) const {
  const Rect all{0, 0, grid_.columns(), grid_.rows()};
  Rect whole = patch;
  const std::array<Rect, 4> lines = {{{patch.x - 1, patch.y, 1, patch.height},
                                      {patch.right(), patch.y, 1, patch.height},
                                      {patch.x, patch.y - 1, patch.width, 1},
                                      {patch.x, patch.bottom(), patch.width, 1}}};
  for (const Rect& line : lines) {
    const Rect cells = intersect(line, all);
    int64_t moving = 0;
    for (int y = cells.y; y < cells.bottom(); ++y) {
      for (int x = cells.x; x < cells.right(); ++x) moving += moving_[0].lively(x, y, now) ? 1 : 0;
    }
    if (moving * kEdgeShare >= line.area()) whole = bounding(whole, line);
  }
  return intersect(whole, all);
}

bool VideoLayer::may_start(const Rect& cells) const {
  if (grid_.pixels_of(cells).area() > kLargestStream) return false;
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
  const Rect area = stream_area(cells, now);
  auto made = options_.make(options_.codec, {area.width, area.height}, std::max(bytes_per_s, kLeastRate));
  if (!made.ok()) {
    // It will not become better by asking again with every frame.
    failed_ = true;
    return false;
  }
  const Micros began = stream.encoder == nullptr ? now : stream.began_at;
  stream = {.encoder = made.take(), .area = area, .key = true, .began_at = began, .frame_at = now, .fitted_at = now};
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
  if (grid_.pixels_of(wanted).area() > kLargestStream || wanted == cells) return false;
  if (shown().count(cells) > shown().count(intersect(wanted, cells))) return false;
  return resize(stream, wanted, now, bytes_per_s);
}

bool VideoLayer::fit_streams(Micros now, double bytes_per_s) {
  if (now - fitted_at_ < kGrowEvery) return false;
  fitted_at_ = now;
  const std::vector<Rect> lasting = moving_[0].patches(kMotionToGrow, none_, now);
  bool news = false;
  for (Stream& stream : streams_) {
    if (stream.encoder != nullptr) news = fit(stream, lasting, now, bytes_per_s) || news;
  }
  return news;
}

// Where streams may begin, the largest first.
std::vector<Rect> VideoLayer::moving_patches(Micros now) const {
  // What moves next to a stream is that stream's to take in.
  TileSet known(grid_);
  for (const Stream& stream : streams_) {
    if (stream.encoder == nullptr) continue;
    const Rect cells = grid_.cells_of(stream.area);
    const Rect near{cells.x - kBesideStream, cells.y - kBesideStream, cells.width + 2 * kBesideStream,
                    cells.height + 2 * kBesideStream};
    known.insert(intersect(near, {0, 0, grid_.columns(), grid_.rows()}));
  }
  const auto small = [](const Rect& cells) { return cells.area() < kLargePatch; };
  std::vector<Rect> patches = moving_[0].lively_patches(known, now);
  std::erase_if(patches, small);
  if (!patches.empty()) return patches;
  patches = moving_[0].patches(kMotionOfLarge, known, now);
  if (patches.empty()) return patches;
  std::erase_if(patches, small);
  return patches.empty() ? moving_[0].patches(kSustainedMotion, known, now) : patches;
}

bool VideoLayer::plan(Micros now, double bytes_per_s) {
  const bool streaming = filmed_.size() == grid_.picture;
  if (failed_ || (streaming && now - planned_at_ < kPlanEvery)) return false;
  planned_at_ = now;
  bool news = streaming && fit_streams(now, bytes_per_s);
  for (const Rect& patch : moving_patches(now)) {
    if (!may_start(patch)) continue;
    const Rect whole = with_edges(patch, now);
    start(may_start(whole) ? whole : patch, now, bytes_per_s);
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
  if (!last) return;
  filmed_ = Picture();
  covered_.clear();
  owed_.clear();
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
  unframed_.clear();
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
      } else if (!frames_.test(x, y)) {
        continue;
      }  // else something painted over it since, and its part is as it was
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
  stream.key = stream.encoder->wants_key(scene.now) || stream.key;
  TileSet changed = frames_;
  changed |= unframed_;
  TRY(stream.encoder->encode({scene.source, stream.area, stream.key, scene.now, stream.key ? nullptr : &changed},
                             packet_));
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
  }
  out.number(static_cast<int>(packet_.size()));
  out.bytes(packet_);

  // What of it is not shown is never looked at, and the rest is as it was.
  for (const Rect& cells : stream.key ? std::vector<Rect>{grid_.cells_of(stream.area)} : changed.rectangles()) {
    const Rect pixels = intersect(grid_.pixels_of(cells), stream.area);
    if (!pixels.empty()) copy_colours(scene.source, filmed_, pixels);
  }
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
