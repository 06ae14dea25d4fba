// One broker for each data folder.
#pragma once

#include <string>

#include "broker/provision/unique_fd.h"
#include "protocol/base/result.h"

namespace vitrine::broker {

// Held as long as the descriptor is open, so it goes with the process, however that ends.
// Errors: conflict when a broker runs on the folder; io.
Result<UniqueFd> lock_folder(const std::string& data_folder);

}  // namespace vitrine::broker
