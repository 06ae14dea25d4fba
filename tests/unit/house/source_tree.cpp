#include "tests/unit/house/source_tree.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <optional>
#include <regex>
#include <sstream>

namespace vitrine::house {
namespace {

constexpr std::string_view kSkippedFolders[] = {"build", "node_modules", "dist", "out", "vectors", "corpus"};

bool is_skipped(const std::filesystem::path& folder) {
  const std::string name = folder.filename();
  return name.starts_with(".") ||
         std::find(std::begin(kSkippedFolders), std::end(kSkippedFolders), name) != std::end(kSkippedFolders);
}

bool is_word(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

// Walks over source text and blanks what is not code.
class Blanker {
 public:
  explicit Blanker(const SourceFile& file) : text_(file.text), script_(!file.is_cpp()) {}

  std::string run() {
    while (at_ < text_.size()) {
      if (starts("//")) {
        blank_until("\n", 0);
      } else if (starts("/*")) {
        blank_until("*/", 2);
      } else if (!script_ && starts("R\"") && (at_ == 0 || !is_word(text_[at_ - 1]))) {
        const size_t open = text_.find('(', at_);
        blank_until(")" + text_.substr(at_ + 2, open - at_ - 2) + "\"", 0, true);
      } else if (is_quote()) {
        blank_literal(text_[at_]);
      } else if (script_ && text_[at_] == '/' && regex_may_begin()) {
        blank_literal('/');
      } else {
        ++at_;
      }
    }
    return std::move(text_);
  }

 private:
  bool starts(std::string_view what) const { return text_.compare(at_, what.size(), what) == 0; }
  // A quote inside a number separates digits.
  bool is_quote() const {
    const char c = text_[at_];
    if (c == '"' || (script_ && c == '`')) return true;
    return c == '\'' && (script_ || at_ == 0 || !is_word(text_[at_ - 1]));
  }
  // A slash divides after a value and begins a pattern elsewhere.
  bool regex_may_begin() const {
    const size_t before = at_ == 0 ? std::string::npos : text_.find_last_not_of(" \n", at_ - 1);
    return before == std::string::npos || std::string_view("(,=:[!&|?{};+>").find(text_[before]) != std::string::npos;
  }
  void blank(size_t end) {
    for (; at_ < std::min(end, text_.size()); ++at_) {
      if (text_[at_] != '\n') text_[at_] = ' ';
    }
  }
  void blank_until(std::string_view mark, size_t extra, bool with_mark = false) {
    const size_t found = text_.find(mark, at_ + 1);
    blank(found == std::string::npos ? text_.size() : found + (with_mark ? mark.size() : extra));
  }
  void blank_literal(char quote) {
    size_t end = at_ + 1;
    bool in_class = false;  // of a pattern: [/] is no end
    while (end < text_.size() && (text_[end] != quote || in_class)) {
      if (quote == '/' && (text_[end] == '[' || text_[end] == ']')) in_class = text_[end] == '[';
      end += text_[end] == '\\' ? 2 : 1;
    }
    ++at_;  // the quotes stay, so that a literal is still seen as a value
    blank(end);
    ++at_;
  }

  std::string text_;
  size_t at_ = 0;
  bool script_;
};

enum class Scope : uint8_t { kOuter, kFunction, kInner };

Scope scope_of(const std::string& header, bool inside_function) {
  static const std::regex kOuter(R"(\b(namespace|class|struct|union|enum|interface|extern)\b[^()]*$)");
  static const std::regex kFunction(R"(\)[^;=]*$|=>\s*$)");
  static const std::regex kWholeFile(R"(^\((async )?(function )?\(\)( =>)?\s*$)");  // (function () { ... })();
  if (inside_function) return Scope::kInner;
  if (std::regex_search(header, kWholeFile)) return Scope::kOuter;
  if (std::regex_search(header, kFunction)) return Scope::kFunction;
  return std::regex_search(header, kOuter) ? Scope::kOuter : Scope::kInner;
}

}  // namespace

bool SourceFile::has_extension(std::initializer_list<std::string_view> extensions) const {
  return std::any_of(extensions.begin(), extensions.end(), [&](auto one) { return path.ends_with(one); });
}

bool SourceFile::is_generated() const {
  return path.find(".gen.") != std::string::npos || path.ends_with("package-lock.json") || path == "protocol/SPEC.md";
}

std::vector<SourceFile> read_source_tree(const std::filesystem::path& root) {
  std::vector<SourceFile> files;
  for (auto at = std::filesystem::recursive_directory_iterator(root); at != std::filesystem::end(at); ++at) {
    if (at->is_directory() && is_skipped(at->path())) {
      at.disable_recursion_pending();
      continue;
    }
    if (!at->is_regular_file() || at->is_symlink() || at->path().filename() == ".git") continue;
    std::ifstream stream(at->path(), std::ios::binary);
    SourceFile file;
    file.path = std::filesystem::relative(at->path(), root).generic_string();
    file.text.assign(std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>());
    if (file.text.find('\0') != std::string::npos || file.path == "LICENSE") continue;
    std::istringstream lines(file.text);
    for (std::string line; std::getline(lines, line);) file.lines.push_back(line);
    files.push_back(std::move(file));
  }
  return files;
}

std::string code_only(const SourceFile& file) {
  return Blanker(file).run();
}

std::vector<Function> find_functions(const SourceFile& file) {
  const std::string code = code_only(file);
  std::vector<Function> functions;
  std::vector<Scope> scopes;
  std::string header;
  size_t line = 1;
  std::optional<Function> open;
  bool directive = false;  // of the preprocessor
  for (size_t i = 0; i < code.size(); ++i) {
    const char c = code[i];
    if (c == '\n') {
      ++line;
      directive = directive && code[i - 1] == '\\';
    }
    if (c == '#' && file.is_cpp()) directive = true;
    if (directive) continue;
    if (c == '{') {
      scopes.push_back(scope_of(header, open.has_value()));
      if (scopes.back() == Scope::kFunction) open = Function{header, line, 0};
      header.clear();
    } else if (c == '}') {
      if (!scopes.empty()) {
        if (scopes.back() == Scope::kFunction) {
          open->lines = line - open->line + 1;
          functions.push_back(std::move(*open));
          open.reset();
        }
        scopes.pop_back();
      }
      header.clear();
    } else if (c == ';') {
      header.clear();
    } else if (!header.empty() || !std::isspace(static_cast<unsigned char>(c))) {
      header += c == '\n' ? ' ' : c;
    }
  }
  return functions;
}

}  // namespace vitrine::house
