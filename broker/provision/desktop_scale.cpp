#include "broker/provision/desktop_scale.h"

#include <algorithm>
#include <string_view>

namespace vitrine::broker {

namespace {

// The agent's limits.
constexpr int64_t kLeastPercent = 50;
constexpr int64_t kMostPercent = 400;
constexpr int kDpiAt100 = 96;
constexpr int kCursorAt100 = 24;

// One process for all. A value that is there already changes nothing and wakes nobody. The window manager's frames are
// pictures of a fixed size; those of Xfce's own theme come in three, another theme is the user's choice and stays.
constexpr const char* kXfceScript = R"(
xfconf-query -c xsettings -p /Gdk/WindowScalingFactor -n -t int -s "$1"
xfconf-query -c xsettings -p /Xft/DPI -n -t int -s "$2"
xfconf-query -c xsettings -p /Gtk/CursorThemeSize -n -t int -s "$3"
theme=$(xfconf-query -c xfwm4 -p /general/theme)
case "$theme" in
  "$4") ;;
  Default|Default-hdpi|Default-xhdpi) xfconf-query -c xfwm4 -p /general/theme -n -t string -s "$4" ;;
esac
)";

void put_number(std::string& out, uint32_t value, int bytes) {
  for (int i = 0; i < bytes; ++i) out += static_cast<char>((value >> (8 * i)) & 0xff);
}

void put_integer_setting(std::string& out, std::string_view name, int value, uint32_t serial) {
  constexpr uint32_t kIntegerType = 0;
  put_number(out, kIntegerType, 2);  // and a byte of padding
  put_number(out, static_cast<uint32_t>(name.size()), 2);
  out += name;
  out.append((4 - name.size() % 4) % 4, '\0');
  put_number(out, serial, 4);
  put_number(out, static_cast<uint32_t>(value), 4);
}

}  // namespace

DesktopScale desktop_scale(int64_t scale_percent) {
  const int percent = static_cast<int>(std::clamp(scale_percent, kLeastPercent, kMostPercent));
  DesktopScale scale;
  scale.factor = std::clamp((percent + 50) / 100, 1, 4);
  scale.screen_dpi = kDpiAt100 * percent / 100;
  scale.font_dpi = scale.screen_dpi / scale.factor;
  scale.cursor_side = kCursorAt100 * percent / 100;
  return scale;
}

std::vector<std::string> xfce_scale_command(const DesktopScale& scale) {
  const char* const frames = scale.factor == 1 ? "Default" : "Default-xhdpi";
  return {"sh",
          "-c",
          kXfceScript,
          "sh",
          std::to_string(scale.factor),
          std::to_string(scale.font_dpi),
          std::to_string(scale.cursor_side),
          frames};
}

std::optional<std::string> corrected_resources(const std::string& resources, const DesktopScale& scale) {
  if (scale.font_dpi == scale.screen_dpi) return std::nullopt;
  constexpr std::string_view kName = "Xft.dpi:\t";
  const std::string wrong = std::string(kName) + std::to_string(scale.font_dpi) + "\n";
  const size_t at = resources.find(wrong);
  if (at == std::string::npos || (at > 0 && resources[at - 1] != '\n')) return std::nullopt;
  std::string corrected = resources;
  return corrected.replace(at, wrong.size(), std::string(kName) + std::to_string(scale.screen_dpi) + "\n");
}

std::string xsettings_property(const DesktopScale& scale, uint32_t serial) {
  constexpr int kPerDot = 1024;
  constexpr uint32_t kLittleEndian = 0;
  std::string out;
  put_number(out, kLittleEndian, 4);  // and three bytes of padding
  put_number(out, serial, 4);
  put_number(out, 4, 4);
  // GTK 3 and 4 take the first two, Qt and GTK 2, which know no factor, the third.
  put_integer_setting(out, "Gdk/WindowScalingFactor", scale.factor, serial);
  put_integer_setting(out, "Gdk/UnscaledDPI", scale.font_dpi * kPerDot, serial);
  put_integer_setting(out, "Xft/DPI", scale.screen_dpi * kPerDot, serial);
  put_integer_setting(out, "Gtk/CursorThemeSize", scale.cursor_side, serial);
  return out;
}

}  // namespace vitrine::broker
