#include "broker/identity/browser_name.h"

#include <utility>

namespace vitrine::broker {

namespace {

using Word = std::pair<std::string_view, std::string_view>;  // what it says, what it is called

// The first that is found counts: most browsers also name those before them.
constexpr Word kBrowsers[] = {
    {"Edg/", "Edge"},
    {"EdgA/", "Edge"},
    {"OPR/", "Opera"},
    {"Vivaldi/", "Vivaldi"},
    {"SamsungBrowser/", "Samsung Internet"},
    {"FxiOS/", "Firefox"},
    {"Firefox/", "Firefox"},
    {"CriOS/", "Chrome"},
    {"HeadlessChrome/", "Chrome"},
    {"Chromium/", "Chromium"},
    {"Chrome/", "Chrome"},
    {"Version/", "Safari"},
};
constexpr Word kSystems[] = {
    {"Android", "Android"}, {"iPhone", "iPhone"},  {"iPad", "iPad"},   {"CrOS", "ChromeOS"},
    {"Windows", "Windows"}, {"Mac OS X", "macOS"}, {"Linux", "Linux"}, {"FreeBSD", "FreeBSD"},
};

template <size_t count>
std::string_view first_found(std::string_view text, const Word (&words)[count]) {
  for (const auto& [said, called] : words) {
    if (text.find(said) != std::string_view::npos) return called;
  }
  return "";
}

}  // namespace

std::string browser_name(std::string_view user_agent) {
  const std::string_view browser = first_found(user_agent, kBrowsers);
  const std::string_view system = first_found(user_agent, kSystems);
  std::string name(browser.empty() ? "A browser" : browser);
  if (!system.empty()) name.append(" on ").append(system);
  return name;
}

}  // namespace vitrine::broker
