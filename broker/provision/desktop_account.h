// Which account a desktop runs as when the broker is root: one for each home folder, from a range that no system uses
// for people. The owner of the home folder is the record, so there is no other one to lose.
#pragma once

#include <cstdint>
#include <string>

#include "protocol/base/result.h"

namespace vitrine::broker {

inline constexpr int64_t kFirstDesktopAccount = 700'000'000;  // of no system's people, services or containers
inline constexpr int64_t kLastDesktopAccount = 700'999'999;

// The account of the home folder `homes`/`name`, which exists; with everything in it the folder becomes that account's
// the first time. Several processes may ask at once. Errors: exhausted, io.
Result<int64_t> account_of_home(const std::string& homes, const std::string& name);

// Gives a folder and what is in it to the account; links are not followed.
Result<void> give_tree(const std::string& path, int64_t account);

}  // namespace vitrine::broker
