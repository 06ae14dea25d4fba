// keyboard_tool table LAYOUT[:VARIANT]...   what the keys of layouts produce, a JSON line each
// keyboard_tool press                       presses keycodes named on standard input on $DISPLAY
// keyboard_tool listen                      a window with the focus that writes down what it gets, a JSON line each
#include <cstdio>
#include <string_view>

#include "tests/keyboard/fingers.h"
#include "tests/keyboard/layout_table.h"
#include "tests/keyboard/listener.h"

int main(int argc, char** argv) {
  const std::string_view job = argc > 1 ? argv[1] : "";
  if (job == "table" && argc > 2) {
    for (int i = 2; i < argc; ++i) {
      if (!vitrine::keyboard::print_table(argv[i])) return 1;
    }
    return 0;
  }
  if (job == "press") return vitrine::keyboard::press_from_input();
  if (job == "listen") return vitrine::keyboard::listen();
  std::fputs("usage: keyboard_tool table LAYOUT[:VARIANT]... | press | listen\n", stderr);
  return 2;
}
