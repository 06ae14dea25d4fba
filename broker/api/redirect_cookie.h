// The cookie that ties a sign-in elsewhere to the browser it was begun in.
#pragma once

#include <string>

namespace vitrine::broker {

// Set-Cookie; an empty memory takes the cookie away.
std::string redirect_cookie(const std::string& memory, int64_t lifetime_s);
// What the request's Cookie header brings back; empty when nothing.
std::string redirect_memory(const std::string& cookie_header);

}  // namespace vitrine::broker
