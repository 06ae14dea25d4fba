#include "broker/admin_client.h"

#include <fmt/format.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <chrono>

#include "broker/folder_lock.h"
#include "broker/provision/line_socket.h"

namespace vitrine::broker {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using boost::system::error_code;
using Local = asio::local::stream_protocol;

namespace {

constexpr auto kLimit = std::chrono::seconds(60);  // ending many sessions or hashing under load takes seconds

ErrorCode code_of_status(unsigned status) {
  switch (status) {
    case 400: return ErrorCode::kInvalidArgument;
    case 404: return ErrorCode::kNotFound;
    case 409: return ErrorCode::kConflict;
    case 503: return ErrorCode::kUnavailable;
    default: return ErrorCode::kInternal;
  }
}

// To the folder's first broker that takes it. Errors: unavailable when there is none.
Result<UniqueFd> connect_to_any(const std::string& data_folder) {
  for (int slot = 0; slot < kSlots; ++slot) {
    auto connected = connect_to(fmt::format("{}/run/{}.sock", data_folder, slot_name("admin", slot)));
    if (connected.ok() || connected.error().code != ErrorCode::kUnavailable) return connected;
  }
  return Error{ErrorCode::kUnavailable, fmt::format("No Vitrine is running on {}. Start it with: vitrine up --data {}",
                                                    data_folder, data_folder)};
}

}  // namespace

std::string path_part(const std::string& text) {
  std::string escaped;
  for (const char c : text) {
    const bool plain =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
    escaped += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return escaped;
}

Result<Json> ask_broker(const std::string& data_folder, const std::string& method, const std::string& path,
                        const Json& body) {
  const UniqueFd fd = TRY(connect_to_any(data_folder));
  asio::io_context io{1};
  beast::basic_stream<Local> stream(io);
  error_code failed;
  stream.socket().assign(Local(), ::dup(fd.get()), failed);
  if (failed) return Error{ErrorCode::kIo, failed.message()};

  http::request<http::string_body> request(http::string_to_verb(method), path, 11);
  request.set(http::field::host, "localhost");
  if (!body.is_null()) request.body() = to_line(body);
  request.prepare_payload();
  beast::flat_buffer buffer;
  http::response_parser<http::string_body> parser;
  parser.body_limit(64 << 20);
  stream.expires_after(kLimit);
  http::async_write(stream, request, [&](error_code write_failed, size_t) {
    failed = write_failed;
    if (failed) return;
    http::async_read(stream, buffer, parser, [&](error_code read_failed, size_t) { failed = read_failed; });
  });
  io.run();
  if (failed) {
    return Error{ErrorCode::kUnavailable, fmt::format("The broker did not answer: {}. Try again.", failed.message())};
  }
  const auto& response = parser.get();
  auto answer = parse_object(response.body());
  if (response.result_int() >= 300) {
    const std::string sentence = answer.ok() ? text_field(answer.value(), "detail") : "";
    return Error{code_of_status(response.result_int()), sentence.empty() ? "The broker refused." : sentence};
  }
  return answer.ok() ? answer.take() : Json::object();
}

Result<Json> ask_for_list(const std::string& data_folder, const std::string& path, const char* key) {
  Json all = Json::array();
  std::string after;
  do {
    const Json answer = TRY(ask_broker(data_folder, "GET", path + (after.empty() ? "" : "?after=" + after)));
    const auto page = answer.find(key);
    if (page == answer.end() || !page->is_array()) return Error{ErrorCode::kMalformed, "The broker gave no list."};
    all.insert(all.end(), page->begin(), page->end());
    after = text_field(answer, "next");
  } while (!after.empty());
  return all;
}

}  // namespace vitrine::broker
