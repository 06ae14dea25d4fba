// Signing in with a name and a password: of a user here, else of a user of a directory. The answer is the same, and
// takes as long, for an unknown name and for a wrong password.
#pragma once

#include "broker/identity/login.h"
#include "broker/identity/password.h"
#include "broker/identity/throttle.h"
#include "broker/identity/users.h"
#include "broker/store/database.h"

namespace vitrine::broker {

struct SignInResult {
  std::optional<User> user;  // empty: refused
  int64_t wait_s = 0;        // above 0: not even looked at, come back later
};

// Any thread.
class PasswordSignIn {
 public:
  // `directories` are asked whenever the password is no local user's; nullptr: there are none.
  PasswordSignIn(Database& database, PasswordHasher& hasher, PasswordLogin* directories = nullptr)
      : database_(database), hasher_(hasher), directories_(directories) {}

  Result<SignInResult> sign_in(const std::string& typed_name, const std::string& password, const std::string& address,
                               int64_t now_s);

 private:
  Result<std::optional<User>> look_up(const std::string& name);

  Database& database_;
  PasswordHasher& hasher_;
  PasswordLogin* directories_;
  LoginThrottle throttle_;
};

}  // namespace vitrine::broker
