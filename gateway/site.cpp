#include "gateway/site.h"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <utility>

namespace vitrine {
namespace {

// A client is well below a megabyte; this only keeps a wrong --client from eating the memory.
constexpr size_t kMaxSiteBytes = 256 << 20;

constexpr std::array<std::pair<std::string_view, std::string_view>, 16> kContentTypes = {{
    {".html", "text/html; charset=utf-8"},
    {".js", "text/javascript; charset=utf-8"},
    {".mjs", "text/javascript; charset=utf-8"},
    {".css", "text/css; charset=utf-8"},
    {".json", "application/json"},
    {".map", "application/json"},
    {".webmanifest", "application/manifest+json"},
    {".wasm", "application/wasm"},
    {".svg", "image/svg+xml"},
    {".png", "image/png"},
    {".jpg", "image/jpeg"},
    {".webp", "image/webp"},
    {".ico", "image/x-icon"},
    {".woff2", "font/woff2"},
    {".txt", "text/plain; charset=utf-8"},
    {".md", "text/plain; charset=utf-8"},
}};

std::string_view content_type(std::string_view path) {
  for (const auto& [suffix, type] : kContentTypes) {
    if (path.ends_with(suffix)) return type;
  }
  return "application/octet-stream";
}

std::string sha256_hex(std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  CHECK(EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha256(), nullptr) == 1);
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string hex;
  for (unsigned i = 0; i < size; ++i) {
    hex += kDigits[digest[i] >> 4];
    hex += kDigits[digest[i] & 15];
  }
  return hex;
}

std::string_view trim(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

// Calls `visit` with each part of a comma-separated header until it says true.
template <class Visit>
bool any_part(std::string_view header, Visit visit) {
  while (!header.empty()) {
    const auto comma = header.find(',');
    if (visit(trim(header.substr(0, comma)))) return true;
    if (comma == std::string_view::npos) break;
    header.remove_prefix(comma + 1);
  }
  return false;
}

}  // namespace

bool has_content_hash(std::string_view path) {
  constexpr size_t kHashLength = 8;
  const auto name = path.substr(path.rfind('/') + 1);
  // Between a '-' or '.' and the next '.', such as in "app-3F9KX2QZ.js.map".
  for (size_t start = name.find_first_of("-."); start != std::string_view::npos;
       start = name.find_first_of("-.", start + 1)) {
    const auto word = name.substr(start + 1, kHashLength);
    const bool whole = start + 1 + kHashLength < name.size() && name[start + 1 + kHashLength] == '.';
    if (start == 0 || !whole) continue;
    bool digit_or_upper = false;
    const bool plain = std::ranges::all_of(word, [&](char c) {
      const bool marked = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z');
      digit_or_upper |= marked;
      return marked || (c >= 'a' && c <= 'z') || c == '_';
    });
    // A word of eight small letters is a word.
    if (plain && digit_or_upper) return true;
  }
  return false;
}

bool accepts_gzip(std::string_view header) {
  return any_part(header, [](std::string_view part) {
    const auto semicolon = part.find(';');
    const auto coding = trim(part.substr(0, semicolon));
    if (coding != "gzip" && coding != "*") return false;
    if (semicolon == std::string_view::npos) return true;
    const auto quality = trim(part.substr(semicolon + 1));
    return quality != "q=0" && quality.find_first_not_of("q=0.") != std::string_view::npos;
  });
}

bool matches_etag(std::string_view header, std::string_view etag) {
  return any_part(header, [&](std::string_view part) {
    if (part.starts_with("W/")) part.remove_prefix(2);
    return part == "*" || part == etag;
  });
}

void SiteFiles::add(const std::string& path, std::string_view plain, std::string_view gzip, const std::string& hash) {
  const std::string tag = hash.substr(0, 32);
  files_[path] = {.content_type = content_type(path),
                  .plain = plain,
                  .gzip = gzip,
                  .etag = '"' + tag + '"',
                  .gzip_etag = '"' + tag + "-gz\"",
                  .immutable = has_content_hash(path)};
}

std::shared_ptr<const SiteFiles> SiteFiles::from_embedded(const std::vector<EmbeddedFile>& files) {
  auto site = std::make_shared<SiteFiles>();
  for (const EmbeddedFile& file : files) {
    site->add(std::string(file.path), file.plain, file.gzip, std::string(file.hash));
  }
  return site;
}

Result<std::shared_ptr<const SiteFiles>> SiteFiles::from_folder(const std::filesystem::path& folder) {
  std::error_code error;
  auto site = std::make_shared<SiteFiles>();
  size_t total = 0;
  // Links are not followed: what is served lies in the folder itself.
  for (auto it = std::filesystem::recursive_directory_iterator(folder, error);
       !error && it != std::filesystem::recursive_directory_iterator(); it.increment(error)) {
    if (!it->is_regular_file(error) || it->is_symlink(error)) continue;
    std::ifstream in(it->path(), std::ios::binary);
    auto content = std::make_unique<std::string>(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
    if (!in.good() && !in.eof()) return Error{ErrorCode::kIo, "Cannot read " + it->path().string() + "."};
    total += content->size();
    if (total > kMaxSiteBytes) {
      return Error{ErrorCode::kTooLarge,
                   folder.string() + " is too large to be the client; give --client its dist folder."};
    }
    site->add("/" + std::filesystem::relative(it->path(), folder).generic_string(), *content, {}, sha256_hex(*content));
    site->contents_.push_back(std::move(content));
  }
  if (error)
    return Error{ErrorCode::kNotFound,
                 "Cannot read the client folder " + folder.string() + ": " + error.message() + "."};
  if (site->find("/") == nullptr) {
    return Error{ErrorCode::kNotFound, "There is no index.html in " + folder.string() +
                                           "; build the client first or give --client its dist folder."};
  }
  return std::shared_ptr<const SiteFiles>(std::move(site));
}

const SiteFile* SiteFiles::find(std::string_view path) const {
  if (path == "/") path = "/index.html";
  if (path == "/admin") path = "/admin.html";
  const auto found = files_.find(path);
  return found == files_.end() ? nullptr : &found->second;
}

}  // namespace vitrine
