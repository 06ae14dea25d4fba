// Who works on a data folder: brokers, one for each slot, or one tool that needs it for itself.
#pragma once

#include <string>

#include "broker/provision/unique_fd.h"
#include "protocol/base/result.h"

namespace vitrine::broker {

// How many brokers one folder can have.
inline constexpr int kSlots = 8;

// "broker" of the first slot, "broker-2" of the second: names of sockets and locks, and of who holds leases.
std::string slot_name(const char* what, int slot);

// Held as long as the descriptors are open, so it goes with the process, however that ends.
struct FolderLock {
  UniqueFd folder;  // shared by all brokers
  UniqueFd slot;    // nobody else's
};

// A broker's. Errors: conflict when the slot is taken or a tool has the folder for itself; io.
Result<FolderLock> lock_slot(const std::string& data_folder, int slot);
// For a tool that no broker may work beside. Errors: conflict when one runs; io.
Result<FolderLock> lock_folder_alone(const std::string& data_folder);

}  // namespace vitrine::broker
