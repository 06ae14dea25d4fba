// A bare HTTP client on a unix socket, which can also say what no proper client would.
#pragma once

#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <map>
#include <string>

#include "broker/json_fields.h"
#include "broker/provision/line_socket.h"

namespace vitrine::broker {

struct HttpAnswer {
  int status = 0;
  std::map<std::string, std::string> headers;
  std::string body;
  [[nodiscard]] Json json() const { return Json::parse(body, nullptr, false); }
};

// Sends the bytes, reads until the server closes.
inline std::string exchange_bytes(const std::string& socket_path, const std::string& bytes) {
  auto connected = connect_to(socket_path);
  if (!connected.ok()) return "";
  const UniqueFd fd = connected.take();
  for (size_t at = 0; at < bytes.size();) {
    const ssize_t sent = ::send(fd.get(), bytes.data() + at, bytes.size() - at, MSG_NOSIGNAL);
    if (sent <= 0) break;
    at += static_cast<size_t>(sent);
  }
  std::string answer;
  std::array<char, 8192> buffer{};
  for (ssize_t got = 0; (got = ::read(fd.get(), buffer.data(), buffer.size())) > 0;) {
    answer.append(buffer.data(), static_cast<size_t>(got));
  }
  return answer;
}

inline HttpAnswer parse_answer(const std::string& text) {
  HttpAnswer answer;
  const size_t head_end = text.find("\r\n\r\n");
  if (head_end == std::string::npos) return answer;
  answer.status = std::atoi(text.c_str() + text.find(' '));
  answer.body = text.substr(head_end + 4);
  for (size_t at = text.find("\r\n"); at < head_end;) {
    const size_t end = text.find("\r\n", at + 2);
    const std::string line = text.substr(at + 2, end - at - 2);
    const size_t colon = line.find(": ");
    if (colon != std::string::npos) answer.headers[line.substr(0, colon)] = line.substr(colon + 2);
    at = end;
  }
  return answer;
}

using HttpHeaders = std::map<std::string, std::string>;

inline HttpAnswer ask(const std::string& socket_path, const std::string& method, const std::string& target,
                      const HttpHeaders& headers, const std::string& body = "") {
  std::string text = method + " " + target + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n";
  for (const auto& [name, value] : headers) text += name + ": " + value + "\r\n";
  if (!body.empty() || method != "GET") text += "Content-Length: " + std::to_string(body.size()) + "\r\n";
  return parse_answer(exchange_bytes(socket_path, text + "\r\n" + body));
}

}  // namespace vitrine::broker
