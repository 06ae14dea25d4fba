// Which account a desktop runs as when the broker is root: one for each home folder, from ranges of no system's people,
// services or containers. The owner of the folder is the record, so there is no other one to lose.
#pragma once

#include <cstdint>
#include <string>

#include "protocol/base/result.h"

namespace vitrine::broker {

struct AccountRange {
  int64_t first;
  int64_t last;
};
inline constexpr AccountRange kHomeAccounts{700'000'000, 700'999'999};     // of home folders that stay
inline constexpr AccountRange kPassingAccounts{701'000'000, 701'999'999};  // of those that go with their desktop

// The account of `parent`/`name`, a folder that exists; with everything in it the folder becomes that account's the
// first time. Several processes may ask at once. Errors: exhausted, io.
Result<int64_t> account_of_folder(const std::string& parent, const std::string& name, AccountRange range);

// Gives a folder and what is in it to the account; links are not followed.
Result<void> give_tree(const std::string& path, int64_t account);

}  // namespace vitrine::broker
