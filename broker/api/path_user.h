// The user that a route of administrators names in its path.
#pragma once

#include "broker/api/router.h"
#include "broker/identity/users.h"

namespace vitrine::broker {

// By the part ":name". Errors: not_found, with what lists those there are.
Result<User> user_of_path(ApiRequest& request, SqlConnection& connection);

}  // namespace vitrine::broker
