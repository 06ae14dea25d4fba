#include "tests/keyboard/fingers.h"

#include <xcb/xcb.h>
#include <xcb/xtest.h>

#include <charconv>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>

namespace vitrine::keyboard {
namespace {

struct Disconnect {
  void operator()(xcb_connection_t* one) const { xcb_disconnect(one); }
};

std::optional<uint8_t> keycode_of(std::string_view word) {
  unsigned number = 0;
  const auto parsed = std::from_chars(word.data(), word.data() + word.size(), number);
  if (parsed.ec != std::errc() || parsed.ptr != word.data() + word.size() || number < 8 || number > 255) {
    return std::nullopt;
  }
  return static_cast<uint8_t>(number);
}

bool press(xcb_connection_t* x, std::string_view word) {
  const char sign = word.front();
  if (sign == '+' || sign == '-') word.remove_prefix(1);
  const auto keycode = keycode_of(word);
  if (!keycode) return false;
  const auto fake = [&](uint8_t type) { xcb_test_fake_input(x, type, *keycode, XCB_CURRENT_TIME, XCB_NONE, 0, 0, 0); };
  if (sign != '-') fake(XCB_KEY_PRESS);
  if (sign != '+') fake(XCB_KEY_RELEASE);
  return true;
}

}  // namespace

int press_from_input() {
  const std::unique_ptr<xcb_connection_t, Disconnect> x(xcb_connect(nullptr, nullptr));
  if (xcb_connection_has_error(x.get()) != 0) {
    std::fputs("keyboard_tool: no X server at $DISPLAY\n", stderr);
    return 1;
  }
  for (std::string line; std::getline(std::cin, line);) {
    std::istringstream words(line);
    for (std::string word; words >> word;) {
      if (press(x.get(), word)) continue;
      std::fprintf(stderr, "keyboard_tool: \"%s\" is not a keycode\n", word.c_str());
      return 1;
    }
    // The answer comes after all before it was done.
    std::free(xcb_get_input_focus_reply(x.get(), xcb_get_input_focus(x.get()), nullptr));
    std::cout << "done" << std::endl;
  }
  return 0;
}

}  // namespace vitrine::keyboard
