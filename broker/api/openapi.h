// The OpenAPI 3.1 document of the API, made from the table of routes and what is said of them.
#pragma once

#include <vector>

#include "broker/api/router.h"

namespace vitrine::broker {

// What the route answers with when it is done, what with a problem, and both; in route_statuses.cpp.
std::vector<int> done_statuses(const Route& route, const RouteDoc& doc);
std::vector<int> problem_statuses(const Route& route);
std::vector<int> statuses_of(const Route& route);

Json openapi_document(const std::vector<Route>& routes);
// The schemas of named shapes. `strictness` as in shape.h.
Json named_schemas(ShapeStrictness strictness);

}  // namespace vitrine::broker
