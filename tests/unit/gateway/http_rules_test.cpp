#include "gateway/http_rules.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace vitrine {
namespace {

http::request<http::string_body> request_to(const std::string& target) {
  http::request<http::string_body> request{http::verb::get, target, 11};
  request.set(http::field::host, "localhost:8443");
  return request;
}

TEST(HttpRulesTest, TakesOrdinaryTargets) {
  for (const char* target : {"/", "/api/sessions/ab12?x=1&y=%20", "/assets/app-3F9KX2QZ.js", "/a..b/...", "/%41"}) {
    EXPECT_EQ(request_fault(request_to(target)), std::nullopt) << target;
  }
}

TEST(HttpRulesTest, RefusesTargetsThatMeanSomethingElse) {
  for (const char* target : {"", "*", "http://h/", "//h/", "/a/../b", "/.", "/..", "/%2E%2e/", "/a%2fb", "/a%5Cb",
                             "/a\\b", "/a#b", "/a\"b", "/\x80"}) {
    EXPECT_NE(request_fault(request_to(target)), std::nullopt) << target;
  }
}

TEST(HttpRulesTest, ProblemsAreProblemJson) {
  const auto response = problem(http::status::conflict, "some_code", "A title", "A \"sentence\".");
  EXPECT_EQ(response[http::field::content_type], "application/problem+json");
  const auto body = nlohmann::json::parse(response.body());
  EXPECT_EQ(body["status"], 409);
  EXPECT_EQ(body["code"], "some_code");
  EXPECT_EQ(body["detail"], "A \"sentence\".");
}

TEST(HttpRulesTest, LeavesAPolicyTheBrokerSet) {
  http::response<http::string_body> response{http::status::ok, 11};
  response.set("Content-Security-Policy", "sandbox");
  add_security_headers(response);
  EXPECT_EQ(response["Content-Security-Policy"], "sandbox");
  EXPECT_EQ(response["X-Content-Type-Options"], "nosniff");
}

}  // namespace
}  // namespace vitrine
