#include "host-agent/input/xtest_input.h"

#include <gtest/gtest.h>
#include <xkbcommon/xkbcommon.h>

#include <memory>
#include <string>

#include "protocol/messages.h"
#include "tests/unit/host-agent/editor.h"
#include "tests/unit/host-agent/xorg_fixture.h"

namespace vitrine::agent {
namespace {

constexpr unsigned kLockBit = 1 << 1;
constexpr unsigned kControlBit = 1 << 2;

class XtestInputTest : public testing::Test {
 protected:
  Xorg& server = shared_xorg();
  std::unique_ptr<X11Display> display;
  std::unique_ptr<XtestInput> hands;
  std::unique_ptr<Editor> editor;
  Micros now = kSecond;

  void use_layout(const std::string& layout) { ASSERT_EQ(server.run("setxkbmap " + layout), 0); }
  void SetUp() override {
    use_layout("-layout us -variant '' -option ''");
    display = connect_to(server);
    auto made = XtestInput::create(*display);
    ASSERT_TRUE(made.ok()) << made.error().message;
    hands = made.take();
    editor = std::make_unique<Editor>(server.display());
  }
  void settle() {
    for (int i = 0; i < 10'000; ++i) {
      const auto again = hands->proceed(now);
      ASSERT_TRUE(again.ok()) << again.error().message;
      ASSERT_TRUE(display->atom("SYNC").ok());  // all before this has happened when the answer is here
      editor->read();
      if (again.value() == kNever) return;
      now = again.value();
    }
    FAIL() << "input still waits";
  }
  void down(const std::string& code, const std::string& key, uint32_t modifiers = 0, Holder holder = 1) {
    ASSERT_TRUE(hands->key(holder, {true, code, key, modifiers}).ok());
    settle();
  }
  void up(const std::string& code, const std::string& key, uint32_t modifiers = 0, Holder holder = 1) {
    ASSERT_TRUE(hands->key(holder, {false, code, key, modifiers}).ok());
    settle();
  }
  void tap(const std::string& code, const std::string& key, uint32_t modifiers = 0) {
    down(code, key, modifiers);
    up(code, key, modifiers);
  }
  void type(const std::string& text) {
    ASSERT_TRUE(hands->text(1, text).ok());
    settle();
  }
};

class LayoutTest : public XtestInputTest, public testing::WithParamInterface<const char*> {};

TEST_P(LayoutTest, TextArrivesAsItWasTypedOnEveryLayout) {
  use_layout(GetParam());
  type("Hello, World! 0123456789 @#${}[]\\|~^`'\" <>?/");
  EXPECT_EQ(editor->text, "Hello, World! 0123456789 @#${}[]\\|~^`'\" <>?/");
  editor->text.clear();
  type("\u20ac\u00df\u4f60\u597d\u00e9\u00c9\u017e\u0416\u05d0\u0e01\U0001f600");
  EXPECT_EQ(editor->text, "\u20ac\u00df\u4f60\u597d\u00e9\u00c9\u017e\u0416\u05d0\u0e01\U0001f600");
  EXPECT_EQ(editor->modifiers & 0xff, 0U);
}

TEST_P(LayoutTest, KeysArriveAsTheViewersLayoutNamesThem) {
  use_layout(GetParam());
  // A German keyboard: z where US has y, AltGr+Q is @, AltGr+E the euro sign, a key for sharp s.
  tap("KeyY", "z");
  tap("Minus", "\u00df");
  down("AltRight", "AltGraph", kModAltGraph);
  tap("KeyQ", "@", kModAltGraph);
  tap("KeyE", "\u20ac", kModAltGraph);
  up("AltRight", "AltGraph");
  down("ShiftLeft", "Shift", kModShift);
  tap("KeyA", "A", kModShift);
  tap("Digit7", "/", kModShift);
  up("ShiftLeft", "Shift");
  tap("KeyA", "a");
  tap("Semicolon", "\u00f6");
  EXPECT_EQ(editor->text, "z\u00df@\u20acA/a\u00f6");
  EXPECT_EQ(editor->modifiers & 0xff, 0U);
}

TEST_P(LayoutTest, CapsLockTypesCapitalsOnce) {
  use_layout(GetParam());
  down("CapsLock", "CapsLock", kModCapsLock);
  up("CapsLock", "CapsLock", kModCapsLock);
  tap("KeyA", "A", kModCapsLock);
  tap("Semicolon", "\u00d6", kModCapsLock);
  tap("KeyE", "\u00e9", kModCapsLock);
  tap("Digit1", "1", kModCapsLock);
  // Switched off where we did not see it.
  tap("KeyB", "b", 0);
  EXPECT_EQ(editor->text, "A\u00d6\u00e91b");
  EXPECT_EQ(editor->modifiers & kLockBit, 0U);
}

TEST_P(LayoutTest, TheNumberPadTypesDigitsOrMovesAsTheViewerSays) {
  use_layout(GetParam());
  tap("Numpad7", "7", kModNumLock);
  tap("NumpadAdd", "+", kModNumLock);
  tap("Numpad7", "Home");
  tap("NumpadEnter", "Enter");
  EXPECT_EQ(editor->text, "7+<KP_Home>\r");
  type("1");
  EXPECT_EQ(editor->text, "7+<KP_Home>\r1");
}

INSTANTIATE_TEST_SUITE_P(Layouts, LayoutTest,
                         testing::Values("us", "de", "fr", "ru", "us,ru", "gb -variant extd", "jp", "es", "tr", "gr",
                                         "us -variant dvorak", "ch -variant fr", "il", "br"));

TEST_F(XtestInputTest, NamedKeysArrive) {
  for (const char* key : {"Escape", "F1", "F12", "F24", "Delete", "Home", "PageUp", "ArrowLeft", "PrintScreen", "Pause",
                          "ContextMenu", "AudioVolumeUp", "MediaPlayPause", "BrowserBack", "Compose"}) {
    tap("", key);
  }
  EXPECT_EQ(editor->text,
            "\x1b<F1><F12><F24>\x7f<Home><Prior><Left><Print><Pause><Menu><XF86AudioRaiseVolume>"
            "<XF86AudioPlay><XF86Back><Multi_key>");
}

TEST_F(XtestInputTest, ShortcutsWorkFromANonLatinKeyboard) {
  down("ControlLeft", "Control", kModControl);
  tap("KeyC", "\u0441", kModControl);  // Cyrillic es
  tap("KeyV", "v", kModControl);
  up("ControlLeft", "Control");
  down("AltLeft", "Alt", kModAlt);
  tap("Tab", "Tab", kModAlt);
  up("AltLeft", "Alt");
  EXPECT_EQ(editor->shortcuts, "C-c C-v A-Tab ");
}

TEST_F(XtestInputTest, ShortcutsWorkOnANonLatinDesktop) {
  use_layout("ru");
  down("ControlLeft", "Control", kModControl);
  tap("KeyC", "c", kModControl);
  up("ControlLeft", "Control");
  EXPECT_EQ(editor->shortcuts, "C-c ");
}

TEST_F(XtestInputTest, TheControlThatWindowsAddsToAltGrMakesNoShortcut) {
  down("ControlLeft", "Control", kModControl);
  down("AltRight", "AltGraph", kModAltGraph);
  tap("KeyQ", "@", kModAltGraph);
  up("ControlLeft", "Control", kModAltGraph);
  up("AltRight", "AltGraph");
  tap("KeyA", "a");
  EXPECT_EQ(editor->text, "@a");
  EXPECT_EQ(editor->shortcuts, "");
  EXPECT_EQ(editor->modifiers & 0xff, 0U);
}

TEST_F(XtestInputTest, TheKeyThatWentDownComesUp) {
  down("ShiftLeft", "Shift", kModShift);
  down("KeyA", "A", kModShift);
  up("ShiftLeft", "Shift");
  up("KeyA", "a");
  EXPECT_EQ(editor->releases, 2);
  down("KeyX", "\u4f60");
  up("KeyX", "x");
  EXPECT_EQ(editor->text, "A\u4f60");
  EXPECT_EQ(editor->releases, 3);
}

TEST_F(XtestInputTest, AHeldKeyIsNotPressedAgainByTheBrowsersRepeats) {
  down("KeyA", "a");
  down("KeyA", "a");
  down("KeyA", "a");
  EXPECT_EQ(editor->text, "a");
  up("KeyA", "a");
}

TEST_F(XtestInputTest, ReleaseAllLiftsOnlyWhatThatViewerHolds) {
  down("ShiftLeft", "Shift", kModShift, 1);
  down("ControlLeft", "Control", kModControl, 2);
  ASSERT_TRUE(hands->pointer(1, {.at = {5, 5}, .button = 0, .down = true}).ok());
  ASSERT_TRUE(hands->release_all(1).ok());
  settle();
  EXPECT_EQ(editor->modifiers, kControlBit);
  ASSERT_TRUE(hands->release_all(2).ok());
  settle();
  EXPECT_EQ(editor->modifiers, 0U);
}

TEST_F(XtestInputTest, ALostReleaseOfAModifierIsNoticed) {
  down("AltLeft", "Alt", kModAlt);
  tap("KeyA", "a", 0);  // the system took Alt's release together with the focus
  EXPECT_EQ(editor->text, "a");
  EXPECT_EQ(editor->shortcuts, "");
}

TEST(FirstKeyTest, TheFirstShortcutOfADisplayKeepsItsModifier) {
  const Xorg untouched;
  const auto display = connect_to(untouched);
  auto made = XtestInput::create(*display);
  ASSERT_TRUE(made.ok()) << made.error().message;
  const auto hands = made.take();
  // Each time long enough for the server to call XTEST's keyboard a new one.
  for (const KeyInput& input :
       {KeyInput{true, "ControlLeft", "Control", kModControl}, KeyInput{true, "KeyX", "x", kModControl}}) {
    ASSERT_TRUE(hands->key(1, input).ok());
    ASSERT_TRUE(hands->proceed(kSecond).ok());
    ASSERT_TRUE(display->atom("SYNC").ok());
  }
  xcb_connection_t* const x = display->connection();
  const XcbPtr<xcb_query_pointer_reply_t> state(
      xcb_query_pointer_reply(x, xcb_query_pointer(x, display->root()), nullptr));
  EXPECT_EQ(state->mask & kControlBit, kControlBit);
}

TEST_F(XtestInputTest, ACombiningMarkIsACharacter) {
  use_layout("us -variant intl");
  tap("Digit1", "\u0301");
  tap("KeyE", "e");
  EXPECT_EQ(editor->text, "\u0301e");
}

TEST_F(XtestInputTest, CharactersThatToolkitsKnowByTheirNumberAloneAreSentByIt) {
  tap("Digit5", "\u2030");  // per mille: GDK does not know the keysym of that name
  tap("Digit8", "\u27e8");
  EXPECT_EQ(editor->text, "\u2030\u27e8");
  EXPECT_EQ(editor->last_keysym, 0x010027e8U);
}

TEST_F(XtestInputTest, NoModifierStaysWhenTheMapChangesUnderIt) {
  use_layout("fr");
  down("AltRight", "AltGraph");  // Chromium on Linux does not say AltGraph with the press itself
  use_layout("ru");
  tap("Digit8", "8");
  EXPECT_EQ(editor->text, "8");
  EXPECT_EQ(editor->modifiers & 0xff, 0U);
  up("AltRight", "AltGraph");
}

TEST_F(XtestInputTest, ButtonsAndWheelArrive) {
  for (const uint32_t button : {0U, 1U, 2U, 3U, 4U, 77U}) {
    ASSERT_TRUE(hands->pointer(1, {.at = {50, 60}, .button = button, .down = true}).ok());
    ASSERT_TRUE(hands->pointer(1, {.at = {50, 60}, .button = button, .down = false}).ok());
  }
  for (int i = 0; i < 4; ++i) ASSERT_TRUE(hands->pointer(1, {.at = {50, 60}, .wheel_y = 60}).ok());
  ASSERT_TRUE(hands->pointer(1, {.at = {50, 60}, .wheel_x = -120, .wheel_y = -120}).ok());
  settle();
  EXPECT_EQ(editor->buttons, "+1 -1 +2 -2 +3 -3 +8 -8 +9 -9 +5 -5 +5 -5 +4 -4 +6 -6 ");
}

TEST_F(XtestInputTest, LongTextOutsideTheLayoutArrivesWhole) {
  std::string expected;
  for (char32_t character = 0x4e00; character < 0x4e00 + 300; ++character) {
    const auto sym = xkb_utf32_to_keysym(character);
    char utf8[8] = {};
    xkb_keysym_to_utf8(sym, utf8, sizeof utf8);
    expected += utf8;
  }
  type(expected);
  EXPECT_EQ(editor->text, expected);
  EXPECT_GE(hands->spare_keycodes(), 8U);
}

TEST_F(XtestInputTest, AnAgentThatWasKilledLeavesTheSpareKeycodesToTheNext) {
  type("\u4f60\u597d");
  const size_t before = hands->spare_keycodes();
  XtestInput* killed = hands.release();  // no farewell
  auto next = XtestInput::create(*display);
  ASSERT_TRUE(next.ok());
  hands = next.take();
  EXPECT_EQ(hands->spare_keycodes(), before);
  type("\u00e4");
  EXPECT_EQ(editor->text, "\u4f60\u597d\u00e4");
  hands.reset(killed);
}

TEST_F(XtestInputTest, TheNextAgentLiftsWhatAKilledOneHeld) {
  down("ShiftLeft", "Shift", kModShift);
  down("KeyA", "A", kModShift);
  XtestInput* killed = hands.release();  // no farewell
  auto next = XtestInput::create(*display);
  ASSERT_TRUE(next.ok());
  hands = next.take();
  ASSERT_TRUE(display->atom("SYNC").ok());
  editor->read();
  EXPECT_EQ(editor->modifiers, 0U);
  EXPECT_EQ(editor->releases, 2);
  hands.reset(killed);
}

TEST_F(XtestInputTest, NothingIsHeldAfterTheHandsAreGone) {
  down("ShiftLeft", "Shift", kModShift);
  down("KeyA", "A", kModShift);
  hands.reset();
  ASSERT_TRUE(display->atom("SYNC").ok());
  editor->read();
  EXPECT_EQ(editor->modifiers, 0U);
  EXPECT_EQ(editor->releases, 2);
}

}  // namespace
}  // namespace vitrine::agent
