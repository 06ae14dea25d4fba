// Asking other servers by HTTP. Abstract because here another world begins: the protocols above it run in tests
// against a server in memory under virtual time.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "protocol/base/result.h"

namespace vitrine::broker {

struct HttpCall {
  std::string url;
  std::vector<std::pair<std::string, std::string>> headers = {};
  std::string form = "";     // when not empty: a POST of application/x-www-form-urlencoded
  std::string ca_file = "";  // trusted instead of the system's authorities when not empty
};

struct HttpReply {
  int status = 0;
  std::string body;
};

// Any thread.
class HttpClient {
 public:
  virtual ~HttpClient() = default;
  // Redirects are not followed: what is asked for is named exactly.
  // Errors: invalid_argument (neither https nor loopback), timeout, too_large, unavailable (also for a certificate that
  // is not trusted); each says which server.
  virtual Result<HttpReply> call(const HttpCall& call) = 0;
};

// "https://host[:port]/..." without user and fragment, or http to this machine itself. Errors: invalid_argument.
Result<void> check_web_url(std::string_view url);

// application/x-www-form-urlencoded, which percent-encodes all but letters, digits and "-_.".
std::string form_encoded(std::string_view text);
std::string form_of(const std::vector<std::pair<std::string, std::string>>& fields);
// The value of a field, decoded; empty when there is none or it is not properly encoded.
std::string form_field(std::string_view form, std::string_view name);

}  // namespace vitrine::broker
