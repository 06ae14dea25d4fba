#include "host-agent/input/x_pointer.h"

#include <gtest/gtest.h>
#include <xcb/xinput.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "host-agent/input/xtest_input.h"
#include "protocol/messages.h"
#include "tests/unit/host-agent/xorg_fixture.h"

namespace vitrine::agent {
namespace {

struct Seen {
  uint16_t type = 0;  // XCB_INPUT_MOTION ...
  uint32_t detail = 0;
  double x = 0;
  double y = 0;
  uint32_t modifiers = 0;
  bool emulated = false;
  std::string source;
  std::map<int, double> axes;
};

// A program that reads XI2, as toolkits do.
class Program {
 public:
  explicit Program(const Xorg& server) : display_(connect_to(server)) {
    xcb_connection_t* const x = display_->connection();
    opcode_ = xcb_get_extension_data(x, &xcb_input_id)->major_opcode;
    const XcbPtr<xcb_input_xi_query_version_reply_t> version(
        xcb_input_xi_query_version_reply(x, xcb_input_xi_query_version(x, 2, 2), nullptr));
    window_ = xcb_generate_id(x);
    const uint32_t values[] = {1};
    xcb_create_window(x, XCB_COPY_FROM_PARENT, window_, display_->root(), 0, 0, 8192, 8192, 0,
                      XCB_WINDOW_CLASS_INPUT_OUTPUT, XCB_COPY_FROM_PARENT, XCB_CW_OVERRIDE_REDIRECT, values);
    xcb_map_window(x, window_);
    struct {
      xcb_input_event_mask_t head;
      uint32_t mask;
    } wanted{
        {XCB_INPUT_DEVICE_ALL_MASTER, 1},
        XCB_INPUT_XI_EVENT_MASK_MOTION | XCB_INPUT_XI_EVENT_MASK_BUTTON_PRESS | XCB_INPUT_XI_EVENT_MASK_BUTTON_RELEASE};
    xcb_input_xi_select_events(x, window_, 1, &wanted.head);
    round_trip();
  }

  // All that came since.
  std::vector<Seen> read() {
    round_trip();
    std::vector<Seen> seen;
    while (const XcbPtr<xcb_generic_event_t> event{xcb_poll_for_event(display_->connection())}) {
      const auto& generic = reinterpret_cast<const xcb_ge_generic_event_t&>(*event);
      if ((event->response_type & 0x7f) != XCB_GE_GENERIC || generic.extension != opcode_) continue;
      seen.push_back(parse(reinterpret_cast<const xcb_input_button_press_event_t&>(*event)));
    }
    return seen;
  }

 private:
  void round_trip() { ASSERT_TRUE(display_->atom("SYNC").ok()); }

  Seen parse(const xcb_input_button_press_event_t& event) {
    Seen seen{.type = event.event_type,
              .detail = event.detail,
              .x = event.root_x / 65536.0,
              .y = event.root_y / 65536.0,
              .modifiers = event.mods.effective,
              .emulated = (event.flags & XCB_INPUT_POINTER_EVENT_FLAGS_POINTER_EMULATED) != 0,
              .source = name_of(event.sourceid)};
    const uint32_t* const mask = xcb_input_button_press_valuator_mask(&event);
    const xcb_input_fp3232_t* value = xcb_input_button_press_axisvalues(&event);
    for (int axis = 0; axis < event.valuators_len * 32; ++axis) {
      if ((mask[axis / 32] >> (axis % 32) & 1) == 0) continue;
      seen.axes[axis] = value->integral + value->frac / 4294967296.0;
      ++value;
    }
    return seen;
  }

  std::string name_of(uint16_t id) {
    xcb_connection_t* const x = display_->connection();
    const XcbPtr<xcb_input_xi_query_device_reply_t> reply(
        xcb_input_xi_query_device_reply(x, xcb_input_xi_query_device(x, id), nullptr));
    const auto at = xcb_input_xi_query_device_infos_iterator(reply.get());
    return {xcb_input_xi_device_info_name(at.data), static_cast<size_t>(xcb_input_xi_device_info_name_length(at.data))};
  }

  std::unique_ptr<X11Display> display_;
  uint8_t opcode_ = 0;
  xcb_window_t window_ = 0;
};

class XPointerTest : public testing::Test {
 protected:
  Xorg& server = shared_xorg();
  std::unique_ptr<X11Display> display;
  std::unique_ptr<XtestInput> hands;
  std::unique_ptr<Program> program;

  void open(const std::string& devices) {
    hands.reset();
    display = connect_to(server);
    auto made = XtestInput::create(*display, devices);
    ASSERT_TRUE(made.ok()) << made.error().message;
    hands = made.take();
    program = std::make_unique<Program>(server);
  }
  void SetUp() override { open(server.folder()); }
  void point(const PointerInput& input, Holder holder = 1) { ASSERT_TRUE(hands->pointer(holder, input).ok()); }
  std::vector<Seen> seen() {
    EXPECT_TRUE(hands->proceed(kSecond).ok());
    hands->settle_pointer();
    EXPECT_TRUE(display->atom("SYNC").ok());
    return program->read();
  }
  static std::string buttons(const std::vector<Seen>& events) {
    std::string story;
    for (const Seen& one : events) {
      if (one.type == XCB_INPUT_MOTION) continue;
      story += (one.type == XCB_INPUT_BUTTON_PRESS ? "+" : "-") + std::to_string(one.detail) + " ";
    }
    return story;
  }
};

TEST_F(XPointerTest, EveryPixelIsHitExactly) {
  for (const Point at : {Point{1, 1}, Point{0, 0}, Point{333, 77}, Point{1023, 767}, Point{640, 1}, Point{7, 700}}) {
    point({.at = at});
    const auto events = seen();
    ASSERT_FALSE(events.empty()) << at.x << "," << at.y;
    EXPECT_EQ(std::floor(events.back().x), at.x);
    EXPECT_EQ(std::floor(events.back().y), at.y);
    EXPECT_EQ(events.back().source, "Vitrine pointer");
  }
}

TEST_F(XPointerTest, EveryPixelIsHitExactlyAfterTheScreenWasResized) {
  ASSERT_EQ(server.run("xrandr --fb 3999x2999"), 0);
  ASSERT_TRUE(display->dispatch().ok());
  for (int x = 0; x < 1024; x += 61) {  // within the output, which holds the pointer
    point({.at = {x, x / 2}});
    const auto events = seen();
    if (events.empty()) continue;  // where it was already
    EXPECT_EQ(std::floor(events.back().x), x);
    EXPECT_EQ(std::floor(events.back().y), x / 2);
  }
}

TEST_F(XPointerTest, APartOfANotchScrollsByThatPart) {
  point({.at = {100, 100}});
  point({.at = {100, 100}, .wheel_y = 15});
  seen();
  point({.at = {100, 100}, .wheel_x = -6, .wheel_y = 15});
  const auto events = seen();
  const auto turned = std::ranges::find_if(events, [](const Seen& one) { return one.axes.contains(3); });
  ASSERT_NE(turned, events.end());
  EXPECT_EQ(buttons(events), "") << "no click before a notch is full";
  const double before = turned->axes.at(3);
  point({.at = {100, 100}, .wheel_y = 30});
  EXPECT_NEAR(seen().back().axes.at(3) - before, 30, 0.01);
}

TEST_F(XPointerTest, AFullNotchIsAlsoAClickForProgramsThatKnowNoOther) {
  point({.at = {100, 100}, .wheel_y = 120});
  const auto events = seen();
  EXPECT_EQ(buttons(events), "+5 -5 ");
  EXPECT_TRUE(
      std::ranges::all_of(events, [](const Seen& one) { return one.type == XCB_INPUT_MOTION || one.emulated; }));
}

TEST_F(XPointerTest, FiveButtonsArriveAndAreLiftedWithTheirHolder) {
  for (const uint32_t button : {0U, 1U, 2U, 3U, 4U}) point({.at = {50, 60}, .button = button, .down = true});
  EXPECT_EQ(buttons(seen()), "+1 +2 +3 +8 +9 ");
  ASSERT_TRUE(hands->release_all(1).ok());
  const std::string lifted = buttons(seen());
  for (const char* button : {"-1", "-2", "-3", "-8", "-9"}) EXPECT_NE(lifted.find(button), std::string::npos) << lifted;
}

TEST_F(XPointerTest, KeysAndButtonsKeepTheirOrder) {
  // The server's first key of all makes its keyboard the one whose modifiers count.
  ASSERT_TRUE(hands->key(1, {true, "ShiftLeft", "Shift", 0}).ok());
  ASSERT_TRUE(hands->key(1, {false, "ShiftLeft", "Shift", 0}).ok());
  seen();
  for (int round = 0; round < 50; ++round) {
    ASSERT_TRUE(hands->key(1, {true, "ControlLeft", "Control", kModControl}).ok());
    point({.at = {50 + round, 60}, .button = 0, .down = true});
    point({.at = {50 + round, 60}, .button = 0, .down = false});
    ASSERT_TRUE(hands->key(1, {false, "ControlLeft", "Control", 0}).ok());
    point({.at = {50 + round, 60}, .button = 2, .down = true});
    point({.at = {50 + round, 60}, .button = 2, .down = false});
    constexpr uint32_t kControlMask = 4;
    for (const Seen& one : seen()) {
      if (one.type != XCB_INPUT_BUTTON_PRESS) continue;
      EXPECT_EQ(one.modifiers & kControlMask, one.detail == 1 ? kControlMask : 0) << "round " << round;
    }
  }
}

TEST_F(XPointerTest, APenBringsItsPressureAndPlacesBetweenPixels) {
  const auto draw = [&](int x16, uint32_t pressure, uint32_t held, bool near = true) {
    const PenPoint pen{.fine = {x16, 1600}, .pressure = pressure, .buttons = held, .near = near};
    point({.at = {x16 / kPenSteps, 100}, .pen = pen});
  };
  draw(1600, 0, 0);
  EXPECT_EQ(buttons(seen()), "");
  draw(1608, 250, 1);
  const auto pressed = seen();
  EXPECT_EQ(buttons(pressed), "+1 ");
  ASSERT_TRUE(pressed.front().axes.contains(4));
  EXPECT_NEAR(pressed.front().axes.at(4), 250, 1);
  EXPECT_NEAR(pressed.front().x, 100.5, 0.1);
  EXPECT_EQ(pressed.front().source, "Vitrine pen");
  draw(1700, 1000, 1);
  EXPECT_NEAR(seen().back().axes.at(4), 1000, 1);
  draw(1700, 0, 0);
  draw(1700, 0, 2);
  draw(1700, 0, 0);
  EXPECT_EQ(buttons(seen()), "-1 +3 -3 ");
  draw(1700, 0, 0, false);
}

TEST_F(XPointerTest, AnEraserIsADeviceOfItsOwn) {
  const PenPoint pen{.fine = {800, 800}, .pressure = 500, .buttons = 32, .near = true};
  point({.at = {50, 50}, .pen = pen});
  const auto events = seen();
  EXPECT_EQ(buttons(events), "+1 ");
  EXPECT_EQ(events.back().source, "Vitrine eraser");
  point({.at = {50, 50}, .pen = PenPoint{.fine = {800, 800}, .near = true}});
  EXPECT_EQ(buttons(seen()), "-1 ");
}

TEST_F(XPointerTest, ACapturedPointerMovesByDistances) {
  point({.at = {200, 200}});
  seen();
  point({.at = {12, -7}, .relative = true});
  point({.at = {0, 0}, .button = 0, .down = true, .relative = true});
  point({.at = {0, 0}, .button = 0, .down = false, .wheel_y = 120, .relative = true});
  const auto events = seen();
  ASSERT_FALSE(events.empty());
  EXPECT_EQ(std::floor(events.back().x), 212);
  EXPECT_EQ(std::floor(events.back().y), 193);
  EXPECT_EQ(buttons(events), "+1 -1 +5 -5 ");
}

TEST_F(XPointerTest, TheNextAgentTakesTheDevicesOverAndNothingStaysDown) {
  point({.at = {10, 10}, .button = 0, .down = true});
  seen();
  // An agent that was killed lifts nothing and leaves its socket to the system.
  const auto killed_display = std::move(display);
  const auto killed = std::move(hands);
  display = connect_to(server);
  auto made = XtestInput::create(*display, server.folder());
  ASSERT_TRUE(made.ok());
  hands = made.take();
  EXPECT_EQ(buttons(program->read()), "-1 ");
  point({.at = {30, 40}, .button = 2, .down = true});
  point({.at = {30, 40}, .button = 2, .down = false});
  EXPECT_EQ(buttons(seen()), "+3 -3 ");
}

TEST_F(XPointerTest, WithoutDevicesXtestDoesWhatItCan) {
  open("");
  point({.at = {77, 88}, .wheel_y = 60});
  point({.at = {77, 88}, .wheel_y = 60});
  const auto events = seen();
  EXPECT_EQ(buttons(events), "+5 -5 ");
  EXPECT_EQ(std::floor(events.back().x), 77);
  const PenPoint pen{.fine = {800, 800}, .pressure = 500, .buttons = 32, .near = true};
  point({.at = {50, 50}, .pen = pen});
  point({.at = {50, 50}, .pen = PenPoint{.fine = {800, 800}, .near = true}});
  EXPECT_EQ(buttons(seen()), "+2 -2 ");
}

}  // namespace
}  // namespace vitrine::agent
