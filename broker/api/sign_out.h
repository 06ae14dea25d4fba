// Signing out where the user signed in.
#pragma once

#include "broker/api/router.h"

namespace vitrine::broker {

// Where the page has to go to end the session there too; empty when it began here, or when there is no such place now.
std::string sign_out_elsewhere(ApiRequest& request);

}  // namespace vitrine::broker
