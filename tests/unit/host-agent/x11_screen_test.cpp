#include "host-agent/screen/x11_screen.h"

#include <gtest/gtest.h>
#include <poll.h>
#include <xcb/randr.h>
#include <xcb/xtest.h>

#include <atomic>
#include <memory>
#include <set>
#include <string>
#include <thread>

#include "host-agent/desktop_agent.h"
#include "host-agent/input/recording_input.h"
#include "host-agent/screen/cursor_image.h"
#include "tests/unit/host-agent/virtual_viewer.h"
#include "tests/unit/host-agent/xorg_fixture.h"

namespace vitrine::agent {
namespace {

ScreenMode mode_of(Size size, uint32_t scale = 100) {
  return {{{0, {0, 0, size.width, size.height}}}, scale};
}

// A program that draws on the root window of the display.
class Painter {
 public:
  explicit Painter(const Xorg& server) : display_(connect_to(server)) {
    gc_ = xcb_generate_id(x());
    const uint32_t include_inferiors = XCB_SUBWINDOW_MODE_INCLUDE_INFERIORS;
    xcb_create_gc(x(), gc_, display_->root(), XCB_GC_SUBWINDOW_MODE, &include_inferiors);
  }
  void fill(const Rect& area, uint32_t colour) {
    xcb_change_gc(x(), gc_, XCB_GC_FOREGROUND, &colour);
    const xcb_rectangle_t rectangle{static_cast<int16_t>(area.x), static_cast<int16_t>(area.y),
                                    static_cast<uint16_t>(area.width), static_cast<uint16_t>(area.height)};
    xcb_poly_fill_rectangle(x(), display_->root(), gc_, 1, &rectangle);
  }
  // All that was drawn is on the screen when this returns.
  void finish() { ASSERT_TRUE(display_->atom("SYNC").ok()); }
  // What the screen shows, by the plain request that no other code here uses.
  codec::Picture look() {
    const auto cookie = xcb_get_geometry(x(), display_->root());
    const XcbPtr<xcb_get_geometry_reply_t> size(xcb_get_geometry_reply(x(), cookie, nullptr));
    const auto image_cookie =
        xcb_get_image(x(), XCB_IMAGE_FORMAT_Z_PIXMAP, display_->root(), 0, 0, size->width, size->height, ~0U);
    const XcbPtr<xcb_get_image_reply_t> image(xcb_get_image_reply(x(), image_cookie, nullptr));
    codec::Picture picture({size->width, size->height});
    const auto* const pixels = reinterpret_cast<const uint32_t*>(xcb_get_image_data(image.get()));
    for (int y = 0; y < picture.height(); ++y)
      std::copy_n(pixels + y * picture.width(), picture.width(), picture.row(y));
    return picture;
  }
  void warp(int x_to, int y_to) {
    xcb_warp_pointer(x(), XCB_NONE, display_->root(), 0, 0, 0, 0, static_cast<int16_t>(x_to),
                     static_cast<int16_t>(y_to));
  }
  std::string property(const std::string& name) {
    const auto atom = display_->atom(name);
    const auto cookie = xcb_get_property(x(), 0, display_->root(), atom.value(), XCB_ATOM_STRING, 0, 10'000);
    const XcbPtr<xcb_get_property_reply_t> reply(xcb_get_property_reply(x(), cookie, nullptr));
    return {static_cast<const char*>(xcb_get_property_value(reply.get())),
            static_cast<size_t>(xcb_get_property_value_length(reply.get()))};
  }
  // A picture of the X server's cursor font, for the root window.
  void set_cursor(uint16_t glyph) {
    const xcb_font_t font = xcb_generate_id(x());
    const xcb_cursor_t cursor = xcb_generate_id(x());
    xcb_open_font(x(), font, 6, "cursor");
    xcb_create_glyph_cursor(x(), cursor, font, font, glyph, static_cast<uint16_t>(glyph + 1), 0, 0, 0, 0xffff, 0xffff,
                            0xffff);
    xcb_change_window_attributes(x(), display_->root(), XCB_CW_CURSOR, &cursor);
    xcb_free_cursor(x(), cursor);
    xcb_close_font(x(), font);
    finish();
  }
  int modes() {
    const auto cookie = xcb_randr_get_screen_resources_current(x(), display_->root());
    const XcbPtr<xcb_randr_get_screen_resources_current_reply_t> reply(
        xcb_randr_get_screen_resources_current_reply(x(), cookie, nullptr));
    return reply->num_modes;
  }
  xcb_connection_t* x() { return display_->connection(); }
  xcb_window_t root() { return display_->root(); }

 private:
  std::unique_ptr<X11Display> display_;
  xcb_gcontext_t gc_ = 0;
};

bool same(const codec::Picture& a, const codec::Picture& b) {
  if (a.size() != b.size()) return false;
  for (int y = 0; y < a.height(); ++y) {
    for (int x = 0; x < a.width(); ++x) {
      if (((a.row(y)[x] ^ b.row(y)[x]) & codec::kColourMask) != 0) return false;
    }
  }
  return true;
}

class X11ScreenTest : public testing::Test {
 protected:
  Xorg& server = shared_xorg();
  std::unique_ptr<X11Display> display;
  std::unique_ptr<X11Screen> screen;
  std::unique_ptr<Painter> painter;

  void SetUp() override {
    display = connect_to(server);
    auto made = X11Screen::create(*display);
    ASSERT_TRUE(made.ok()) << made.error().message;
    screen = made.take();
    painter = std::make_unique<Painter>(server);
    resize({800, 600});
    capture();
  }
  ScreenEvents events() {
    const auto result = screen->take_events();
    EXPECT_TRUE(result.ok());
    return result.ok() ? result.value() : ScreenEvents{};
  }
  // Events up to now: the painter's requests have reached the server before, and this answer after them.
  ScreenEvents settled_events() {
    EXPECT_TRUE(display->atom("SYNC").ok());
    return events();
  }
  std::vector<Rect> capture() {
    const auto result = screen->capture();
    EXPECT_TRUE(result.ok()) << result.error().message;
    return result.ok() ? result.value() : std::vector<Rect>{};
  }
  void resize(Size size, uint32_t scale = 100) {
    ASSERT_TRUE(screen->resize(mode_of(size, scale)).ok());
    settled_events();
  }
};

TEST_F(X11ScreenTest, DamageThatCameWithAReplyIsNotMissedByTheNextWait) {
  painter->fill({10, 20, 30, 40}, 0xff8800);
  painter->finish();
  // The server sends in order: whoever awaits a reply now has read the damage too.
  ASSERT_TRUE(display->atom("SYNC").ok());
  pollfd server_bytes{display->fd(), POLLIN, 0};
  ASSERT_EQ(poll(&server_bytes, 1, 0), 0) << "the event must lie in memory for this test to mean anything";
  EXPECT_TRUE(display->dispatch_unread());
  EXPECT_FALSE(display->dispatch_unread());
  EXPECT_TRUE(screen->take_events().take().damaged);
}

TEST_F(X11ScreenTest, ACaptureEqualsTheScreenPixelForPixel) {
  painter->fill({0, 0, 800, 600}, 0x204060);
  for (int i = 0; i < 200; ++i) painter->fill({(i * 37) % 790, (i * 91) % 590, 9, 7}, 0x010203U * i);
  painter->finish();
  EXPECT_TRUE(settled_events().damaged);
  capture();
  EXPECT_TRUE(same(screen->content().picture, painter->look()));
}

// More than the memory shared with the server holds.
TEST_F(X11ScreenTest, ALargeScreenIsReadInPartsThatMakeItWhole) {
  ASSERT_TRUE(screen->resize(mode_of({2048, 1536})).ok());
  EXPECT_TRUE(settled_events().resized);
  for (int i = 0; i < 400; ++i) painter->fill({(i * 137) % 2000, (i * 91) % 1500, 48, 36}, 0x010203U * i);
  painter->finish();
  settled_events();
  capture();
  EXPECT_TRUE(same(screen->content().picture, painter->look()));
  for (int i = 0; i < 400; ++i) painter->fill({(i * 91) % 2000, (i * 137) % 1500, 40, 30}, 0x030201U * i);
  painter->finish();
  settled_events();
  capture();
  EXPECT_TRUE(same(screen->content().picture, painter->look()));
}

// While a capture in parts goes on no program draws: each is the screen of one moment.
TEST_F(X11ScreenTest, ACaptureInPartsIsOfOneMoment) {
  ASSERT_TRUE(screen->resize(mode_of({2048, 1536})).ok());
  settled_events();
  capture();
  std::atomic<bool> done = false;
  std::thread program([&] {
    Painter other(server);
    for (uint32_t i = 1; !done; ++i) {
      other.fill({0, 0, 2048, 1536}, i);
      other.finish();
    }
  });
  int captures = 0;
  std::set<uint32_t> seen;
  while (seen.size() < 20) {
    if (!settled_events().damaged) continue;
    capture();
    const codec::Picture& picture = screen->content().picture;
    const uint32_t top = picture.row(0)[0];
    for (const int y : {200, 600, 1000, 1400, 1535}) EXPECT_EQ(picture.row(y)[2047], top) << "capture " << captures;
    seen.insert(top);
    ++captures;
  }
  done = true;
  program.join();
}

TEST_F(X11ScreenTest, OnlyCellsWithAnotherColourAreTold) {
  painter->fill({100, 50, 20, 10}, 0xff0000);
  painter->finish();
  settled_events();
  const std::vector<Rect> rects = capture();
  EXPECT_EQ(rects, (std::vector<Rect>{{96, 48, 32, 16}}));
  EXPECT_EQ(screen->content().picture.row(55)[110] & codec::kColourMask, 0xff0000U);
  // The same drawn again is damage to the server and nothing to us.
  painter->fill({100, 50, 20, 10}, 0xff0000);
  painter->finish();
  EXPECT_TRUE(settled_events().damaged);
  EXPECT_TRUE(capture().empty());
}

TEST_F(X11ScreenTest, DamageIsToldOnceUntilItIsCaptured) {
  painter->fill({0, 0, 10, 10}, 1);
  painter->finish();
  EXPECT_TRUE(settled_events().damaged);
  painter->fill({48, 0, 10, 10}, 2);
  painter->finish();
  EXPECT_FALSE(settled_events().damaged);
  EXPECT_EQ(capture().size(), 2U);
  painter->fill({80, 0, 10, 10}, 3);
  painter->finish();
  EXPECT_TRUE(settled_events().damaged);
}

TEST_F(X11ScreenTest, AStillScreenSendsNothing) {
  settled_events();
  capture();
  settled_events();
  pollfd readable{display->fd(), POLLIN, 0};
  EXPECT_EQ(poll(&readable, 1, 0), 0);
}

TEST_F(X11ScreenTest, AnySizeCanBeHadAndModesDoNotPileUp) {
  const int modes = painter->modes();
  for (const Size size : {Size{1366, 768}, Size{390, 844}, Size{1921, 1081}, Size{3840, 2160}, Size{801, 601}}) {
    ASSERT_TRUE(screen->resize(mode_of(size)).ok());
    EXPECT_TRUE(settled_events().resized);
    EXPECT_EQ(screen->content().picture.size(), size);
    painter->fill({0, 0, size.width, size.height}, 0x334455);
    painter->finish();
    settled_events();
    capture();
    EXPECT_TRUE(same(screen->content().picture, painter->look()));
  }
  EXPECT_LE(painter->modes(), modes + 1);
}

TEST_F(X11ScreenTest, MonitorsAreOutputsThatWindowManagersSee) {
  const int modes = painter->modes();
  const std::vector<Monitor> two{{0, {0, 0, 801, 600}}, {1, {801, 10, 1281, 721}}};
  ASSERT_TRUE(screen->resize({two, 100}).ok());
  EXPECT_TRUE(settled_events().resized);
  EXPECT_EQ(screen->content().monitors, two);
  EXPECT_EQ(screen->content().picture.size(), (Size{2082, 731}));
  EXPECT_EQ(screen->content().most_monitors, kMaxMonitors);
  EXPECT_EQ(server.run("xrandr --listmonitors | grep -q '801/[0-9]*x600/[0-9]*+0+0  *DUMMY0'"), 0);
  EXPECT_EQ(server.run("xrandr --listmonitors | grep -q '1281/[0-9]*x721/[0-9]*+801+10  *DUMMY1'"), 0);
  // The same sizes in another order change no size, and are told all the same.
  const std::vector<Monitor> swapped{{0, {1281, 0, 801, 600}}, {1, {0, 10, 1281, 721}}};
  ASSERT_TRUE(screen->resize({swapped, 100}).ok());
  const ScreenEvents events = settled_events();
  EXPECT_FALSE(events.resized);
  EXPECT_TRUE(events.rearranged);
  EXPECT_EQ(screen->content().monitors, swapped);
  // The first one off, the second one alone, then both again.
  const std::vector<Monitor> second{{1, {0, 0, 1000, 500}}};
  ASSERT_TRUE(screen->resize({second, 100}).ok());
  settled_events();
  EXPECT_EQ(screen->content().monitors, second);
  EXPECT_EQ(screen->content().picture.size(), (Size{1000, 500}));
  EXPECT_EQ(server.run("xrandr | grep -q 'DUMMY1 connected primary'"), 0);
  const std::vector<Monitor> four{
      {0, {0, 0, 640, 480}}, {1, {640, 0, 640, 480}}, {2, {0, 480, 640, 480}}, {3, {640, 480, 640, 480}}};
  ASSERT_TRUE(screen->resize({four, 100}).ok());
  settled_events();
  EXPECT_EQ(screen->content().monitors, four);
  resize({800, 600});
  EXPECT_EQ(screen->content().monitors, mode_of({800, 600}).monitors);
  EXPECT_LE(painter->modes(), modes + 1);
}

TEST_F(X11ScreenTest, MonitorsOfOthersAreFollowedAndFoundByTheNextAgent) {
  const std::vector<Monitor> two{{0, {0, 0, 800, 600}}, {1, {800, 0, 640, 480}}};
  ASSERT_TRUE(screen->resize({two, 100}).ok());
  settled_events();
  ASSERT_EQ(server.run("xrandr --output DUMMY1 --pos 800x100"), 0);
  EXPECT_TRUE(settled_events().rearranged);
  EXPECT_EQ(screen->content().monitors[1].area, (Rect{800, 100, 640, 480}));
  auto second = connect_to(server);
  auto next = X11Screen::create(*second);
  ASSERT_TRUE(next.ok());
  EXPECT_EQ(next.value()->content().monitors, screen->content().monitors);
  resize({800, 600});
}

TEST_F(X11ScreenTest, ImpossibleSizesAreClamped) {
  resize({1, 100'000});
  EXPECT_EQ(screen->content().picture.size(), (Size{64, 8192}));
  resize({-5, 0});
  EXPECT_EQ(screen->content().picture.size(), (Size{64, 64}));
}

TEST_F(X11ScreenTest, SizesSetByOthersAreFollowed) {
  ASSERT_EQ(server.run("xrandr --output DUMMY0 --mode 1024x768"), 0);
  EXPECT_TRUE(settled_events().resized);
  EXPECT_EQ(screen->content().picture.size(), (Size{1024, 768}));
  painter->fill({0, 0, 1024, 768}, 0x112233);
  painter->finish();
  settled_events();
  EXPECT_EQ(capture(), (std::vector<Rect>{{0, 0, 1024, 768}}));
}

TEST_F(X11ScreenTest, ACaptureThatMeetsAShrinkingScreenRecovers) {
  ASSERT_EQ(server.run("xrandr --output DUMMY0 --mode 640x480"), 0);
  painter->fill({0, 0, 640, 480}, 0x777777);
  painter->finish();
  capture();  // still believes in the old size
  settled_events();
  capture();
  EXPECT_TRUE(same(screen->content().picture, painter->look()));
}

TEST_F(X11ScreenTest, TheScaleSetsTheDotsPerInch) {
  resize({1000, 500}, 150);
  EXPECT_NE(painter->property("RESOURCE_MANAGER").find("Xft.dpi:\t144\n"), std::string::npos);
  resize({1000, 500}, 100);
  EXPECT_NE(painter->property("RESOURCE_MANAGER").find("Xft.dpi:\t96\n"), std::string::npos);
}

TEST_F(X11ScreenTest, PointerMovesOfProgramsAreSeen) {
  settled_events();
  painter->warp(123, 45);
  painter->finish();
  // Nothing is told of a warp by itself; the next look at the screen finds it.
  capture();
  EXPECT_TRUE(settled_events().pointer_moved);
  EXPECT_EQ(screen->content().pointer, (Point{123, 45}));
  xcb_test_fake_input(painter->x(), XCB_MOTION_NOTIFY, 0, XCB_CURRENT_TIME, painter->root(), 200, 300, 0);
  painter->finish();
  EXPECT_TRUE(settled_events().pointer_moved);
  EXPECT_EQ(screen->content().pointer, (Point{200, 300}));
}

TEST_F(X11ScreenTest, APointerThatAProgramPutsBackAtOnceHasMoved) {
  painter->warp(123, 45);
  painter->finish();
  capture();
  settled_events();
  xcb_test_fake_input(painter->x(), XCB_MOTION_NOTIFY, 0, XCB_CURRENT_TIME, painter->root(), 200, 300, 0);
  painter->warp(123, 45);
  painter->finish();
  EXPECT_TRUE(settled_events().pointer_moved);
  EXPECT_EQ(screen->content().pointer, (Point{123, 45}));
}

TEST_F(X11ScreenTest, TheCursorsPictureIsRead) {
  painter->set_cursor(68);  // XC_left_ptr
  settled_events();
  const CursorImage arrow = screen->content().cursor;
  EXPECT_GT(arrow.size.width, 4);
  EXPECT_EQ(arrow.rgba.size(), static_cast<size_t>(arrow.size.width) * arrow.size.height * 4);
  painter->set_cursor(150);  // XC_watch
  EXPECT_TRUE(settled_events().cursor_changed);
  EXPECT_NE(screen->content().cursor, arrow);
}

TEST_F(X11ScreenTest, AViewerSeesTheRealScreen) {
  RecordingInput hands;
  DesktopAgent agent(*screen, hands);
  Micros now = kSecond;
  VirtualViewer viewer;
  const ViewerId id = agent.add_viewer(joined_with(kAllRights, {1280, 720}), now);
  const auto settle = [&] {
    for (int i = 0; i < 3000; ++i, now += kMillisecond) {
      agent.advance(now);
      while (agent.wants_output(id, now)) {
        const auto bytes = agent.take_output(id, now);
        if (!bytes) break;
        viewer.receive(*bytes);
        for (const FrameAck& ack : std::exchange(viewer.acks, {})) agent.receive(id, serialize(ack), now);
      }
    }
  };
  painter->fill({0, 0, 1280, 720}, 0xaabbcc);
  painter->finish();
  settle();
  painter->fill({300, 300, 300, 200}, 0x001122);
  painter->finish();
  settle();
  EXPECT_TRUE(viewer.shows(painter->look().view()));
}

TEST(X11ScreenLossTest, ALostServerIsAnErrorWithASentence) {
  Xorg server;
  const auto display = connect_to(server);
  auto screen = X11Screen::create(*display);
  ASSERT_TRUE(screen.ok());
  server.stop();
  const auto capture = screen.value()->capture();
  ASSERT_FALSE(capture.ok());
  EXPECT_EQ(capture.error().code, ErrorCode::kClosed);
  EXPECT_EQ(capture.error().message, "the X server of display " + server.display() + " is gone");
  EXPECT_FALSE(screen.value()->take_events().ok());
  EXPECT_FALSE(screen.value()->resize(mode_of({640, 480})).ok());
}

TEST(X11DisplayTest, ADisplayThatIsNotThereIsNamed) {
  const auto display = X11Display::connect(":7654");
  ASSERT_FALSE(display.ok());
  EXPECT_NE(display.error().message.find(":7654"), std::string::npos);
  EXPECT_EQ(X11Display::connect("nonsense").error().code, ErrorCode::kInvalidArgument);
}

TEST(MergeIntoBandsTest, ManyRectanglesBecomeFewThatCoverThem) {
  std::vector<Rect> rects;
  for (int i = 0; i < 500; ++i) rects.push_back({(i * 53) % 1900, (i * 71) % 8000, 10, 10});
  const std::vector<Rect> merged = merge_into_bands(rects, 32);
  EXPECT_LE(merged.size(), 32U);
  for (const Rect& rect : rects) {
    int64_t covered = 0;
    for (const Rect& part : merged) covered += intersect(rect, part).area();
    EXPECT_EQ(covered, rect.area());
  }
}

TEST(SplitIntoBatchesTest, BatchesHoldNoMoreThanFitsAndCoverTheSame) {
  const std::vector<Rect> rects = {{0, 0, 1920, 1080}, {5, 1100, 10, 3}, {100, 1200, 1900, 700}, {0, 2000, 8192, 1}};
  std::vector<int64_t> covered(rects.size());
  for (const auto& batch : split_into_batches(rects, 100'000)) {
    int64_t pixels = 0;
    for (const Rect& part : batch) {
      pixels += part.area();
      for (size_t i = 0; i < rects.size(); ++i) covered[i] += intersect(part, rects[i]).area();
    }
    EXPECT_LE(pixels, 100'000);
    EXPECT_GT(pixels, 0);
  }
  for (size_t i = 0; i < rects.size(); ++i) EXPECT_EQ(covered[i], rects[i].area());
  EXPECT_EQ(split_into_batches(rects, 10'000'000).size(), 1U);
  EXPECT_TRUE(split_into_batches({}, 100).empty());
}

TEST(CursorImageTest, AlphaIsNoLongerPremultiplied) {
  const std::vector<uint32_t> argb{0x80402010, 0xff102030, 0x00000000, 0x01010101};
  const CursorImage image = cursor_from_premultiplied(argb, {2, 2}, {1, 5});
  EXPECT_EQ(image.rgba, (std::vector<uint8_t>{128, 64, 32, 128, 16, 32, 48, 255, 0, 0, 0, 0, 255, 255, 255, 1}));
  EXPECT_EQ(image.hot, (Point{1, 1}));
}

TEST(CursorImageTest, LargeOnesAreScaledDownAndEmptyOnesHide) {
  const std::vector<uint32_t> large(600 * 400, 0xff0000ff);
  const CursorImage image = cursor_from_premultiplied(large, {600, 400}, {300, 200});
  EXPECT_EQ(image.size, (Size{200, 134}));
  EXPECT_EQ(image.hot, (Point{100, 66}));
  EXPECT_EQ(image.rgba.size(), 200U * 134 * 4);
  EXPECT_EQ(cursor_from_premultiplied(std::vector<uint32_t>(64), {8, 8}, {0, 0}).size, (Size{0, 0}));
}

}  // namespace
}  // namespace vitrine::agent
