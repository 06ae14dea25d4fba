// Which HTTP statuses a route can answer with: what the OpenAPI document says, and tests hold against every answer.
#include <algorithm>
#include <array>
#include <iterator>

#include "broker/api/openapi.h"

namespace vitrine::broker {

namespace {

struct Statuses {
  std::string_view method;
  std::string_view pattern;
  std::array<int, 3> done;  // 0: no more
};

// Where it is not 200 with an answer, or 204 without one.
constexpr Statuses kDone[] = {
    {"POST", "/api/admin/users", {201}},
    {"POST", "/api/admin/groups", {201}},
    {"POST", "/api/admin/resources", {201}},
    {"POST", "/api/admin/sessions", {201}},
    {"POST", "/api/admin/providers", {201}},
    {"POST", "/api/admin/tokens", {201}},
    {"PUT", "/api/me/totp", {201}},
    {"POST", "/api/me/recovery-codes", {201}},
    {"POST", "/api/me/passkeys", {201}},
    {"POST", "/api/sessions", {200, 202}},
    {"POST", "/api/logout", {200, 204}},
    {"GET", "/api/sign-in/:provider/return", {303}},
    {"POST", "/api/sign-in/:provider/logout", {200}},
    {"GET", "/api/icons/:id", {200}},
    {"GET", "/api/manifest", {200}},
    {"GET", "/api/manifest/:id", {200}},
    {"GET", "/api/admin/resources/:id/icon", {200}},
    {"GET", "/api/admin/programs/:entry/icon", {200}},
};

// What the store and the server itself can say on any route.
constexpr int kServer[] = {500, 503, 504};
// On any route that asks who is there.
constexpr int kKnown[] = {400, 401, 403, 404};
// Where something is changed besides.
constexpr int kChange[] = {409, 413, 422};
// Guesses are slowed down where a secret is given.
constexpr std::string_view kSecrets[] = {"/api/login",      "/api/login/second-step", "/api/login/enrolment",
                                         "/api/me/step-up", "/api/me/password",       "/api/login/passkey/answer"};

}  // namespace

std::vector<int> done_statuses(const Route& route, const RouteDoc& doc) {
  std::vector<int> statuses;
  for (const Statuses& one : kDone) {
    if (one.method != route.method || one.pattern != route.pattern) continue;
    std::ranges::copy_if(one.done, std::back_inserter(statuses), [](int status) { return status != 0; });
  }
  if (statuses.empty()) statuses.push_back(doc.answer.empty() ? 204 : 200);
  return statuses;
}

std::vector<int> problem_statuses(const Route& route) {
  std::vector<int> statuses(std::begin(kServer), std::end(kServer));
  const std::string_view method = route.method;
  const std::string_view pattern = route.pattern;
  if (route.access != Access::kOpen) statuses.insert(statuses.end(), std::begin(kKnown), std::end(kKnown));
  // Open to anybody, but not to other sites' pages.
  if (route.access == Access::kOpen) statuses.push_back(403);
  if (route.access == Access::kOpen && pattern.find(':') != std::string_view::npos) {
    statuses.insert(statuses.end(), {400, 404, 413});
  }
  if (method != "GET" && route.access != Access::kOpen) {
    statuses.insert(statuses.end(), std::begin(kChange), std::end(kChange));
  }
  if (std::ranges::find(kSecrets, pattern) != std::end(kSecrets)) statuses.push_back(429);
  std::ranges::sort(statuses);
  return statuses;
}

std::vector<int> statuses_of(const Route& route) {
  const RouteDoc* doc = find_doc(route.method, route.pattern);
  if (doc == nullptr) return {};
  std::vector<int> all = done_statuses(route, *doc);
  const std::vector<int> problems = problem_statuses(route);
  all.insert(all.end(), problems.begin(), problems.end());
  return all;
}

}  // namespace vitrine::broker
