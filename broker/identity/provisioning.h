// Users of other systems as users here: made at their first sign-in, brought up to date at each one.
//
// A user is known by provider and subject, never by name: whoever takes a name at a provider does not become the user
// who has it here. Groups follow the provider; memberships given here stay beside them.
#pragma once

#include "broker/identity/login.h"
#include "broker/identity/providers.h"

namespace vitrine::broker {

// Errors, each a sentence for the person: conflict (the name belongs to another user here), forbidden (an administrator
// disabled the user), invalid_argument (the name cannot be one here). Opens a transaction of its own.
Result<User> provision(SqlConnection& connection, const Provider& provider, const Identity& identity, int64_t now_s);

}  // namespace vitrine::broker
