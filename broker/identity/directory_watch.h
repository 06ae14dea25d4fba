// Asks the directories again and again about the users they vouched for who are signed in: whoever is gone or disabled
// there is disabled here, and loses web sessions and desktop sessions at once; changed groups count from then on.
//
// Between a change there and its effect lie at most kDirectoryCheckS and the time the questions take (three searches a
// user). A directory that cannot be asked changes nothing: a fault there must not end everybody's work.
#pragma once

#include <stop_token>

#include "broker/identity/sign_in_providers.h"
#include "broker/session/session_service.h"

namespace vitrine::broker {

inline constexpr int64_t kDirectoryCheckS = 60;

class DirectoryWatch {
 public:
  DirectoryWatch(Database& database, SignInProviders& providers, SessionService& sessions)
      : database_(database), providers_(providers), sessions_(sessions) {}

  // On a thread of its own, until told to stop.
  void run(const std::stop_token& stop);
  // One round. Errors: the store's; what directories do wrong is logged.
  Result<void> check(int64_t now_s);

 private:
  Result<std::vector<User>> signed_in_users(const std::string& provider);
  Result<void> check_users(const ActiveProvider& provider, const std::vector<User>& users, int64_t now_s);
  Result<void> put_out(const ActiveProvider& provider, const User& user, int64_t now_s);

  Database& database_;
  SignInProviders& providers_;
  SessionService& sessions_;
};

}  // namespace vitrine::broker
