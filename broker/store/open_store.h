// Which database a broker keeps its records in.
#pragma once

#include <string>

#include "broker/store/database.h"

namespace vitrine::broker {

// What brokers call their connections; a database that has some is in use by a running broker.
inline constexpr const char* kBrokerApplication = "vitrine broker";

// The store that the words of --store name: "postgresql://...", or "" for SQLite in the data folder, which is also said
// by "sqlite". No words: what the folder's broker was told last. Errors: invalid_argument for another address; io.
Result<std::string> chosen_store(const std::string& words, const std::string& data_folder);
// Notes the choice in the data folder, for a later start without --store and for verbs. Errors: io.
Result<void> remember_store(const std::string& store, const std::string& data_folder);

// How to connect to a chosen store. `application`: what the server shows of the connections.
Result<Database::Connect> connector(const std::string& store, const std::string& data_folder,
                                    const std::string& application = kBrokerApplication);

// Errors: conflict when a broker somewhere is connected to this PostgreSQL; SQLite's is found by its folder's lock.
Result<void> check_no_broker(SqlConnection& connection, const std::string& store);

}  // namespace vitrine::broker
