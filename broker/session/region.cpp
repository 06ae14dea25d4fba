#include "broker/session/region.h"

#include <locale.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <optional>
#include <utility>
#include <vector>

namespace vitrine::broker {
namespace {

// The longest of IANA's has 32 characters, and tags with a script and a region have 11.
constexpr size_t kLongestZone = 64;
constexpr size_t kLongestTag = 35;

constexpr bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// A relative path of plain names, as "America/Argentina/Buenos_Aires" or "Etc/GMT+3".
bool is_zone_name(std::string_view name) {
  if (name.empty() || name.size() > kLongestZone) return false;
  char before = '/';
  for (const char c : name) {
    if (c == '/' ? before == '/' : !is_letter(c) && !is_digit(c) && c != '_' && c != '-' && c != '+') return false;
    before = c;
  }
  return before != '/';
}

// Where the region is not the language in capitals, or a script says it.
constexpr std::pair<std::string_view, std::string_view> kUsualRegions[] = {
    {"ar", "EG"}, {"bn", "BD"}, {"ca", "ES"}, {"cs", "CZ"}, {"da", "DK"}, {"el", "GR"}, {"en", "US"},      {"et", "EE"},
    {"eu", "ES"}, {"fa", "IR"}, {"ga", "IE"}, {"gl", "ES"}, {"he", "IL"}, {"hi", "IN"}, {"hy", "AM"},      {"ja", "JP"},
    {"ka", "GE"}, {"kk", "KZ"}, {"ko", "KR"}, {"nb", "NO"}, {"nn", "NO"}, {"sl", "SI"}, {"sq", "AL"},      {"sr", "RS"},
    {"sv", "SE"}, {"ta", "IN"}, {"uk", "UA"}, {"ur", "PK"}, {"vi", "VN"}, {"zh", "CN"}, {"zh-Hant", "TW"},
};

struct Tag {
  std::string language;
  std::string script;
  std::string region;
};

std::string upper(std::string_view text) {
  std::string result(text);
  for (char& c : result) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  return result;
}
std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return result;
}

std::optional<Tag> parse(std::string_view text) {
  if (text.size() > kLongestTag) return std::nullopt;
  Tag tag;
  for (size_t at = 0; at <= text.size();) {
    const size_t end = std::min(text.find('-', at), text.size());
    const std::string_view part = text.substr(at, end - at);
    const bool letters = std::ranges::all_of(part, is_letter);
    if (at == 0) {
      if (!letters || part.size() < 2 || part.size() > 3) return std::nullopt;
      tag.language = lower(part);
    } else if (letters && part.size() == 4 && tag.script.empty() && tag.region.empty()) {
      tag.script = upper(part.substr(0, 1)) + lower(part.substr(1));
    } else if (letters && part.size() == 2 && tag.region.empty()) {
      tag.region = upper(part);
    } else {
      break;  // variants and extensions say nothing that a locale's name could
    }
    at = end + 1;
  }
  return tag;
}

std::string usual_region(const Tag& tag) {
  const auto find = [](std::string_view key) -> std::string {
    for (const auto& [language, region] : kUsualRegions) {
      if (language == key) return std::string(region);
    }
    return {};
  };
  if (std::string region = find(tag.language + "-" + tag.script); !region.empty()) return region;
  std::string region = find(tag.language);
  return region.empty() ? upper(tag.language) : region;
}

}  // namespace

std::string known_time_zone(const std::string& name, const std::string& folder) {
  if (!is_zone_name(name)) return {};
  std::error_code error;
  const std::string path = folder + "/" + name;
  if (!std::filesystem::is_regular_file(path, error)) return {};
  std::array<char, 4> magic{};
  std::ifstream(path, std::ios::binary).read(magic.data(), magic.size());
  return std::string_view(magic.data(), magic.size()) == "TZif" ? name : std::string();
}

bool has_locale(const std::string& name) {
  const locale_t found = ::newlocale(LC_ALL_MASK, name.c_str(), static_cast<locale_t>(nullptr));
  if (found == static_cast<locale_t>(nullptr)) return false;
  ::freelocale(found);
  return true;
}

std::string known_locale(std::string_view text, const HasLocale& has) {
  const auto tag = parse(text);
  if (!tag) return {};
  std::vector<std::string> regions;
  if (!tag->region.empty()) regions.push_back(tag->region);
  regions.push_back(usual_region(*tag));
  for (const std::string& region : regions) {
    std::string name = tag->language + "_" + region + ".UTF-8";
    if (has(name)) return name;
  }
  return {};
}

}  // namespace vitrine::broker
