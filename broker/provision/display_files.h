// The files a local display is started with.
#pragma once

#include <string>

#include "broker/provision/desktop_spec.h"
#include "protocol/base/result.h"

namespace vitrine::broker {

// 16 random bytes, the secret that opens the display (MIT-MAGIC-COOKIE-1).
std::string random_cookie();
// An Xauthority file that offers the cookie to every display it is asked about.
std::string xauthority_file(const std::string& cookie);
// Xorg with the dummy driver: one output of the wanted size that can grow to 8192x8192 by RandR. Its picture is
// allocated by page as it is touched, so a small screen stays small in memory.
std::string xorg_config(const DesktopSpec& spec);
// Whether Xorg has the input driver that gives a desktop smooth scrolling and a pen (protocol/input_devices.h).
bool has_pointer_driver();

// Makes the folder that Xorg takes for its keyboard files (-xkbdir): this machine's, but what they call "base" is
// "evdev". A server without a keyboard of its own names keys by the former, whose numbers are those of old PCs;
// programs that go by a key's number (browsers, games, virtual machines) take them for the latter's. Errors: io.
Result<void> make_keyboard_folder(const std::string& path);

// Removes the socket of a display (":7") whose server was killed before it could; not one that is listened on.
void remove_stale_socket(const std::string& display);

// Where Xorg is; not the wrapper of the same name in $PATH, which wants a console. Empty: not installed.
std::string find_xorg();
// Programs that a desktop (or an app, when `app`) of this machine cannot do without. Errors: unavailable, with the
// Debian package that is missing.
Result<void> check_display_programs(bool app);

}  // namespace vitrine::broker
