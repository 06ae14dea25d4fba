// The end of every way of signing in.
#pragma once

#include "broker/api/router.h"

namespace vitrine::broker {

// What pages are told of a user.
Json user_json(const User& user);
// Where the request comes from, with what it proved.
SignInProof proof_of(const ApiRequest& request, const std::string& provider, int64_t second_factor_s);
// A new web session in place of whatever the browser was signed in to (a token from before must not become a signed-in
// one): the user, the CSRF token and the cookie. `extra` joins the body. Errors: the store's.
Result<HttpResponse> signed_in(ApiRequest& request, SqlConnection& connection, const User& user,
                               const SignInProof& proof, const std::string& only_session = "",
                               const Json& extra = Json::object());

}  // namespace vitrine::broker
