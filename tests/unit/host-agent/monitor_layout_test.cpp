#include "host-agent/monitor_layout.h"

#include <gtest/gtest.h>

#include <climits>
#include <random>

#include "host-agent/screen/screen_part.h"
#include "protocol/limits.h"

namespace vitrine::agent {
namespace {

constexpr Size kHd{1920, 1080};

WindowShape at(int x, int y, Size size = kHd, uint32_t scale = 100) {
  return {size, scale, {x, y}};
}

std::vector<Rect> arranged(const std::vector<WindowShape>& shapes) {
  std::vector<NumberedWindow> windows;
  for (const WindowShape& shape : shapes) windows.push_back({static_cast<uint32_t>(windows.size()), shape});
  std::vector<Rect> areas;
  for (const Monitor& monitor : arrange_monitors(windows)) areas.push_back(monitor.area);
  return areas;
}

TEST(ArrangeMonitorsTest, AWindowAloneBeginsAtTheOriginWhereverItStands) {
  EXPECT_EQ(arranged({at(-500, 900)}), (std::vector<Rect>{{0, 0, 1920, 1080}}));
}

TEST(ArrangeMonitorsTest, WindowsSideBySideTouchInTheirOrder) {
  EXPECT_EQ(arranged({at(0, 0), at(1920, 0)}), (std::vector<Rect>{{0, 0, 1920, 1080}, {1920, 0, 1920, 1080}}));
  EXPECT_EQ(arranged({at(0, 0), at(-2500, 0)}), (std::vector<Rect>{{1920, 0, 1920, 1080}, {0, 0, 1920, 1080}}));
}

TEST(ArrangeMonitorsTest, WindowsOnEachOtherComeApart) {
  EXPECT_EQ(arranged({at(0, 0), at(0, 0)}), (std::vector<Rect>{{0, 0, 1920, 1080}, {1920, 0, 1920, 1080}}));
  EXPECT_EQ(arranged({at(10, 10), at(0, 0)}), (std::vector<Rect>{{0, 0, 1920, 1080}, {1920, 0, 1920, 1080}}));
  EXPECT_EQ(arranged({at(400, 0, {800, 600}), at(40, 30, {800, 600})}),
            (std::vector<Rect>{{800, 0, 800, 600}, {0, 0, 800, 600}}));
}

TEST(ArrangeMonitorsTest, OneAboveTheOtherStaysAbove) {
  EXPECT_EQ(arranged({at(0, 1080), at(0, 0)}), (std::vector<Rect>{{0, 1080, 1920, 1080}, {0, 0, 1920, 1080}}));
}

TEST(ArrangeMonitorsTest, TheOrderOfOpeningIsNotTheOrderOfPlaces) {
  const auto areas = arranged({at(0, 0), at(3840, 0), at(1920, 0)});
  EXPECT_EQ(areas[0].x, 0);
  EXPECT_EQ(areas[2].x, 1920);
  EXPECT_EQ(areas[1].x, 3840);
}

TEST(ArrangeMonitorsTest, FourInASquareStayASquare) {
  EXPECT_EQ(
      arranged({at(0, 0), at(1920, 0), at(0, 1080), at(1920, 1080)}),
      (std::vector<Rect>{{0, 0, 1920, 1080}, {1920, 0, 1920, 1080}, {0, 1080, 1920, 1080}, {1920, 1080, 1920, 1080}}));
}

TEST(ArrangeMonitorsTest, AlmostLevelIsLevelAndAClearStepStays) {
  EXPECT_EQ(arranged({at(0, 0), at(1950, 40)})[1].y, 0);
  EXPECT_EQ(arranged({at(0, 0), at(1920, 500)})[1].y, 500);
}

// A screen of twice the ratio: its windows are as large in CSS pixels as others of half the pixels.
TEST(ArrangeMonitorsTest, ScreensOfAnotherRatioAreComparedInCssPixels) {
  const auto areas = arranged({at(0, 0, kHd, 100), at(1920, 0, {3840, 2160}, 200)});
  EXPECT_EQ(areas[1], (Rect{1920, 0, 3840, 2160}));
  const auto left = arranged({at(0, 0, kHd, 100), at(-1920, 0, {3840, 2160}, 200)});
  EXPECT_EQ(left[0], (Rect{3840, 0, 1920, 1080}));
}

TEST(ArrangeMonitorsTest, AnyPlacesGiveDisjointMonitorsThatBeginAtTheOrigin) {
  std::mt19937 random(7);
  const int places[] = {INT_MIN, INT_MAX, -70'000, -1, 0, 1, 640, 1920, 70'000};
  const auto any = [&](auto& from) { return from[random() % std::size(from)]; };
  for (int round = 0; round < 3000; ++round) {
    std::vector<WindowShape> shapes(1 + random() % kMaxMonitors);
    for (WindowShape& shape : shapes) {
      const int sides[] = {64, 65, 800, 1921, 4000, 8192};
      shape = {{any(sides), any(sides)}, 50 + static_cast<uint32_t>(random() % 351), {any(places), any(places)}};
    }
    const auto areas = arranged(shapes);
    ASSERT_EQ(areas.size(), shapes.size());
    Rect all;
    for (size_t i = 0; i < areas.size(); ++i) {
      EXPECT_EQ((Size{areas[i].width, areas[i].height}), shapes[i].size);
      for (size_t j = 0; j < i; ++j) EXPECT_TRUE(intersect(areas[i], areas[j]).empty()) << round;
      all = bounding(all, areas[i]);
    }
    EXPECT_EQ(all.x, 0);
    EXPECT_EQ(all.y, 0);
  }
}

class MonitorLayoutTest : public testing::Test {
 protected:
  std::vector<Monitor> present{{0, {0, 0, 1280, 720}}};
  MonitorLayout layout{present, kMaxMonitors};
  Micros now = kSecond;

  [[nodiscard]] std::vector<uint32_t> numbers() const {
    std::vector<uint32_t> all;
    for (const Monitor& monitor : layout.monitors()) all.push_back(monitor.index);
    return all;
  }
};

TEST_F(MonitorLayoutTest, AMonitorWithoutWindowsGoesAfterTheGrace) {
  ASSERT_TRUE(layout.want(0, at(0, 0)).ok());
  ASSERT_TRUE(layout.want(1, at(1920, 0)).ok());
  layout.entered(0, 10, now);
  layout.entered(1, 11, now);
  layout.left(11, now);
  EXPECT_EQ(layout.next_deadline(), now + kMonitorGrace);
  EXPECT_FALSE(layout.drop_deserted(now + kMonitorGrace - 1));
  EXPECT_TRUE(layout.drop_deserted(now + kMonitorGrace));
  EXPECT_EQ(numbers(), (std::vector<uint32_t>{0}));
  EXPECT_EQ(layout.next_deadline(), kNever);
}

TEST_F(MonitorLayoutTest, AReloadedPageFindsItsMonitor) {
  ASSERT_TRUE(layout.want(0, at(0, 0)).ok());
  ASSERT_TRUE(layout.want(1, at(1920, 0)).ok());
  layout.entered(0, 10, now);
  layout.entered(1, 11, now);
  const auto before = layout.monitors();
  layout.left(11, now);
  layout.entered(1, 12, now + kSecond);
  EXPECT_FALSE(layout.drop_deserted(now + 10 * kMonitorGrace));
  EXPECT_EQ(layout.monitors(), before);
}

TEST_F(MonitorLayoutTest, TheFirstWindowMayGoAndTheOthersStay) {
  ASSERT_TRUE(layout.want(1, at(1920, 0, kHd, 200)).ok());
  layout.entered(0, 10, now);
  layout.entered(1, 11, now);
  layout.left(10, now);
  EXPECT_TRUE(layout.drop_deserted(now + kMonitorGrace));
  EXPECT_EQ(layout.monitors(), (std::vector<Monitor>{{1, {0, 0, 1920, 1080}}}));
  EXPECT_EQ(layout.scale_percent(), 200U);
}

TEST_F(MonitorLayoutTest, WhileNobodyLooksNothingMovesAndTheGraceBeginsWithWhoComesBack) {
  ASSERT_TRUE(layout.want(1, at(1920, 0)).ok());
  layout.entered(0, 10, now);
  layout.entered(1, 11, now);
  layout.left(10, now);
  layout.left(11, now);
  EXPECT_EQ(layout.next_deadline(), kNever);
  now += 100 * kMonitorGrace;
  EXPECT_FALSE(layout.drop_deserted(now));
  layout.entered(0, 12, now);
  EXPECT_FALSE(layout.drop_deserted(now + kMonitorGrace - 1));
  EXPECT_TRUE(layout.drop_deserted(now + kMonitorGrace));
  EXPECT_EQ(numbers(), (std::vector<uint32_t>{0}));
}

TEST_F(MonitorLayoutTest, ASecondDeviceAtAMonitorKeepsIt) {
  layout.entered(0, 10, now);
  layout.entered(0, 11, now);
  layout.left(10, now);
  layout.left(10, now);
  EXPECT_FALSE(layout.drop_deserted(now + 2 * kMonitorGrace));
  layout.left(12, now);
  EXPECT_EQ(numbers(), (std::vector<uint32_t>{0}));
}

TEST_F(MonitorLayoutTest, WhatCannotBeHadIsSaidAndChangesNothing) {
  const auto before = layout.monitors();
  const auto number = layout.want(kMaxMonitors, at(0, 0));
  ASSERT_FALSE(number.ok());
  EXPECT_EQ(number.error().message, "This desktop has no more than 4 monitors. Close another window of it first.");
  EXPECT_FALSE(layout.want(UINT32_MAX, at(0, 0)).ok());
  const auto size = layout.want(1, at(1280, 0, {7680, 4320}));
  ASSERT_FALSE(size.ok());
  EXPECT_EQ(size.error().message,
            "All monitors together would take 8960 by 4320 pixels, and a desktop has 8192 by 8192 at most. Make a "
            "window of it smaller, or close one.");
  EXPECT_EQ(layout.monitors(), before);
  MonitorLayout single(present, 1);
  EXPECT_EQ(single.want(1, at(0, 0)).error().message, "This desktop has no more than 1 monitor.");
}

TEST_F(MonitorLayoutTest, HostileSizesAndScalesAreClamped) {
  ASSERT_TRUE(layout.want(0, at(INT_MIN, INT_MAX, {1, 90'000}, 0)).ok());
  EXPECT_EQ(layout.monitors(), (std::vector<Monitor>{{0, {0, 0, 64, 8192}}}));
  EXPECT_EQ(layout.scale_percent(), 50U);
  ASSERT_TRUE(layout.want(0, at(0, 0, {64, 64}, UINT32_MAX)).ok());
  EXPECT_EQ(layout.scale_percent(), 400U);
}

TEST(ScreenPartTest, PlacesAndAreasAreTurnedBothWays) {
  const ScreenPart part({1, {1920, 64, 800, 600}}, {2720, 1080});
  EXPECT_EQ(part.from_screen(Point{1920, 64}), (Point{0, 0}));
  EXPECT_EQ(part.from_screen(Point{2719, 663}), (Point{799, 599}));
  for (const Point outside : {Point{1919, 64}, Point{1920, 63}, Point{2720, 64}, Point{1920, 664}}) {
    EXPECT_EQ(part.from_screen(outside), std::nullopt);
  }
  EXPECT_EQ(part.to_screen({5, 6}), (Point{1925, 70}));
  EXPECT_EQ(part.from_screen(Rect{1900, 0, 100, 100}), (Rect{0, 0, 80, 36}));
  EXPECT_TRUE(part.from_screen(Rect{0, 0, 1920, 1080}).empty());
}

TEST(ScreenPartTest, ItsViewIsThatRectangleOfThePicture) {
  codec::Picture picture({48, 32});
  for (int y = 0; y < 32; ++y) {
    for (int x = 0; x < 48; ++x) picture.row(y)[x] = static_cast<uint32_t>(y << 8 | x);
  }
  const auto view = ScreenPart({0, {10, 3, 7, 5}}, picture.size()).of(picture.view());
  EXPECT_EQ(view.width, 7);
  EXPECT_EQ(view.height, 5);
  for (int y = 0; y < 5; ++y) {
    for (int x = 0; x < 7; ++x) EXPECT_EQ(view.row(y)[x], static_cast<uint32_t>((y + 3) << 8 | (x + 10)));
  }
}

TEST(ScreenPartTest, CellsAreWholeWhereItsEdgesAreCellEdgesOrTheScreens) {
  const auto whole = [](const Rect& area, Size screen) { return ScreenPart({0, area}, screen).whole_cells(); };
  EXPECT_TRUE(whole({0, 0, 1283, 721}, {1283, 721}));
  EXPECT_TRUE(whole({1280, 0, 803, 601}, {2083, 601}));
  EXPECT_FALSE(whole({1283, 0, 800, 601}, {2083, 601}));
  EXPECT_FALSE(whole({0, 0, 1283, 601}, {2083, 601}));
  EXPECT_FALSE(whole({0, 0, 1280, 601}, {2080, 720}));
}

}  // namespace
}  // namespace vitrine::agent
