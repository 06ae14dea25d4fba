// The sections that have a file of their own, and what sections have in common.
#pragma once

#include "broker/catalogue/site.h"

namespace vitrine::broker {

SiteSection pools_section();
SiteSection apps_section();
SiteSection providers_section();
SiteSection policies_section();

// "FIELD: sentence".
inline Error at_field(const std::string& field, const Error& error) {
  return {error.code, field + ": " + error.message};
}

// The same for a sentence that names one of the fields of `given` in quotation marks; else the sentence alone.
inline Error at_named_field(const Json& given, const std::string& inside, const Error& error) {
  for (const auto& [field, value] : given.items()) {
    if (error.message.find('"' + field + '"') != std::string::npos) return at_field(inside + field, error);
  }
  return error;
}

}  // namespace vitrine::broker
