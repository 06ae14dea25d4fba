// The static client: every file by its path, ready to send. Nothing outside this table can be asked for, so there is no
// path to escape from. Embedded in the binary (embedded_site.h) or read from a folder for development.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/embedded_site.h"
#include "protocol/base/result.h"

namespace vitrine {

struct SiteFile {
  std::string_view content_type;
  std::string_view plain;
  std::string_view gzip;  // empty when it would not be smaller
  std::string etag;       // of the plain form, with quotes
  std::string gzip_etag;
  bool immutable = false;  // its name carries a hash of its content
};

// One version of the site; immutable, so that a response under way keeps the bytes it started with.
class SiteFiles {
 public:
  static std::shared_ptr<const SiteFiles> from_embedded(const std::vector<EmbeddedFile>& files);
  // Errors: not_found (no such folder or no index.html), io, too_large.
  static Result<std::shared_ptr<const SiteFiles>> from_folder(const std::filesystem::path& folder);

  // By URL path; "/" is the index, "/admin" the administrators' page. Null when there is none.
  [[nodiscard]] const SiteFile* find(std::string_view path) const;
  [[nodiscard]] size_t size() const { return files_.size(); }

 private:
  void add(const std::string& path, std::string_view plain, std::string_view gzip, const std::string& hash);

  std::map<std::string, SiteFile, std::less<>> files_;
  std::vector<std::unique_ptr<std::string>> contents_;  // of a folder; embedded files are in the program
};

// True for names such as "app-3F9KX2QZ.js" whose content can never change.
bool has_content_hash(std::string_view path);

// True when `header` (Accept-Encoding) takes gzip.
bool accepts_gzip(std::string_view header);
// True when `header` (If-None-Match) names this entity tag.
bool matches_etag(std::string_view header, std::string_view etag);

}  // namespace vitrine
