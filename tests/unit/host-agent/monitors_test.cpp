// Several windows of one session: each is shown its monitor, and nothing but it, pixel for pixel.
#include <gtest/gtest.h>

#include <map>

#include "host-agent/desktop_agent.h"
#include "host-agent/input/recording_input.h"
#include "host-agent/screen/memory_screen.h"
#include "tests/unit/host-agent/virtual_viewer.h"

namespace vitrine::agent {
namespace {

class MonitorsTest : public testing::Test {
 protected:
  MemoryScreen screen{{320, 200}};
  RecordingInput hands;
  DesktopAgent agent{screen, hands};
  std::map<ViewerId, VirtualViewer> viewers;
  std::map<ViewerId, uint32_t> monitor_of;
  Micros now = kSecond;

  ViewerId join(uint32_t monitor, Size size, Point place, uint32_t rights = kAllRights) {
    const ViewerId id = agent.add_viewer(joined_with(rights, size, monitor, place), now);
    viewers[id];
    monitor_of[id] = monitor;
    return id;
  }
  void leave(ViewerId id) {
    agent.remove_viewer(id, now);
    viewers.erase(id);
  }
  template <class M>
  void say(ViewerId viewer, const M& message) {
    agent.receive(viewer, serialize(message), now);
  }
  void run(Micros duration) {
    for (const Micros end = now + duration; now <= end; now += kMillisecond) {
      agent.advance(now);
      for (auto& [id, viewer] : viewers) {
        while (agent.wants_output(id, now)) {
          const auto bytes = agent.take_output(id, now);
          if (!bytes) break;
          viewer.receive(*bytes);
          for (const FrameAck& ack : std::exchange(viewer.acks, {})) say(id, ack);
        }
      }
    }
  }
  [[nodiscard]] Rect area_of(uint32_t monitor) const {
    for (const Monitor& one : screen.content().monitors) {
      if (one.index == monitor) return one.area;
    }
    return {};
  }
  void expect_exact(const std::string& when) {
    for (const auto& [id, viewer] : viewers) {
      const Rect area = area_of(monitor_of[id]);
      const ScreenPart part({monitor_of[id], area}, screen.pixels().size());
      EXPECT_TRUE(viewer.shows(part.of(screen.pixels().view()))) << when << ", viewer " << id;
      EXPECT_FALSE(viewer.close.has_value()) << when;
    }
  }
  // Noise, flat areas and something that moves across the border.
  void draw(int frame) {
    codec::Picture& pixels = screen.pixels();
    screen.fill({0, 40, pixels.width(), 60}, 0x204060);
    for (int y = 100; y < std::min(130, pixels.height()); ++y) {
      for (int x = 0; x < pixels.width(); ++x) {
        pixels.row(y)[x] =
            static_cast<uint32_t>((x * 7 + frame * 3) % 251) << 16 | static_cast<uint32_t>((y * 5) & 255);
      }
    }
    screen.damage({0, 100, pixels.width(), 30});
    screen.fill({260 + frame * 4, 50, 50, 40}, 0xf0f0f0);
    for (int i = 0; i < 40; i += 5)
      screen.fill({260 + frame * 4 + i, 55, 2, 9}, 0x101010 * static_cast<uint32_t>(i % 7));
  }
};

TEST_F(MonitorsTest, EachWindowIsShownItsMonitorExactly) {
  const ViewerId one = join(0, {320, 200}, {0, 0});
  const ViewerId two = join(1, {300, 180}, {320, 0});
  EXPECT_EQ(agent.screen_size(), (Size{620, 200}));
  EXPECT_EQ(area_of(1), (Rect{320, 0, 300, 180}));
  for (int frame = 0; frame < 30; ++frame) {
    draw(frame);
    run(33 * kMillisecond);
  }
  run(3 * kSecond);
  expect_exact("after drawing");
  for (const ViewerId id : {one, two}) EXPECT_EQ(viewers[id].updates.back().flags, kUpdateComplete | kUpdateExact);
  EXPECT_EQ(viewers[two].reset.width, 300U);
}

// Widths that are no multiple of a cell put the second monitor's origin inside of one.
TEST_F(MonitorsTest, OddSizesAreAsExactAlsoWhenTwoLookAtTheSame) {
  join(0, {317, 203}, {0, 0});
  join(1, {291, 187}, {317, 0});
  join(1, {291, 187}, {317, 0});
  join(2, {130, 190}, {608, 0});
  for (int frame = 0; frame < 60; ++frame) {
    draw(frame);
    run(33 * kMillisecond);
  }
  run(3 * kSecond);
  expect_exact("after drawing");
}

TEST_F(MonitorsTest, ASecondWindowResetsTheFirstOnesSurfaceNever) {
  const ViewerId one = join(0, {320, 200}, {0, 0});
  run(2 * kSecond);
  const uint32_t epoch = viewers[one].reset.epoch;
  const ViewerId two = join(1, {300, 180}, {320, 0});
  run(2 * kSecond);
  say(two, Resize{280, 300, 100, 320, 0});
  run(2 * kSecond);
  EXPECT_EQ(viewers[one].reset.epoch, epoch);
  expect_exact("after the second came and grew");
  leave(two);
  run(kMonitorGrace + 2 * kSecond);
  EXPECT_EQ(agent.screen_size(), (Size{320, 200}));
  EXPECT_EQ(viewers[one].reset.epoch, epoch);
  expect_exact("after it went");
}

TEST_F(MonitorsTest, AWindowThatMovesOverTakesItsMonitorAlong) {
  join(0, {320, 200}, {1000, 0});
  const ViewerId two = join(1, {300, 200}, {1320, 0});
  run(kSecond);
  draw(3);
  run(kSecond);
  say(two, Resize{300, 200, 100, 100, 0});
  run(2 * kSecond);
  EXPECT_EQ(area_of(1), (Rect{0, 0, 300, 200}));
  EXPECT_EQ(area_of(0), (Rect{300, 0, 320, 200}));
  expect_exact("after the swap");
}

TEST_F(MonitorsTest, InputOfAWindowHappensOnItsMonitorAndADragLeavesIt) {
  const ViewerId one = join(0, {320, 200}, {0, 0});
  const ViewerId two = join(1, {300, 180}, {320, 0});
  run(kSecond);
  say(two, PointerButton{1, 10, 20, 0, true});
  EXPECT_EQ(hands.pointers.back().input.at, (Point{330, 20}));
  say(two, Wheel{2, 299, 179, 0, 120});
  EXPECT_EQ(hands.pointers.back().input.at, (Point{619, 179}));
  say(two, PointerMove{3, -50, 20});
  EXPECT_EQ(hands.pointers.back().input.at, (Point{270, 20}));
  say(two, PointerMove{4, INT32_MIN, INT32_MAX});
  EXPECT_EQ(hands.pointers.back().input.at, (Point{0, 199}));
  say(one, PointerMove{1, 340, 190});
  EXPECT_EQ(hands.pointers.back().input.at, (Point{340, 179})) << "the nearest place that a monitor shows";
}

TEST_F(MonitorsTest, ThePointerIsToldToTheWindowThatShowsIt) {
  const ViewerId one = join(0, {320, 200}, {0, 0});
  const ViewerId two = join(1, {300, 180}, {320, 0});
  run(kSecond);
  const size_t told_one = viewers[one].moves.size();
  const size_t told_two = viewers[two].moves.size();
  screen.move_pointer({400, 30});
  run(10 * kMillisecond);
  EXPECT_EQ(viewers[one].moves.size(), told_one);
  ASSERT_EQ(viewers[two].moves.size(), told_two + 1);
  EXPECT_EQ(viewers[two].moves.back(), (CursorMoved{80, 30}));
  screen.move_pointer({40, 30});
  run(10 * kMillisecond);
  ASSERT_EQ(viewers[one].moves.size(), told_one + 1);
  EXPECT_EQ(viewers[one].moves.back(), (CursorMoved{40, 30}));
  EXPECT_EQ(viewers[two].moves.size(), told_two + 1);
}

TEST_F(MonitorsTest, WindowsAreToldWhatMonitorsThereAre) {
  const ViewerId one = join(0, {320, 200}, {0, 0});
  run(kSecond);
  EXPECT_EQ(viewers[one].monitors.back(), (Monitors{0, kMaxMonitors, {0, 0, 0, 320, 200, 1}}));
  const ViewerId two = join(1, {300, 180}, {320, 0});
  run(kSecond);
  const std::vector<uint32_t> both{0, 0, 0, 320, 200, 1, 1, 320, 0, 300, 180, 1};
  EXPECT_EQ(viewers[one].monitors.back(), (Monitors{0, kMaxMonitors, both}));
  EXPECT_EQ(viewers[two].monitors.back(), (Monitors{1, kMaxMonitors, both}));
  leave(two);
  run(kSecond);
  EXPECT_EQ(viewers[one].monitors.back().areas[11], 0U);
  run(kMonitorGrace);
  EXPECT_EQ(viewers[one].monitors.back(), (Monitors{0, kMaxMonitors, {0, 0, 0, 320, 200, 1}}));
}

TEST_F(MonitorsTest, AWindowThatDoesNotFitIsToldWhatToDo) {
  const ViewerId one = join(0, {320, 200}, {0, 0});
  const ViewerId wide = join(1, {8000, 200}, {320, 0});
  const ViewerId fifth = join(kMaxMonitors, {300, 200}, {320, 0});
  run(kSecond);
  EXPECT_EQ(agent.screen_size(), (Size{320, 200}));
  for (const ViewerId id : {wide, fifth}) {
    ASSERT_TRUE(viewers[id].close.has_value());
    EXPECT_EQ(viewers[id].close->code, CloseCode::kLimit);
  }
  EXPECT_NE(viewers[wide].close->reason.find("8320 by 200"), std::string::npos) << viewers[wide].close->reason;
  const ViewerId two = join(1, {300, 180}, {320, 0});
  say(two, Resize{8000, 200, 100, 320, 0});
  run(kSecond);
  EXPECT_EQ(agent.screen_size(), (Size{620, 200}));
  ASSERT_EQ(viewers[two].notices.size(), 1U);
  EXPECT_FALSE(viewers[two].close.has_value());
  EXPECT_FALSE(viewers[one].close.has_value());
}

TEST_F(MonitorsTest, WhoMayNotResizeGetsAMonitorThatIsThere) {
  join(0, {320, 200}, {0, 0});
  const ViewerId guest = join(3, {640, 480}, {320, 0}, kMayView);
  monitor_of[guest] = 0;
  run(kSecond);
  EXPECT_EQ(agent.screen_size(), (Size{320, 200}));
  EXPECT_EQ(viewers[guest].monitors.back().own, 0U);
  expect_exact("with a guest");
}

TEST_F(MonitorsTest, AMonitorSwitchedOffByOthersLeavesItsWindowTheFirst) {
  join(0, {320, 200}, {0, 0});
  const ViewerId two = join(1, {320, 200}, {320, 0});
  run(kSecond);
  draw(2);
  run(kSecond);
  screen.set_size({320, 200});
  screen.fill({0, 0, 320, 200}, 0xabcdef);
  monitor_of[two] = 0;
  run(2 * kSecond);
  expect_exact("on the one that is left");
}

}  // namespace
}  // namespace vitrine::agent
