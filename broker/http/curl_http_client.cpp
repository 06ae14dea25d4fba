#include "broker/http/curl_http_client.h"

#include <curl/curl.h>
#include <fmt/format.h>

#include <array>
#include <memory>

namespace vitrine::broker {

namespace {

using Handle = std::unique_ptr<CURL, decltype(&curl_easy_cleanup)>;
using HeaderList = std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)>;

struct Sink {
  std::string text;
  size_t limit;
};

size_t take(char* bytes, size_t size, size_t count, void* target) {
  auto& sink = *static_cast<Sink*>(target);
  const size_t got = size * count;
  if (sink.text.size() + got > sink.limit) return 0;  // ends the transfer with CURLE_WRITE_ERROR
  sink.text.append(bytes, got);
  return got;
}

Error error_of(CURLcode code, const std::string& url, const char* detail) {
  const std::string host = url.substr(0, url.find('/', url.find("://") + 3));
  const std::string why = *detail != 0 ? detail : curl_easy_strerror(code);
  switch (code) {
    case CURLE_OPERATION_TIMEDOUT: return {ErrorCode::kTimeout, fmt::format("{} did not answer in time.", host)};
    case CURLE_WRITE_ERROR: return {ErrorCode::kTooLarge, fmt::format("{} sent a far too long answer.", host)};
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
      return {ErrorCode::kUnavailable,
              fmt::format("The certificate of {} is not trusted: {}. If it comes from your own authority, name that "
                          "with --ca-file.",
                          host, why)};
    default: return {ErrorCode::kUnavailable, fmt::format("{} cannot be reached: {}.", host, why)};
  }
}

HeaderList header_list(const HttpCall& call) {
  curl_slist* list = nullptr;
  for (const auto& [name, value] : call.headers) list = curl_slist_append(list, (name + ": " + value).c_str());
  return {list, curl_slist_free_all};
}

}  // namespace

CurlHttpClient::CurlHttpClient(HttpLimits limits) : limits_(limits) {
  static const CURLcode ready = curl_global_init(CURL_GLOBAL_DEFAULT);
  CHECK(ready == CURLE_OK);
}

Result<HttpReply> CurlHttpClient::call(const HttpCall& call) {
  TRY(check_web_url(call.url));
  const Handle handle(curl_easy_init(), curl_easy_cleanup);
  if (!handle) return Error{ErrorCode::kExhausted, "No memory for a connection."};
  CURL* curl = handle.get();
  const HeaderList headers = header_list(call);
  Sink sink{.text = "", .limit = limits_.answer_bytes};
  std::array<char, CURL_ERROR_SIZE> detail{};
  curl_easy_setopt(curl, CURLOPT_URL, call.url.c_str());
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "https,http");
  curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(curl, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 1L);
  curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 2L);
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(limits_.connect_ms));
  curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, static_cast<long>(limits_.whole_ms));
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers.get());
  curl_easy_setopt(curl, CURLOPT_USERAGENT, "Vitrine");
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &sink);
  curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, detail.data());
  if (!call.ca_file.empty()) {
    curl_easy_setopt(curl, CURLOPT_CAINFO, call.ca_file.c_str());
    curl_easy_setopt(curl, CURLOPT_CAPATH, nullptr);
  }
  if (!call.form.empty()) {
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, static_cast<long>(call.form.size()));
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, call.form.c_str());
  }
  if (const CURLcode code = curl_easy_perform(curl); code != CURLE_OK) return error_of(code, call.url, detail.data());
  long status = 0;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
  return HttpReply{.status = static_cast<int>(status), .body = std::move(sink.text)};
}

}  // namespace vitrine::broker
