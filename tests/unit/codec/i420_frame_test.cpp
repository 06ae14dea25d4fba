// Frames of a film for video encoders.
#include "codec/i420_frame.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "codec/video_areas.h"
#include "tests/unit/codec/pictures.h"

namespace vitrine::codec {
namespace {

TEST(I420Frame, OfWhatChangedIsTheFrameOfAll) {
  constexpr Size kPicture{230, 150};
  const CellGrid grid{kPicture, kVideoCellSide};
  Dice dice{11};
  for (const Rect& area : {Rect{16, 32, 160, 96}, Rect{17, 35, 174, 110}, Rect{0, 0, 230, 150}}) {
    Picture picture(kPicture);
    draw_photo(picture, picture.bounds(), dice);
    I420Frame frame({area.width, area.height});
    frame.convert(picture.view(), area);
    for (int i = 0; i < 20; ++i) {
      TileSet changed(grid);
      for (int n = 0; n < 5; ++n) {
        const Rect cell{dice.below(grid.columns()), dice.below(grid.rows()), 1, 1};
        draw_noise(picture, grid.pixels_of(cell), dice);
        changed.insert(cell);
      }
      frame.convert(picture.view(), area, &changed);
      I420Frame whole({area.width, area.height});
      whole.convert(picture.view(), area);
      for (int plane = 0; plane < 3; ++plane) {
        const int shift = plane == 0 ? 0 : 1;
        for (int y = 0; y < area.height >> shift; ++y) {
          const int64_t at = int64_t{y} * frame.stride(plane);
          EXPECT_TRUE(std::equal(frame.plane(plane) + at, frame.plane(plane) + at + (area.width >> shift),
                                 whole.plane(plane) + int64_t{y} * whole.stride(plane)))
              << "plane " << plane << ", row " << y << " of the area at " << area.x << "," << area.y;
        }
      }
    }
  }
}

}  // namespace
}  // namespace vitrine::codec
