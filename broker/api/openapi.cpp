#include "broker/api/openapi.h"

namespace vitrine::broker {

namespace {

// Shapes are our own text; one that cannot be read is our own bug.
Json schema(std::string_view shape) {
  return schema_of(shape).take();
}

Json json_content(const Json& of) {
  return {{"application/json", {{"schema", of}}}};
}

// What a problem of this status means.
const char* meaning_of(int status) {
  switch (status) {
    case 400: return "The request is not as this document says; the problem names the field";
    case 401: return "Nobody is signed in, or the secret is wrong";
    case 403: return "Not allowed, or only after a step that the problem's code names";
    case 404: return "There is no such thing, or not for whoever asks";
    case 409: return "Not possible as things are now";
    case 413: return "Too large";
    case 422: return "Not supported";
    case 429: return "Too many attempts; Retry-After says how long to wait";
    case 503: return "Not available now, or full; the problem says what to do";
    case 504: return "Somebody else took too long to answer";
    default: return "The server has a problem; its log says more";
  }
}

Json problem(int status) {
  return {{"description", meaning_of(status)},
          {"content", {{"application/problem+json", {{"schema", {{"$ref", "#/components/schemas/Problem"}}}}}}}};
}

// "/api/users/:name" as "/api/users/{name}"; the names join `parameters`.
std::string path_of(std::string_view pattern, Json& parameters) {
  std::string path;
  for (size_t at = 0; at < pattern.size();) {
    if (pattern[at] != ':') {
      path += pattern[at++];
      continue;
    }
    const size_t end = std::min(pattern.find('/', at), pattern.size());
    const std::string name(pattern.substr(at + 1, end - at - 1));
    path += "{" + name + "}";
    parameters.push_back({{"name", name}, {"in", "path"}, {"required", true}, {"schema", {{"type", "string"}}}});
    at = end;
  }
  return path;
}

Json security_of(const Route& route, const RouteDoc& doc) {
  if (route.access == Access::kOpen || route.access == Access::kSignIn) return Json::array();
  Json security = Json::array({{{"session", Json::array()}}});
  if (!doc.scope.empty()) security.push_back({{"token", Json::array({std::string(doc.scope)})}});
  return security;
}

Json done(int status, const RouteDoc& doc) {
  if (status == 303) return {{"description", "The browser is sent to the page that finishes the sign-in"}};
  if (doc.pattern.ends_with("/icon") || doc.pattern.starts_with("/api/icons/")) {
    return {{"description", "The picture"}, {"content", {{"image/*", Json::object()}}}};
  }
  if (doc.pattern.starts_with("/api/manifest")) {
    return {{"description", "The manifest"}, {"content", {{"application/manifest+json", Json::object()}}}};
  }
  if (status == 204 || doc.answer.empty()) return {{"description", "Done"}};
  return {{"description", "Done"}, {"content", json_content(schema(doc.answer))}};
}

Json responses_of(const Route& route, const RouteDoc& doc) {
  Json responses = Json::object();
  for (const int status : done_statuses(route, doc)) responses[std::to_string(status)] = done(status, doc);
  for (const int status : problem_statuses(route)) responses[std::to_string(status)] = problem(status);
  return responses;
}

Json operation_of(const Route& route, const RouteDoc& doc, Json parameters) {
  const Json query = doc.query.empty() ? Json::object() : object_field(schema(doc.query), "properties");
  for (const auto& [name, of] : query.items()) {
    parameters.push_back({{"name", name}, {"in", "query"}, {"required", false}, {"schema", of}});
  }
  Json operation = {{"summary", std::string(doc.summary)},
                    {"responses", responses_of(route, doc)},
                    {"security", security_of(route, doc)}};
  if (!parameters.empty()) operation["parameters"] = parameters;
  if (!doc.body.empty()) operation["requestBody"] = {{"content", json_content(schema(doc.body))}};
  return operation;
}

}  // namespace

namespace {

Result<HttpResponse> get_openapi(ApiRequest& request) {
  return HttpResponse{.status = 200, .content_type = "application/json", .body = request.openapi, .headers = {}};
}

constexpr Route kOpenApiRoutes[] = {{"GET", "/api/openapi.json", Access::kOpen, nullptr, get_openapi}};

}  // namespace

std::span<const Route> openapi_routes() {
  return kOpenApiRoutes;
}

Json named_schemas(ShapeStrictness strictness) {
  Json named = Json::object();
  for (const NamedShape& shape : named_shapes()) {
    named[std::string(shape.name)] = schema_of(shape.shape, strictness).take();
  }
  return named;
}

Json openapi_document(const std::vector<Route>& routes) {
  Json paths = Json::object();
  for (const Route& route : routes) {
    const RouteDoc* doc = find_doc(route.method, route.pattern);
    if (doc == nullptr) continue;
    Json parameters = Json::array();
    const std::string path = path_of(route.pattern, parameters);
    paths[path][normal_name(route.method)] = operation_of(route, *doc, std::move(parameters));
  }
  const Json schemes = {
      {"session",
       {{"type", "apiKey"},
        {"in", "cookie"},
        {"name", "__Host-vitrine"},
        {"description", "Set by signing in. Requests that change something bring X-CSRF-Token as well."}}},
      {"token", {{"type", "http"}, {"scheme", "bearer"}, {"description", "Made by: vitrine token add NAME"}}}};
  return {{"openapi", "3.1.0"},
          {"info",
           {{"title", "Vitrine"},
            {"version", "1"},
            {"description",
             "Lists come in pages: ask again with after=NEXT while next is not null. Times are Unix seconds. "
             "Errors are RFC 9457 problems."}}},
          {"paths", paths},
          {"components", {{"schemas", named_schemas(ShapeStrictness::kOpen)}, {"securitySchemes", schemes}}}};
}

}  // namespace vitrine::broker
