// What the administrator's verbs have in common.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "broker/json_fields.h"
#include "protocol/base/result.h"

namespace vitrine::broker {

// Adds `name` below `parent` with the option --data; `run` gets that folder. A failure is printed as one sentence
// and sets the exit status.
CLI::App* add_verb(CLI::App& parent, const std::string& name, const std::string& text, int& exit_status,
                   std::function<Result<void>(const std::string& data_folder)> run);

// Prints rows in aligned columns under a heading.
void print_table(const std::vector<std::string>& heading, const std::vector<std::vector<std::string>>& rows);

// The words of a command line: blanks separate, quotes and backslashes keep together.
// Errors: invalid_argument (a quote that does not end).
Result<std::vector<std::string>> split_command(const std::string& line);

// The password to set: the first line of standard input when asked for, else typed at the terminal; empty when
// there is no terminal or nothing was typed, so that the broker makes one.
Result<std::string> read_password(bool from_stdin);

}  // namespace vitrine::broker
