// How latency, bandwidth and quality are weighed: what a pool or an app starts with, and what a user chose.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "broker/json_fields.h"
#include "broker/store/sql.h"

namespace vitrine::broker {

struct Terms {
  int64_t target_ms = 0;      // latency to aim at beyond the network's own; 0: the agent's own
  int64_t ceiling_kbit = 0;   // of a pool or an app: users cannot pass it; 0: none
  int64_t quality_floor = 0;  // least quality of lossy pictures, 1-100; 0: what the link has room for

  bool operator==(const Terms&) const = default;
};

Json terms_to_json(const Terms& terms);
// {"preset": "sharp" | "balanced" | "saver"}, and numbers that take precedence over it; what is not named stays as in
// `before`. Errors: invalid_argument, with the range.
Result<Terms> change_terms(const Terms& before, const Json& change);

// Errors: not_found.
Result<void> set_resource_terms(SqlConnection& connection, const std::string& resource, const Terms& terms);
// None of its own, or unknown: all zero.
Result<Terms> resource_terms(SqlConnection& connection, const std::string& resource);
// Of every pool and app that has some, by its id.
Result<std::map<std::string, Terms>> all_resource_terms(SqlConnection& connection);
Result<void> set_user_terms(SqlConnection& connection, const std::string& user_id, const Terms& terms);
// Nothing when the user never chose.
Result<std::optional<Terms>> user_terms(SqlConnection& connection, const std::string& user_id);

}  // namespace vitrine::broker
