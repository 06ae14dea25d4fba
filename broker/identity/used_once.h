// What may be taken once: answers of sign-in services, logout tokens. Shared by all brokers of a store.
#pragma once

#include <string>

#include "broker/store/sql.h"

namespace vitrine::broker {

Result<bool> was_used(SqlConnection& connection, const std::string& key);
// Notes it until it is worthless by its own age; earlier notes past theirs go. Only call it for keys that were proven
// to be genuine, so that strangers cannot fill the table. Errors: conflict when it was used already.
Result<void> use_once(SqlConnection& connection, const std::string& key, int64_t expires_s, int64_t now_s);

}  // namespace vitrine::broker
