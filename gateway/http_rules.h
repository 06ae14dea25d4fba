// What this server says and accepts in HTTP, apart from sockets: headers of every answer, what a request has to look
// like before anything acts on it, and which headers cross to and from the broker.
#pragma once

#include <boost/beast/http/fields.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace vitrine {

namespace http = boost::beast::http;

// A request is refused with this sentence and 400 before anything looks at it further.
std::optional<std::string_view> request_fault(const http::request_header<>& request);

// Content-Security-Policy and its company. A header the broker set itself is left as it is.
void add_security_headers(http::fields& headers);

// Copies what may pass to the broker; adds X-Forwarded-*.
http::request<http::string_body> request_for_broker(const http::request<http::string_body>& request,
                                                    const std::string& peer_address);
// Copies what may pass from the broker to the browser.
http::response<http::string_body> response_from_broker(http::response<http::string_body> response);

// Whether a broker may be asked this when another may have done it already. Methods that change nothing by being
// repeated (RFC 9110, 9.2.2), opening a session, which gives the one that runs, and a ticket, of which a page uses only
// one.
bool may_be_repeated(const http::request_header<>& request);

// RFC 9457 application/problem+json.
http::response<http::string_body> problem(http::status status, std::string_view code, std::string_view title,
                                          std::string_view detail);
http::response<http::string_body> plain_text(http::status status, std::string_view text);

}  // namespace vitrine
