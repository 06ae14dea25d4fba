// What vitrine_gen writes: pure functions from the schema to text.
#pragma once

#include <string>

#include "protocol/gen/constants.h"
#include "protocol/gen/schema.h"

namespace vitrine::gen {

// web-client/src/wire/messages.gen.ts
std::string typescript_module(const Schema& schema, const HeaderComments& comments);

// protocol/SPEC.md: `old_text` with the tables between its markers renewed. Errors: malformed when a marker is missing.
Result<std::string> specification(const std::string& old_text, const Schema& schema, const HeaderComments& comments);

// protocol/vectors/messages.json: each message with values at its edges, as fields and as bytes.
std::string message_vectors();

// protocol/vectors/malformed.json: bytes that break one rule each, and the error a parser gives.
std::string malformed_vectors();

}  // namespace vitrine::gen
