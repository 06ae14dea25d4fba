#include "tests/keyboard/listener.h"

#include <X11/XKBlib.h>
#include <X11/Xlib.h>
#include <X11/Xutil.h>
#include <poll.h>
#include <unistd.h>
#include <xkbcommon/xkbcommon.h>

#include <cstdio>
#include <set>

namespace vitrine::keyboard {
namespace {

class Listener {
 public:
  explicit Listener(Display* display) : display_(display) {
    XkbSetDetectableAutoRepeat(display_, True, nullptr);  // a repeat is a press without a release before it
    window_ = XCreateSimpleWindow(display_, DefaultRootWindow(display_), 0, 0, 300, 200, 0, 0, 0);
    XStoreName(display_, window_, "keyboard listener");
    XSelectInput(display_, window_, KeyPressMask | KeyReleaseMask | ExposureMask | FocusChangeMask);
    XMapRaised(display_, window_);
    XEvent event;
    XWindowEvent(display_, window_, ExposureMask, &event);
    XSetInputFocus(display_, window_, RevertToParent, CurrentTime);
    XSync(display_, False);
  }

  void handle(XEvent& event) {
    if (event.type == MappingNotify) XRefreshKeyboardMapping(&event.xmapping);
    if (event.type == FocusIn && !told_) {
      told_ = true;
      std::puts("{\"ready\":true}");
    }
    if (event.type == KeyPress || event.type == KeyRelease) key(event.xkey);
  }

 private:
  void key(XKeyEvent& event) {
    const bool down = event.type == KeyPress;
    const bool repeat = down && !held_.insert(event.keycode).second;
    if (!down) held_.erase(event.keycode);
    char ignored[32];
    KeySym keysym = 0;
    XLookupString(&event, ignored, sizeof ignored, &keysym, nullptr);
    char name[64] = {};
    xkb_keysym_get_name(static_cast<xkb_keysym_t>(keysym), name, sizeof name);
    std::printf("{\"down\":%s,\"repeat\":%s,\"key\":\"%s\",\"code\":%u,\"state\":%u}\n", down ? "true" : "false",
                repeat ? "true" : "false", name, event.keycode, event.state);
  }

  Display* display_;
  Window window_ = 0;
  std::set<unsigned> held_;
  bool told_ = false;
};

}  // namespace

int listen() {
  Display* const display = XOpenDisplay(nullptr);
  if (display == nullptr) {
    std::fputs("keyboard_tool: no X server at $DISPLAY\n", stderr);
    return 1;
  }
  Listener listener(display);
  pollfd sources[] = {{ConnectionNumber(display), POLLIN, 0}, {STDIN_FILENO, POLLIN, 0}};
  while ((sources[1].revents & (POLLIN | POLLHUP)) == 0) {
    while (XPending(display) > 0) {
      XEvent event;
      XNextEvent(display, &event);
      listener.handle(event);
    }
    std::fflush(stdout);
    poll(sources, 2, -1);
  }
  XCloseDisplay(display);
  return 0;
}

}  // namespace vitrine::keyboard
