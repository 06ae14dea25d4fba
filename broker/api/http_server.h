// HTTP/1.1 on unix sockets. Connections are read and written by one thread that never blocks; whole requests are
// answered by handlers on a fixed pool, which may. Slow, oversized or malformed requests never reach a handler.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "protocol/base/result.h"

namespace vitrine::broker {

struct HttpRequest {
  std::string method;
  std::string target;                          // as it came, with the query
  std::map<std::string, std::string> headers;  // names in lower case; of repeated ones the first
  std::string body;
  bool local_admin = false;  // it came through the administrator's socket

  [[nodiscard]] const std::string& header(const std::string& lower_case_name) const;
};

struct HttpResponse {
  int status = 200;
  std::string content_type;  // empty: no body
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;
};

class HttpServer {
 public:
  using Handler = std::function<HttpResponse(const HttpRequest&)>;
  struct Listener {
    std::string path;
    bool local_admin = false;
  };
  // Listens at once (sockets are 0600); answers from then on. Errors: io, too_large.
  static Result<std::unique_ptr<HttpServer>> start(const std::vector<Listener>& listeners, Handler handler);
  // Stops answering, waits for the handlers that are at work.
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

 private:
  struct State;
  explicit HttpServer(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace vitrine::broker
