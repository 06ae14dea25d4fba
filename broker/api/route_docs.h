// What each route of the API takes and gives, beside the tables of routes: from it come the OpenAPI document, the check
// of what requests bring, and the scope a token needs. A test holds that every route is here and answers as it says.
#pragma once

#include <span>
#include <string_view>

namespace vitrine::broker {

struct RouteDoc {
  std::string_view method;
  std::string_view pattern;
  std::string_view scope;    // of tokens: see identity/api_tokens.h; empty: no token is let in
  std::string_view summary;  // a sentence without its full stop
  std::string_view query;    // shape.h, an object of texts; empty: none
  std::string_view body;     // shape.h; empty: none
  std::string_view answer;   // shape.h; empty: none (204), or one that is no JSON
};
std::span<const RouteDoc> user_route_docs();
std::span<const RouteDoc> admin_route_docs();
// Both.
std::span<const RouteDoc> route_docs();
// Nothing for a route that nobody described.
const RouteDoc* find_doc(std::string_view method, std::string_view pattern);

// What users and administrators choose alike: the body of catalogue/terms.h.
inline constexpr std::string_view kChangeTerms =
    "{preset?: 'sharp'|'balanced'|'saver'|'', target_ms?: integer, ceiling_kbit?: integer, quality_floor?: integer}";

struct NamedShape {
  std::string_view name;
  std::string_view shape;
};
std::span<const NamedShape> named_shapes();

}  // namespace vitrine::broker
