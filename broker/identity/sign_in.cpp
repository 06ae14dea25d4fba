#include "broker/identity/sign_in.h"

namespace vitrine::broker {

namespace {
constexpr size_t kMaxTyped = 256;  // names and passwords are shorter; keeps the throttle's keys small
}

Result<std::optional<User>> PasswordSignIn::look_up(const std::string& name) {
  // The connection goes back before the password is hashed: others may need it during those 70 ms.
  const Database::Lease connection = TRY(database_.lease());
  return find_user(*connection, name);
}

Result<SignInResult> PasswordSignIn::sign_in(const std::string& typed_name, const std::string& password,
                                             const std::string& address, int64_t now_s) {
  const std::string name = normal_name(typed_name.substr(0, kMaxTyped));
  if (const int64_t wait_s = throttle_.wait_s(name, address, now_s); wait_s > 0) {
    return SignInResult{.user = {}, .wait_s = wait_s};
  }
  std::optional<User> user = TRY(look_up(name));
  bool right = false;
  const bool may = user && !user->disabled && !user->password.empty();
  if (may && password.size() <= kMaxTyped) {
    right = hasher_.verify(password, user->password);
  } else {
    hasher_.verify_nobody(password.substr(0, kMaxTyped));
  }
  if (!right && directories_ != nullptr && password.size() <= kMaxTyped) {
    // Also for the name of a local user: skipping it would tell which names are local ones.
    if (auto other = TRY(directories_->log_in(name, password, now_s))) {
      throttle_.succeeded(name, address);
      return SignInResult{.user = std::move(other), .wait_s = 0};
    }
  }
  if (!right) {
    throttle_.failed(name, address, now_s);
    return SignInResult{};
  }
  throttle_.succeeded(name, address);
  if (hasher_.should_rehash(user->password)) {
    user->password = TRY(hasher_.hash(password));
    const Database::Lease connection = TRY(database_.lease());
    TRY(set_password(*connection, user->id, user->password));
  }
  return SignInResult{.user = std::move(user), .wait_s = 0};
}

}  // namespace vitrine::broker
