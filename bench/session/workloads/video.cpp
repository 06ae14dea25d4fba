#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>

#include "bench/session/workloads/workloads.h"
#include "bench/session/workloads/x_window.h"

namespace vitrine {
namespace {

constexpr int kSceneFrames = 150;  // a cut every five seconds at 30 a second
// The camera moves by fractions of a pixel, so that no frame is a copy of another. There is no fresh grain: what
// players show was coded before, which took it away.
constexpr double kCameraSpeed = 1.7;  // pixels a frame
constexpr int kBalls = 3;
constexpr int kBallRadius = 70;

// A row of `from` seen half-way between pixels: weights of 256ths in both directions. Two channels at a time.
void blend_row(const uint32_t* above, const uint32_t* below, int width, uint32_t fx, uint32_t fy, uint32_t* out) {
  constexpr uint32_t kMask = 0x00ff00ff;
  const std::array<uint32_t, 4> w = {(256 - fx) * (256 - fy) >> 8, fx * (256 - fy) >> 8, (256 - fx) * fy >> 8,
                                     fx * fy >> 8};
  for (int x = 0; x < width; ++x) {
    const uint32_t rb = (above[x] & kMask) * w[0] + (above[x + 1] & kMask) * w[1] + (below[x] & kMask) * w[2] +
                        (below[x + 1] & kMask) * w[3];
    const uint32_t g = (above[x] >> 8 & 0xff) * w[0] + (above[x + 1] >> 8 & 0xff) * w[1] +
                       (below[x] >> 8 & 0xff) * w[2] + (below[x + 1] >> 8 & 0xff) * w[3];
    out[x] = (rb >> 8 & kMask) | (g & 0xff00);
  }
}

void draw_ball(uint32_t* pixels, Size size, double cx, double cy, uint32_t tint) {
  const int left = std::max(0, static_cast<int>(cx) - kBallRadius);
  const int top = std::max(0, static_cast<int>(cy) - kBallRadius);
  for (int y = top; y < std::min(size.height, static_cast<int>(cy) + kBallRadius); ++y) {
    for (int x = left; x < std::min(size.width, static_cast<int>(cx) + kBallRadius); ++x) {
      const double dx = (x - cx) / kBallRadius;
      const double dy = (y - cy) / kBallRadius;
      const double inside = 1 - dx * dx - dy * dy;
      if (inside <= 0) continue;
      const auto light = static_cast<uint32_t>(255 * std::sqrt(inside));
      const auto channel = [&](int shift) { return ((tint >> shift & 0xff) * light >> 8) << shift; };
      pixels[static_cast<ptrdiff_t>(y) * size.width + x] = channel(16) | channel(8) | channel(0);
    }
  }
}

void draw_counter(uint32_t* pixels, Size size, int frame) {
  const int gray = frame ^ frame >> 1;
  for (int bit = 0; bit < kCounterBits; ++bit) {
    const uint32_t colour = (gray >> bit & 1) != 0 ? 0xffffff : 0;
    for (int y = 0; y < std::min(kCounterSide, size.height); ++y) {
      const int left = std::min(bit * kCounterSide, size.width);
      const int right = std::min(left + kCounterSide, size.width);
      std::fill(pixels + static_cast<ptrdiff_t>(y) * size.width + left,
                pixels + static_cast<ptrdiff_t>(y) * size.width + right, colour);
    }
  }
}

void draw_frame(const WorkloadPicture& scenery, uint32_t* pixels, Size size, int frame) {
  const int scene = frame / kSceneFrames;
  const double t = frame % kSceneFrames;
  const double direction = scene % 2 == 0 ? 1 : -1;
  const double range_x = scenery.size.width - size.width - 2;
  const double range_y = scenery.size.height - size.height - 2;
  const double x = std::clamp(
      range_x * (0.5 + 0.13 * scene * direction - 0.25 * direction) + direction * kCameraSpeed * t, 0.0, range_x);
  const double y = std::clamp(range_y * (0.5 + 0.3 * std::sin(t / 40 + scene)), 0.0, range_y);
  const int left = static_cast<int>(x);
  const int top = static_cast<int>(y);
  for (int row = 0; row < size.height; ++row) {
    uint32_t* out = pixels + static_cast<ptrdiff_t>(row) * size.width;
    blend_row(scenery.row(top + row) + left, scenery.row(top + row + 1) + left, size.width,
              static_cast<uint32_t>((x - left) * 256), static_cast<uint32_t>((y - top) * 256), out);
  }
  constexpr std::array<uint32_t, kBalls> kTints = {0xe8c070, 0x70a0e8, 0xe87060};
  for (int i = 0; i < kBalls; ++i) {
    const double phase = frame / 23.0 + i * 2.1;
    draw_ball(pixels, size, size.width * (0.5 + 0.4 * std::sin(phase)),
              size.height * (0.55 + 0.35 * std::sin(phase * 1.7 + i)), kTints[static_cast<size_t>(i)]);
  }
  draw_counter(pixels, size, frame);
}

}  // namespace

Result<void> run_video(const WorkloadOptions& options) {
  const WorkloadPicture scenery = TRY(read_ppm(options.picture));
  const auto window = TRY(XWindow::create(options.place, 0));
  const Size size = {window->place().width, window->place().height};
  if (scenery.size.width < size.width + 2 || scenery.size.height < size.height + 2) {
    return Error{ErrorCode::kInvalidArgument, "the scenery must be larger than the window"};
  }
  const auto shared = TRY(window->share(size));
  const Micros interval = kSecond / std::max(1, options.rate);
  int frame = 0;
  Micros start = 0;
  report("ready", 0);
  // Late frames are drawn late, not left out: a player whose clock is its display.
  const auto on_time = [&](Micros now) {
    if (frame == 0) start = now;
    draw_frame(scenery, shared.pixels, size, frame);
    const auto cookie = xcb_shm_put_image_checked(
        window->connection(), window->window(), window->context(), static_cast<uint16_t>(size.width),
        static_cast<uint16_t>(size.height), 0, 0, static_cast<uint16_t>(size.width), static_cast<uint16_t>(size.height),
        0, 0, window->depth(), XCB_IMAGE_FORMAT_Z_PIXMAP, 0, shared.segment, 0);
    std::free(xcb_request_check(window->connection(), cookie));  // the server is done with the memory
    report("frame", ++frame);
    return frame == options.frames ? kNever : start + frame * interval;
  };
  window->run([](const xcb_generic_event_t&) {}, on_time);
  return {};
}

}  // namespace vitrine
