#include "broker/catalogue/icons.h"

#include <fmt/format.h>

#include <array>
#include <string_view>

#include "broker/catalogue/desktop_entry.h"
#include "broker/provision/files.h"

namespace vitrine::broker {

namespace {

constexpr size_t kMaxIcon = 512 * 1024;
constexpr std::array<const char*, 2> kShares = {"/usr/local/share", "/usr/share"};
constexpr std::array<const char*, 4> kThemes = {"hicolor", "Adwaita", "elementary-xfce", "gnome"};
// Best first: drawings, then pictures that are sharp on a tile.
constexpr std::array<std::pair<const char*, const char*>, 7> kSizes = {{
    {"scalable", "svg"},
    {"256x256", "png"},
    {"192x192", "png"},
    {"128x128", "png"},
    {"96x96", "png"},
    {"64x64", "png"},
    {"48x48", "png"},
}};

// A screen on a stand, for pools.
constexpr std::string_view kDesktopIcon = R"svg(<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64">
<defs><linearGradient id="s" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="#2a6f97"/><stop offset="1" stop-color="#61a5c2"/></linearGradient></defs>
<path d="M26 46h12l2 9H24z" fill="#8d99ae"/><rect x="18" y="54" width="28" height="4" rx="2" fill="#6c788e"/>
<rect x="4" y="8" width="56" height="39" rx="4" fill="#2b3442"/><rect x="8" y="12" width="48" height="31" rx="1.5" fill="url(#s)"/>
<path d="M8 39l14-13 10 9 9-11 15 15v2.500a1.500 1.500 0 0 1-1.500 1.500h-45A1.500 1.500 0 0 1 8 41.500z" fill="#fff" fill-opacity=".22"/>
<rect x="8" y="12" width="48" height="4" fill="#fff" fill-opacity=".35"/>
</svg>
)svg";

bool plain_name(const std::string& name) {
  return !name.empty() && name.find('/') == std::string::npos;
}

std::string xml_escaped(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    switch (c) {
      case '<': escaped += "&lt;"; break;
      case '>': escaped += "&gt;"; break;
      case '&': escaped += "&amp;"; break;
      default: escaped += c;
    }
  }
  return escaped;
}

// The first character, all its bytes.
std::string first_character(const std::string& name) {
  size_t length = 1;
  while (length < name.size() && (name[length] & 0xc0) == 0x80) ++length;
  std::string letter = name.substr(0, length);
  if (letter.size() == 1 && letter[0] >= 'a' && letter[0] <= 'z') letter[0] = static_cast<char>(letter[0] - 32);
  return letter;
}

}  // namespace

std::string letter_tile(const std::string& name) {
  unsigned hash = 2166136261U;
  for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619U;
  const unsigned hue = hash % 360;
  return fmt::format(
      R"svg(<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64"><defs>)svg"
      R"svg(<linearGradient id="g" x1="0" y1="0" x2="1" y2="1"><stop offset="0" stop-color="hsl({0},52%,52%)"/>)svg"
      R"svg(<stop offset="1" stop-color="hsl({1},58%,36%)"/></linearGradient></defs>)svg"
      R"svg(<rect x="4" y="4" width="56" height="56" rx="13" fill="url(#g)"/>)svg"
      R"svg(<text x="32" y="43" font-family="system-ui,sans-serif" font-size="32" font-weight="600" fill="#fff" )svg"
      R"svg(text-anchor="middle">{2}</text></svg>)svg",
      hue, (hue + 25) % 360, xml_escaped(first_character(name)));
}

Icon icon_of(const Resource& resource) {
  if (!resource.app) return {"image/svg+xml", std::string(kDesktopIcon)};
  // A plain name, or a path that is not followed.
  const std::string name = read_desktop_entry(resource.desktop_entry)["Icon"];
  if (plain_name(name)) {
    for (const auto& [size, type] : kSizes) {
      for (const char* theme : kThemes) {
        for (const char* share : kShares) {
          auto bytes = read_file(fmt::format("{}/icons/{}/{}/apps/{}.{}", share, theme, size, name, type));
          if (!bytes.ok() || bytes.value().size() > kMaxIcon) continue;
          return {type == std::string_view("svg") ? "image/svg+xml" : "image/png", bytes.take()};
        }
      }
    }
  }
  return {"image/svg+xml", letter_tile(resource.name)};
}

}  // namespace vitrine::broker
