#include "broker/api/path_user.h"

#include <fmt/format.h>

namespace vitrine::broker {

Result<User> user_of_path(ApiRequest& request, SqlConnection& connection) {
  auto user = TRY(find_user(connection, request.path["name"]));
  if (user) return std::move(*user);
  return Error{ErrorCode::kNotFound,
               fmt::format("There is no user \"{}\". See: vitrine user list", request.path["name"])};
}

}  // namespace vitrine::broker
