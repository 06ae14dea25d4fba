// site.yaml: the site's document as people write it, and back.
#pragma once

#include <map>
#include <string>

#include "broker/json_fields.h"

namespace vitrine::broker {

struct SiteFile {
  Json document;
  std::map<std::string, std::string> places;  // "apps.notes.command" -> "12:5", line and column
};

// `name` is the file's, for sentences. Errors: malformed as "FILE:LINE:COLUMN: sentence" (no YAML, a name twice).
Result<SiteFile> parse_site(const std::string& text, const std::string& name);
// Puts the secrets of providers as "value" beside what says where they are: {file: PATH}, where a relative one begins
// in `folder`, or {env: NAME}. Errors: "PLACE: sentence".
Result<void> add_secrets(Json& document, const std::string& folder);
// The broker's "PLACE: sentence" as "FILE:LINE:COLUMN: PLACE: sentence", when the place or what holds it is known.
std::string with_place(const SiteFile& file, const std::string& name, const std::string& sentence);
// YAML that parse_site() reads as the same document.
std::string site_to_yaml(const Json& document);

}  // namespace vitrine::broker
