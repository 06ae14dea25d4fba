// HttpClient by libcurl: certificates verified, no redirects, answers of at most 1 MiB within ten seconds.
#pragma once

#include "broker/http/http_client.h"

namespace vitrine::broker {

struct HttpLimits {
  size_t answer_bytes = 1 << 20;  // discovery documents and key sets are a few KiB
  int64_t connect_ms = 5'000;     // a person waits at the sign-in page
  int64_t whole_ms = 10'000;
};

class CurlHttpClient : public HttpClient {
 public:
  explicit CurlHttpClient(HttpLimits limits = {});
  Result<HttpReply> call(const HttpCall& call) override;

 private:
  HttpLimits limits_;
};

}  // namespace vitrine::broker
