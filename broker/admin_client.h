// Asks a running broker through the administrator's socket, for the verbs of `vitrine`.
#pragma once

#include <string>

#include "broker/json_fields.h"
#include "protocol/base/result.h"

namespace vitrine::broker {

// The answer's JSON (an empty object when it has none). Errors: the sentence of the broker's problem; unavailable
// when no broker runs on the data folder.
Result<Json> ask_broker(const std::string& data_folder, const std::string& method, const std::string& path,
                        const Json& body = Json());

// All pages of a list: the array `key` of its answers. Errors: as above.
Result<Json> ask_for_list(const std::string& data_folder, const std::string& path, const char* key);

// A part of a path (RFC 3986, section 2.1).
std::string path_part(const std::string& text);

}  // namespace vitrine::broker
