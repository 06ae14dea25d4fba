// What was asked of a browser and is not answered yet: the second step of a sign-in, or a WebAuthn ceremony. The token
// is the question's name and the WebAuthn challenge at once; the store keeps its SHA-256. It is bound to one browser,
// good for one right answer, a few wrong ones, and five minutes. It is no web session and opens nothing by itself.
#pragma once

#include <string>

#include "broker/store/sql.h"

namespace vitrine::broker {

inline constexpr int64_t kChallengeLifetimeS = 300;
inline constexpr int64_t kChallengeAttempts = 5;
// Of each purpose. Strangers can ask for passkey challenges: one address gets a hundred open ones, which is an office
// signing in at nine; all together ten thousand, some 3 MB.
inline constexpr int64_t kMaxChallengesOfAddress = 100;
inline constexpr int64_t kMaxChallenges = 10'000;

struct Challenge {
  std::string
      purpose;  // "second step", "passkey sign-in", "new passkey", "step-up": an answer to one is none to another
  std::string bound_to;  // what only that browser has: its step cookie, or its web session's token hash
  std::string user_id;   // empty when the answer is to say who
  std::string provider;  // who vouched for the first factor
  std::string address;
};

// The token. Errors: exhausted when too many are open.
Result<std::string> open_challenge(SqlConnection& connection, const Challenge& challenge, int64_t now_s);
// Takes one attempt. Errors: conflict when there is no such challenge (any more) for this purpose and browser.
Result<Challenge> attempt_challenge(SqlConnection& connection, const std::string& token, const std::string& purpose,
                                    const std::string& bound_to, int64_t now_s);
// After the right answer. Errors: conflict when another request was first.
Result<void> use_up_challenge(SqlConnection& connection, const std::string& token);

}  // namespace vitrine::broker
