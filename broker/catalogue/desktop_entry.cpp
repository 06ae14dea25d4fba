#include "broker/catalogue/desktop_entry.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <set>
#include <sstream>
#include <utility>

#include "broker/provision/child_process.h"
#include "broker/provision/files.h"
#include "protocol/base/utf8.h"

namespace vitrine::broker {

namespace {

// What was installed by hand hides what the distribution brought.
constexpr std::array<const char*, 2> kEntryShares = {"/usr/local/share", "/usr/share"};
constexpr size_t kMostPrograms = 1000;

DesktopEntry parse(const std::string& text) {
  DesktopEntry entry;
  std::istringstream lines(text);
  bool inside = false;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with('[')) inside = line.starts_with("[Desktop Entry]");
    const size_t equals = line.find('=');
    if (!inside || line.starts_with('#') || equals == std::string::npos) continue;
    const size_t end = line.find_last_not_of(' ', equals == 0 ? 0 : equals - 1);
    entry.emplace(line.substr(0, end + 1), line.substr(std::min(line.find_first_not_of(' ', equals + 1), line.size())));
  }
  return entry;
}

bool is_true(const DesktopEntry& entry, const char* key) {
  const auto found = entry.find(key);
  return found != entry.end() && found->second == "true";
}

std::string text_of(const DesktopEntry& entry, const char* key) {
  const auto found = entry.find(key);
  return found == entry.end() ? "" : found->second;
}

bool startable(const DesktopEntry& entry, const std::vector<std::string>& command) {
  if (text_of(entry, "Type") != "Application" || is_true(entry, "NoDisplay") || is_true(entry, "Hidden")) return false;
  // One that needs a terminal shows nothing by itself.
  if (is_true(entry, "Terminal") || command.empty()) return false;
  return !find_program(command.front()).empty();
}

}  // namespace

DesktopEntry read_desktop_entry(const std::string& name) {
  if (name.empty() || name.find('/') != std::string::npos) return {};
  for (const char* share : kEntryShares) {
    const auto text = read_file(fmt::format("{}/applications/{}", share, name));
    if (text.ok()) return parse(text.value());
  }
  return {};
}

std::vector<std::string> exec_words(const std::string& exec) {
  std::vector<std::string> words;
  std::string word;
  bool started = false;
  bool quoted = false;
  const auto finish = [&] {
    if (started) words.push_back(std::exchange(word, ""));
    started = false;
  };
  for (size_t i = 0; i < exec.size(); ++i) {
    const char c = exec[i];
    const bool more = i + 1 < exec.size();
    if (c == '"') {
      quoted = !quoted;
      started = true;
    } else if (c == ' ' && !quoted) {
      finish();
    } else if (c == '\\' && more) {
      word += exec[++i];
      started = true;
    } else if (c == '%' && more && !quoted) {
      if (exec[++i] != '%') continue;
      word += '%';
      started = true;
    } else {
      word += c;
      started = true;
    }
  }
  finish();
  return words;
}

std::vector<Program> installed_programs() {
  std::vector<Program> programs;
  std::set<std::string> seen;
  for (const char* share : kEntryShares) {
    std::error_code error;
    for (auto it = std::filesystem::directory_iterator(fmt::format("{}/applications", share), error);
         !error && it != std::filesystem::directory_iterator(); it.increment(error)) {
      const std::string name = it->path().filename();
      if (programs.size() == kMostPrograms || !name.ends_with(".desktop") || !seen.insert(name).second) continue;
      const DesktopEntry entry = read_desktop_entry(name);
      std::vector<std::string> command = exec_words(text_of(entry, "Exec"));
      if (!startable(entry, command)) continue;
      programs.push_back({.desktop_entry = name,
                          .name = first_characters(text_of(entry, "Name"), kLongestName),
                          .description = first_characters(text_of(entry, "Comment"), kLongestDescription),
                          .command = std::move(command)});
    }
  }
  std::ranges::sort(programs, {}, [](const Program& one) { return std::pair(one.name, one.desktop_entry); });
  return programs;
}

}  // namespace vitrine::broker
