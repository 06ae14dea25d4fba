// Signed-in browsers. The cookie is a random token; the store keeps its SHA-256, so a stolen copy of the database
// opens nothing. A session ends after eight idle hours or a day, whichever comes first.
#pragma once

#include <optional>
#include <string>

#include "broker/identity/users.h"

namespace vitrine::broker {

inline constexpr int64_t kWebSessionIdleS = 8 * 3600;
inline constexpr int64_t kWebSessionLongestS = 24 * 3600;

// How and from where a browser signed in.
struct SignInProof {
  std::string provider = "local";
  int64_t second_factor_s = 0;  // when a second factor was last given; 0: never
  std::string address;          // the peer's
  std::string browser;          // its User-Agent
  std::string sid;              // the session at the provider; may be empty
  std::string id_token;         // the provider's, sealed; may be empty
};

struct WebSession {
  std::string token_hash;
  std::string id;  // how its user names it; stays when the token is rotated
  SignInProof proof;
  int64_t created_s = 0;
  int64_t seen_s = 0;
  int64_t proved_s = 0;  // when it was last proved who sits there: at sign-in, by the password or by a second factor
  std::string only_session;  // when not empty, the one desktop session that a one-time link opened
  User user;
};

// The token for the cookie.
Result<std::string> open_web_session(SqlConnection& connection, const std::string& user_id,
                                     const std::string& only_session, const SignInProof& proof, int64_t now_s);
// Whose token this is; nothing when unknown or over, or when the user is disabled. Notes the use, at most once a
// minute.
Result<std::optional<WebSession>> find_web_session(SqlConnection& connection, const std::string& token, int64_t now_s);
// Whether a second factor was given at most `max_age_s` ago. Where not, answer kStepUpRequired: the page then asks for
// one and tries again.
bool fresh_second_factor(const WebSession& session, int64_t now_s, int64_t max_age_s);
// A new token in place of the session's, after it was proved anew who sits there; with a second factor or without. The
// old token opens nothing any more. Errors: unauthenticated when the session is over.
Result<std::string> rotate_web_session(SqlConnection& connection, const WebSession& session, bool second_factor,
                                       int64_t now_s);
// A user's, the last used first; `user` stays empty in them.
Result<std::vector<WebSession>> web_sessions_of(SqlConnection& connection, const std::string& user_id, int64_t now_s);
Result<void> close_web_session(SqlConnection& connection, const std::string& token_hash);
// Errors: not_found when it is not this user's.
Result<void> close_web_session_of(SqlConnection& connection, const std::string& user_id, const std::string& id);
Result<void> close_other_web_sessions(SqlConnection& connection, const WebSession& kept);
// All of a user's, for a changed password or a removed user.
Result<void> close_web_sessions_of(SqlConnection& connection, const std::string& user_id);
// At an OpenID provider's word: those of `sid`, or all of the user `subject` when it names none. Gives the ids of the
// users who are to lose their desktop sessions too.
Result<std::vector<std::string>> close_web_sessions_at(SqlConnection& connection, const std::string& provider,
                                                       const std::string& subject, const std::string& sid);
Result<void> remove_expired_web_sessions(SqlConnection& connection, int64_t now_s);

// What a page has to send back as X-CSRF-Token: made from the token, so nothing has to be stored.
std::string csrf_token(const std::string& session_token);

}  // namespace vitrine::broker
