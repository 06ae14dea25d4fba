// Where other systems vouch for users: what they say of one, and the two ways of asking them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "broker/identity/users.h"

namespace vitrine::broker {

// What a provider says of a user it has just recognised. Nothing of it is ours yet: names and groups are as the
// provider spells them.
struct Identity {
  std::string subject;  // never given to another user there; with the provider's id it is the user's key
  std::string name;
  std::string display_name;  // may be empty
  std::vector<std::string> groups;
};

// A name and a password are given to us. Any thread.
class PasswordLogin {
 public:
  virtual ~PasswordLogin() = default;
  // The user when the password is theirs; nothing for a wrong password and for an unknown name alike, after equal work.
  // Errors: unavailable, timeout (it cannot be asked now); conflict, forbidden (right, but not to be let in).
  virtual Result<std::optional<User>> log_in(const std::string& name, const std::string& password, int64_t now_s) = 0;
};

// What a browser brings back from where it was sent (RFC 6749 section 4.1.2, RFC 9207).
struct RedirectAnswer {
  std::string code;
  std::string state;
  std::string issuer;
  std::string error;
};

struct RedirectStart {
  std::string location;  // where the browser goes
  std::string memory;    // what the browser has to bring back with the answer; secret to everybody else
};

// What is kept with a web session that began there, so that it can end there too.
struct RedirectSession {
  std::string sid;
  std::string id_token;
};

struct RedirectIdentity {
  Identity identity;
  RedirectSession session;
  int64_t second_factor_s = 0;  // when one was given there, where that counts here; 0: never
};

// The browser is sent elsewhere and comes back with a proof. Any thread.
class RedirectLogin {
 public:
  virtual ~RedirectLogin() = default;
  // Errors: unavailable, timeout, malformed (it cannot be reached, or says nonsense).
  virtual Result<RedirectStart> begin(const std::string& return_url, int64_t now_s) = 0;
  // Errors: unauthenticated with the sentence to show, else as begin().
  virtual Result<RedirectIdentity> finish(const std::string& memory, const std::string& return_url,
                                          const RedirectAnswer& answer, int64_t now_s) = 0;
  // Where to go to sign out there too; empty when it has no such page.
  virtual Result<std::string> sign_out_url(const RedirectSession& session, const std::string& after_url,
                                           int64_t now_s) = 0;
};

}  // namespace vitrine::broker
