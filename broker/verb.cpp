#include "broker/verb.h"

#include <fmt/format.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <iostream>

#include "broker/data_folder.h"

namespace vitrine::broker {

namespace {

size_t columns_of(const std::string& utf8) {
  return static_cast<size_t>(std::ranges::count_if(utf8, [](char c) { return (c & 0xc0) != 0x80; }));
}

// Reads a line from the terminal without showing it.
std::string read_hidden(const std::string& prompt) {
  fmt::print(stderr, "{}", prompt);
  termios shown{};
  ::tcgetattr(STDIN_FILENO, &shown);
  termios hidden = shown;
  hidden.c_lflag &= ~static_cast<tcflag_t>(ECHO);
  ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
  std::string line;
  std::getline(std::cin, line);
  ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown);
  fmt::print(stderr, "\n");
  return line;
}

}  // namespace

CLI::App* add_verb(CLI::App& parent, const std::string& name, const std::string& text, int& exit_status,
                   std::function<Result<void>(const std::string& data_folder)> run) {
  CLI::App* verb = parent.add_subcommand(name, text);
  auto data = std::make_shared<std::string>(default_data_folder());
  verb->add_option("--data", *data, "Folder that holds everything of this Vitrine")->capture_default_str();
  verb->callback([data, run = std::move(run), &exit_status] {
    const auto done = run(*data);
    if (done.ok()) return;
    fmt::print(stderr, "vitrine: {}\n", done.error().message);
    exit_status = 1;
  });
  return verb;
}

void print_table(const std::vector<std::string>& heading, const std::vector<std::vector<std::string>>& rows) {
  std::vector<size_t> widths;
  for (const std::string& title : heading) widths.push_back(columns_of(title));
  for (const auto& row : rows) {
    for (size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], columns_of(row[i]));
  }
  const auto print_row = [&](const std::vector<std::string>& row) {
    std::string line;
    for (size_t i = 0; i < row.size(); ++i) {
      line += row[i];
      if (i + 1 < row.size()) line.append(widths[i] - columns_of(row[i]) + 2, ' ');
    }
    fmt::print("{}\n", line);
  };
  print_row(heading);
  for (const auto& row : rows) print_row(row);
}

Result<std::vector<std::string>> split_command(const std::string& line) {
  std::vector<std::string> words;
  std::string word;
  bool inside = false;
  char quote = 0;
  for (size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (c == '\\' && quote != '\'' && i + 1 < line.size()) {
      word += line[++i];
      inside = true;
    } else if (quote != 0) {
      if (c == quote)
        quote = 0;
      else
        word += c;
    } else if (c == '"' || c == '\'') {
      quote = c;
      inside = true;
    } else if (c == ' ' || c == '\t') {
      if (inside) words.push_back(std::exchange(word, ""));
      inside = false;
    } else {
      word += c;
      inside = true;
    }
  }
  if (quote != 0)
    return Error{ErrorCode::kInvalidArgument, fmt::format("The command has a {} that does not end.", quote)};
  if (inside) words.push_back(word);
  return words;
}

Result<std::string> read_password(bool from_stdin) {
  if (from_stdin) {
    std::string line;
    std::getline(std::cin, line);
    if (line.ends_with('\r')) line.pop_back();
    if (line.empty()) return Error{ErrorCode::kInvalidArgument, "No password came on standard input."};
    return line;
  }
  if (::isatty(STDIN_FILENO) == 0) return std::string();
  const std::string first = read_hidden("Password (empty: have one made): ");
  if (first.empty()) return first;
  if (read_hidden("Once more: ") != first) {
    return Error{ErrorCode::kInvalidArgument, "The two passwords differ. Nothing was changed."};
  }
  return first;
}

}  // namespace vitrine::broker
