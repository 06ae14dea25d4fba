// The repository's own text files, for tests that hold the house rules.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace vitrine::house {

struct SourceFile {
  std::string path;  // from the root of the repository, with /
  std::string text;
  std::vector<std::string> lines;

  [[nodiscard]] bool is_under(std::string_view folder) const { return path.starts_with(folder); }
  [[nodiscard]] bool has_extension(std::initializer_list<std::string_view> extensions) const;
  [[nodiscard]] bool is_cpp() const { return has_extension({".h", ".cpp"}); }
  [[nodiscard]] bool is_script() const { return has_extension({".ts", ".js", ".mjs"}); }
  // Written by a program: long lines and long files are its own business.
  [[nodiscard]] bool is_generated() const;
};

// Every text file people wrote, without build output, installed packages and licence texts.
std::vector<SourceFile> read_source_tree(const std::filesystem::path& root);

// The text with comments and the insides of literals blanked out, line for line; C++ or TypeScript.
std::string code_only(const SourceFile& file);

struct Function {
  std::string header;  // what stands before its brace, on one line
  size_t line = 0;     // 1 is the first
  size_t lines = 0;    // with both braces
};

// Functions that are not inside another one, found by their braces.
std::vector<Function> find_functions(const SourceFile& file);

}  // namespace vitrine::house
