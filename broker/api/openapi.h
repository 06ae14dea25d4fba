// The OpenAPI 3.1 document of the API, made from the table of routes and what is said of them.
#pragma once

#include <vector>

#include "broker/api/router.h"

namespace vitrine::broker {

Json openapi_document(const std::vector<Route>& routes);
// The schemas of named shapes. `strictness` as in shape.h.
Json named_schemas(ShapeStrictness strictness);

}  // namespace vitrine::broker
