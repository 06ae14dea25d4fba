// Defaults for the programs of a desktop, below what the user chooses: written to FOLDER/xdg, which comes first in
// XDG_CONFIG_DIRS.
#pragma once

#include <string>

#include "protocol/base/result.h"

namespace vitrine::broker {

// Xfce: no compositor, no screen saver or lock, no first-run questions, a panel with what one needs.
Result<void> write_xfce_defaults(const std::string& xdg_folder);
// Fonts, theme and cursor for programs that run without a settings daemon.
Result<void> write_gtk_defaults(const std::string& xdg_folder);
// Openbox for one app: main windows fill the screen without decoration, dialogs are decorated and centred, no keys or
// menus of its own.
std::string openbox_config();

}  // namespace vitrine::broker
