// How large the programs of a desktop draw, so that it fits a viewer whose pixels are small (`scale_percent`: device
// pixels per CSS pixel times 100). Widgets grow by a whole factor, which is all GTK can do; text makes up the rest.
//
// Who owns what: Xft.dpi in RESOURCE_MANAGER, for programs that know no XSETTINGS and so no factor, is the agent's. On
// an Xfce desktop xfsettingsd, which owns the XSETTINGS, overwrites that line with /Xft/DPI, from which the factor was
// taken out; the supervisor puts the agent's value back where it finds exactly that, and nothing else. xfsettingsd
// does not watch the line, so that is the end of it. With a single app there is no settings daemon; the supervisor
// owns the XSETTINGS selection itself, which costs no process.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace vitrine::broker {

struct DesktopScale {
  int factor = 1;        // of widgets and icons
  int font_dpi = 96;     // before the factor
  int screen_dpi = 96;   // with the factor; as the agent counts it
  int cursor_side = 24;  // in device pixels

  bool operator==(const DesktopScale&) const = default;
};

// Any number is taken; out of range is clamped.
DesktopScale desktop_scale(int64_t scale_percent);

// A command that gives a running Xfce this scale through xfconf. It may run before Xfce's own programs.
std::vector<std::string> xfce_scale_command(const DesktopScale& scale);

// RESOURCE_MANAGER with the text resolution that xfsettingsd wrote corrected; nothing when there is nothing to correct.
std::optional<std::string> corrected_resources(const std::string& resources, const DesktopScale& scale);

// The value of _XSETTINGS_SETTINGS (XSETTINGS 0.5). `serial` grows with each change.
std::string xsettings_property(const DesktopScale& scale, uint32_t serial);

}  // namespace vitrine::broker
