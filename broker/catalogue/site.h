// A site as one document: what `vitrine export` writes and `vitrine apply` brings about.
//
//   {"groups": {"writers": {"members": ["ada"]}}, "providers": {"corp": {...}}, "pools": {"desktop": {...}},
//    "apps": {...}, "grants": {...}, "policies": {"site": {...}, "pools": {...}, "grants": {...}}}
//
// A section that the document has is the whole truth about its part: what it does not name is removed. A section that
// it does not have stays as it is. Each section is one row of site_sections(), so that others can join.
//
// Secrets are in no document that is given back. A document that is applied says where one comes from, and whoever
// sends it (`vitrine apply`) puts the value beside: {"file": "/etc/vitrine/corp.secret", "value": "..."}.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "broker/identity/sealed.h"
#include "broker/json_fields.h"
#include "broker/store/sql.h"

namespace vitrine::broker {

// What sections read and write.
struct SiteStore {
  SqlConnection& connection;
  const Sealer& sealer;
  int64_t now_s = 0;
};

struct SiteSection {
  const char* name;        // "apps"
  std::string_view shape;  // api/shape.h, of an entry as it is given
  // An entry in full, in the one form in which it is compared. Errors: invalid_argument ("FIELD: sentence").
  Result<Json> (*complete)(const std::string& key, const Json& given);
  // All entries that there are, in that form.
  Result<Json> (*read)(const SiteStore& store);
  // `before`: the entry that there is, or null. Errors: the first words are the field, as above, when there is one to
  // blame.
  Result<void> (*put)(const SiteStore& store, const std::string& key, const Json& entry, const Json& before);
  Result<void> (*remove)(const SiteStore& store, const std::string& key);
  // Where an entry's comparable form depends on the one that there is; nullptr: it does not.
  Result<Json> (*settle)(const SiteStore& store, const Json& entry, const Json& before) = nullptr;
  // Puts what a person may read in place of what only serves to compare; nullptr: nothing does.
  void (*veil)(Json& before, Json& after) = nullptr;
  // Entries that always are there and say nothing when they are empty; no others are allowed then.
  std::span<const std::string_view> fixed = {};
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
Result<Json> export_site(const SiteStore& store);
// Makes the store as the document says and tells what changed. Run it in a transaction; without a commit it only says
// what it would change. Errors: invalid_argument, not_found, conflict as "PLACE: sentence", where PLACE is like
// apps.notes.command.
Result<std::vector<SiteChange>> apply_site(const SiteStore& store, const Json& document);

}  // namespace vitrine::broker
