// Which database a broker keeps its records in.
#pragma once

#include <string>

#include "broker/store/database.h"

namespace vitrine::broker {

// What brokers call their connections; a database that has some is in use by a running broker.
inline constexpr const char* kBrokerApplication = "vitrine broker";

// How to connect to `store`: "postgresql://...", or "" for SQLite in the data folder.
// Errors: invalid_argument for another address.
Result<Database::Connect> connector(const std::string& store, const std::string& data_folder,
                                    const std::string& application = kBrokerApplication);

}  // namespace vitrine::broker
