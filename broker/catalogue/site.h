// A site as one document: what `vitrine export` writes and `vitrine apply` brings about.
//
//   {"groups": {"writers": {"members": ["ada"]}}, "pools": {"desktop": {...}}, "apps": {...}, "grants": {...}}
//
// A section that the document has is the whole truth about its part: what it does not name is removed. A section that
// it does not have stays as it is. Each section is one row of site_sections(), so that others can join.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "broker/json_fields.h"
#include "broker/store/sql.h"

namespace vitrine::broker {

struct SiteSection {
  const char* name;        // "apps"
  const char* one;         // "app", for people
  std::string_view shape;  // api/shape.h, of an entry as it is given
  // An entry in full, in the one form in which it is compared. Errors: invalid_argument ("FIELD: sentence").
  Result<Json> (*complete)(const std::string& key, const Json& given);
  // All entries that there are, in that form.
  Result<Json> (*read)(SqlConnection& connection);
  // Errors: the first words are the field, as above, when there is one to blame.
  Result<void> (*put)(SqlConnection& connection, const std::string& key, const Json& entry, bool exists, int64_t now_s);
  Result<void> (*remove)(SqlConnection& connection, const std::string& key);
};
// In the order in which entries are made; they are removed in the reverse one.
std::span<const SiteSection> site_sections();

struct SiteChange {
  std::string section;
  std::string key;
  Json before;  // null: it is made
  Json after;   // null: it is removed
};

// The whole document; fields that say what they say by themselves are left out.
Result<Json> export_site(SqlConnection& connection);
// Makes the store as the document says and tells what changed. Run it in a transaction; without a commit it only says
// what it would change. Errors: invalid_argument, not_found, conflict as "PLACE: sentence", where PLACE is like
// apps.notes.command.
Result<std::vector<SiteChange>> apply_site(SqlConnection& connection, const Json& document, int64_t now_s);

}  // namespace vitrine::broker
