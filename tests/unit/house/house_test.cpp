// The rules of the house that a program can check. Each failure names the file, the line and the rule.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <map>
#include <regex>
#include <set>

#include "tests/unit/house/source_tree.h"

namespace vitrine::house {
namespace {

const std::vector<SourceFile>& tree() {
  static const std::vector<SourceFile> files = read_source_tree(VITRINE_ROOT);
  return files;
}

// What a folder's files may include. The longest folder that a file lies in counts; others are free.
const std::map<std::string_view, std::vector<std::string_view>> kMayInclude = {
    {"protocol/base/", {"protocol/base/"}},   {"protocol/", {"protocol/"}},
    {"codec/", {"codec/", "protocol/base/"}}, {"host-agent/", {"host-agent/", "codec/", "protocol/"}},
    {"gateway/", {"gateway/", "protocol/"}},  {"broker/", {"broker/", "protocol/"}},
};

// Files that hold no socket, thread, clock or display: they are stepped by a test under virtual time.
constexpr std::string_view kSansIo[] = {
    "codec/",
    "protocol/wire",
    "protocol/messages",
    "protocol/link.h",
    "protocol/used_tickets.h",
    "host-agent/desktop_agent",
    "host-agent/viewer_session",
    "host-agent/pacer",
    "host-agent/token_bucket",
    "host-agent/screen/memory_screen",
    "host-agent/input/recording_input",
    "gateway/switchboard",
    "gateway/pairing",
    "gateway/relay",
    "gateway/admission",
};
const std::regex kOutsideWorld(
    R"(#include <(X11/|xcb/|sys/|netinet/|arpa/|poll\.h|unistd\.h|fcntl\.h|boost/|libwebsockets|thread>|jthread|future>|)"
    R"(mutex>|condition_variable>|pthread|chrono>|ctime>|time\.h|fstream>|filesystem>)|\bmonotonic_now\()");

// The page's folders, and which of them each may import from.
const std::map<std::string_view, std::set<std::string_view>> kMayImport = {
    {"web-client/src/wire/", {"wire"}},
    {"web-client/src/core/", {"wire", "core"}},
    {"web-client/src/decode/", {"wire", "core", "decode"}},
    {"web-client/src/browser/", {"wire", "core", "decode", "browser"}},
};

constexpr size_t kMaxFileLines = 700;
constexpr size_t kMaxFunctionLines = 70;
// Functions that are one thing said at length, such as a table: "path: part of the header".
constexpr std::array<std::string_view, 0> kLongFunctions = {};

// Adds a failure for each line of `file` that `pattern` is found in.
void forbid(const SourceFile& file, const std::string& text, const std::regex& pattern, const char* rule) {
  std::istringstream lines(text);
  std::string line;
  for (size_t number = 1; std::getline(lines, line); ++number) {
    if (std::regex_search(line, pattern)) ADD_FAILURE() << file.path << ":" << number << ": " << rule << "\n  " << line;
  }
}

TEST(HouseTest, FoldersIncludeOnlyWhatTheyMayKnow) {
  static const std::regex kInclude(R"re(^\s*#include "([^"]+)")re");
  for (const SourceFile& file : tree()) {
    if (!file.is_cpp()) continue;
    const auto rule = std::find_if(kMayInclude.rbegin(), kMayInclude.rend(),
                                   [&](const auto& one) { return file.is_under(one.first); });
    if (rule == kMayInclude.rend()) continue;
    for (size_t i = 0; i < file.lines.size(); ++i) {
      std::smatch match;
      if (!std::regex_search(file.lines[i], match, kInclude)) continue;
      const std::string included = match[1];
      const auto allowed = [&](std::string_view folder) { return included.starts_with(folder); };
      EXPECT_TRUE(std::any_of(rule->second.begin(), rule->second.end(), allowed))
          << file.path << ":" << i + 1 << ": " << rule->first << " may not know " << included
          << " (includes are written from the root; see ARCHITECTURE.md, Folders)";
    }
  }
}

TEST(HouseTest, PageFoldersImportOnlyWhatTheyMayKnow) {
  static const std::regex kImport(R"re(\bfrom '(\.[^']*)'|\bimport\(?\s*'(\.[^']*)')re");
  for (const SourceFile& file : tree()) {
    const auto rule =
        std::find_if(kMayImport.begin(), kMayImport.end(), [&](const auto& one) { return file.is_under(one.first); });
    if (rule == kMayImport.end() || !file.is_script()) continue;
    for (size_t i = 0; i < file.lines.size(); ++i) {
      std::smatch match;
      if (!std::regex_search(file.lines[i], match, kImport)) continue;
      const std::string target = match[1].matched ? match[1] : match[2];
      const std::filesystem::path path = std::filesystem::path(file.path).parent_path() / target;
      const std::string folder = *std::next(path.lexically_normal().begin(), 2);  // web-client/src/FOLDER
      EXPECT_TRUE(rule->second.contains(folder))
          << file.path << ":" << i + 1 << ": " << rule->first << " may not import from " << folder;
    }
  }
}

TEST(HouseTest, CoresHaveNoSocketThreadClockOrDisplay) {
  for (const SourceFile& file : tree()) {
    const auto covers = [&](std::string_view prefix) { return file.is_under(prefix); };
    if (!file.is_cpp() || !std::any_of(std::begin(kSansIo), std::end(kSansIo), covers)) continue;
    forbid(file, file.text, kOutsideWorld, "a core takes input and time as arguments");
  }
}

TEST(HouseTest, TestsDoNotSleep) {
  static const std::regex kSleep(
      R"(\b(sleep_for|sleep_until|usleep|nanosleep|waitForTimeout)\b|(^|[^\w.])sleep\s*\(|await (sleep|delay)\(\d)");
  for (const SourceFile& file : tree()) {
    const bool is_test = file.is_under("tests/") || file.is_under("web-client/test/");
    if (is_test && (file.is_cpp() || file.is_script())) {
      forbid(file, code_only(file), kSleep, "a test waits for a condition, never for a time");
    }
  }
}

TEST(HouseTest, NothingIsLeftForLater) {
  static const std::regex kLater(std::string("\\b(TO") + "DO|FIX" + "ME|XX" + "X|HA" + "CK)\\b");
  for (const SourceFile& file : tree()) {
    if (!file.is_generated()) forbid(file, file.text, kLater, "do it, or file an issue");
  }
}

TEST(HouseTest, NoPlaceOfOneMachineIsNamed) {
  static const std::regex kPlace(std::string("(^|[^\\w.])/(wo") + "rk|ro" + "ot|home/[a-z]+/[a-z]+/vitrine)/");
  for (const SourceFile& file : tree()) {
    if (!file.is_generated()) forbid(file, file.text, kPlace, "paths of one machine do not belong here");
  }
}

TEST(HouseTest, HeadersAreGuardedAndFilesEndWithANewline) {
  for (const SourceFile& file : tree()) {
    if (!file.is_cpp() && !file.is_script()) continue;
    EXPECT_TRUE(file.text.ends_with("\n")) << file.path << " does not end with a newline";
    if (file.path.ends_with(".h")) {
      EXPECT_NE(file.text.find("#pragma once"), std::string::npos) << file.path << " lacks #pragma once";
    }
  }
}

TEST(HouseTest, FilesHaveOneJobEach) {
  for (const SourceFile& file : tree()) {
    const bool is_source = file.is_cpp() || file.is_script() || file.has_extension({".css", ".html", ".sh", ".py"});
    if (!is_source || file.is_generated()) continue;
    EXPECT_LE(file.lines.size(), kMaxFileLines) << file.path << " is too long: split it by its jobs";
  }
}

bool may_be_long(const SourceFile& file, const Function& function) {
  return std::any_of(std::begin(kLongFunctions), std::end(kLongFunctions), [&](std::string_view one) {
    const size_t colon = one.find(": ");
    return file.path == one.substr(0, colon) && function.header.find(one.substr(colon + 2)) != std::string::npos;
  });
}

TEST(HouseTest, FunctionsFitAPage) {
  std::multimap<size_t, std::string, std::greater<>> by_length;
  for (const SourceFile& file : tree()) {
    const bool is_source = file.is_cpp() || (file.is_under("web-client/src/") && file.is_script());
    if (!is_source || file.is_generated()) continue;
    for (const Function& function : find_functions(file)) {
      const std::string place = file.path + ":" + std::to_string(function.line) + ": " + function.header;
      by_length.emplace(function.lines, place);
      if (may_be_long(file, function)) continue;
      EXPECT_LE(function.lines, kMaxFunctionLines) << place << " has " << function.lines << " lines";
    }
  }
  EXPECT_GT(by_length.size(), 200U) << "the search for functions finds too few of them";
  std::printf("%zu functions; the longest:\n", by_length.size());
  size_t shown = 0;
  for (const auto& [lines, place] : by_length) {
    if (shown++ < 10) std::printf("%4zu lines  %s\n", lines, place.c_str());
  }
}

TEST(HouseTest, EveryFuzzTargetHasACorpus) {
  for (const SourceFile& file : tree()) {
    if (!file.is_under("tests/fuzz/") || !file.path.ends_with("_fuzz.cpp")) continue;
    const std::filesystem::path corpus =
        std::filesystem::path(VITRINE_ROOT) / "tests/fuzz/corpus" / std::filesystem::path(file.path).stem();
    EXPECT_TRUE(std::filesystem::is_directory(corpus) && !std::filesystem::is_empty(corpus))
        << file.path << " needs a few inputs in " << corpus;
  }
}

// --- the tools above, on text whose answer is known ---------------------------------------------------------------

SourceFile file_of(std::string path, std::string text) {
  return {std::move(path), std::move(text), {}};
}

TEST(SourceTreeTest, CommentsAndLiteralsAreNoCode) {
  EXPECT_EQ(code_only(file_of("a.cpp", "int a = 1'000; // {\nauto s = \"}\"; /* { */ char c = '{';")),
            "int a = 1'000;     \nauto s = \" \";         char c = ' ';");
  EXPECT_EQ(code_only(file_of("a.cpp", "f(R\"x({\")x\");")), "f(         );");
  EXPECT_EQ(code_only(file_of("a.ts", "const p = /[/{]+/g; const q = a / b; `{${x}`;")),
            "const p = /     /g; const q = a / b; `     `;");
}

TEST(SourceTreeTest, FunctionsAreFoundWithTheirLength) {
  const auto functions =
      find_functions(file_of("a.cpp",
                             "#if X(1)\nnamespace a {\nstruct S {\n  int f() const {\n    return 1;\n  }\n};\n"
                             "void g(int x) {\n  if (x) {\n  }\n  const auto h = [] {\n  };\n}\n}\n"));
  ASSERT_EQ(functions.size(), 2U);
  EXPECT_EQ(functions[0].header, "int f() const ");
  EXPECT_EQ(functions[0].lines, 3U);
  EXPECT_EQ(functions[1].line, 8U);
  EXPECT_EQ(functions[1].lines, 6U);
}

}  // namespace
}  // namespace vitrine::house
