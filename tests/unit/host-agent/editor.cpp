#include "tests/unit/host-agent/editor.h"

#include <X11/Xlib.h>
#include <X11/Xutil.h>
#include <xkbcommon/xkbcommon.h>

namespace vitrine::agent {
namespace {

std::string name_of(KeySym keysym) {
  char name[64] = {};
  xkb_keysym_get_name(static_cast<xkb_keysym_t>(keysym), name, sizeof name);
  return name;
}

}  // namespace

Editor::Editor(const std::string& display_name) : display_(XOpenDisplay(display_name.c_str())) {
  window_ = XCreateSimpleWindow(display_, DefaultRootWindow(display_), 0, 0, 400, 300, 0, 0, 0);
  XSelectInput(display_, window_, KeyPressMask | KeyReleaseMask | ButtonPressMask | ButtonReleaseMask | ExposureMask);
  XMapRaised(display_, window_);
  XEvent event;
  XWindowEvent(display_, window_, ExposureMask, &event);
  XSetInputFocus(display_, window_, RevertToParent, CurrentTime);
  XSync(display_, False);
}

Editor::~Editor() {
  XCloseDisplay(display_);
}

void Editor::read() {
  XSync(display_, False);
  while (XPending(display_) > 0) {
    XEvent event;
    XNextEvent(display_, &event);
    if (event.type == MappingNotify) XRefreshKeyboardMapping(&event.xmapping);
    if (event.type == ButtonPress) buttons += "+" + std::to_string(event.xbutton.button) + " ";
    if (event.type == ButtonRelease) buttons += "-" + std::to_string(event.xbutton.button) + " ";
    if (event.type == KeyRelease) ++releases;
    if (event.type == KeyPress) handle_key(&event.xkey);
  }
  Window window = 0;
  int number = 0;
  XQueryPointer(display_, window_, &window, &window, &number, &number, &number, &number, &modifiers);
}

void Editor::handle_key(void* event) {
  auto* const key = static_cast<XKeyEvent*>(event);
  KeySym keysym = 0;
  char ignored[32];
  XLookupString(key, ignored, sizeof ignored, &keysym, nullptr);
  if (IsModifierKey(keysym)) return;
  last_keysym = keysym;
  if ((key->state & (ControlMask | Mod1Mask | Mod4Mask)) != 0) {
    shortcuts += (key->state & ControlMask) != 0 ? "C-" : "";
    shortcuts += (key->state & Mod1Mask) != 0 ? "A-" : "";
    shortcuts += (key->state & Mod4Mask) != 0 ? "S-" : "";
    shortcuts += name_of(keysym) + " ";
    return;
  }
  char utf8[16] = {};
  const int length = xkb_keysym_to_utf8(static_cast<xkb_keysym_t>(keysym), utf8, sizeof utf8);
  text += length > 1 ? utf8 : "<" + name_of(keysym) + ">";
}

}  // namespace vitrine::agent
