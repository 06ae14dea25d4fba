// Web app manifests by which a browser installs Vitrine, or one published app, among the programs of a device. They are
// made for the signed-in user, so that nobody installs, or learns the name of, what is not granted to them.
//
//   /api/manifest      Vitrine, with the user's apps as shortcuts of its icon
//   /api/manifest/ID   one app or desktop as an app of its own, which opens it
#include <fmt/format.h>

#include "broker/api/router.h"
#include "broker/catalogue/catalogue.h"
#include "broker/catalogue/icons.h"

namespace vitrine::broker {

namespace {

// Systems show fewer; Chromium reads no more than these.
constexpr size_t kMostShortcuts = 10;
// The page's dark ground, as in web-client/public/manifest.webmanifest.
constexpr const char* kGround = "#0d1213";

// The page does not read the query: an app is known by its id without the fragment, so it has to differ before that.
std::string start_of(const Resource& resource) {
  return fmt::format("/?app={0}#/s/{0}", resource.id);
}

// "48x48" from the header of a PNG (RFC 2083 section 4.1.1); a drawing has any size.
std::string sizes_of(const Icon& icon) {
  if (icon.content_type != "image/png") return "any";
  constexpr size_t kWidthAt = 16;
  if (icon.bytes.size() < kWidthAt + 8) return "any";
  const auto number = [&](size_t at) {
    uint32_t value = 0;
    for (size_t i = 0; i < 4; ++i) value = value << 8 | static_cast<unsigned char>(icon.bytes[at + i]);
    return value;
  };
  return fmt::format("{}x{}", number(kWidthAt), number(kWidthAt + 4));
}

Json picture(const std::string& address, const std::string& sizes, const std::string& type) {
  return {{"src", address}, {"sizes", sizes}, {"type", type}};
}

Json vitrine_pictures() {
  Json list = {picture("/icon.svg", "any", "image/svg+xml"), picture("/icon-192.png", "192x192", "image/png"),
               picture("/icon-512.png", "512x512", "image/png")};
  Json maskable = picture("/icon-maskable-512.png", "512x512", "image/png");
  maskable["purpose"] = "maskable";
  list.push_back(maskable);
  return list;
}

// What a browser shows before it installs; of the client's files, as in web-client/public/manifest.webmanifest.
Json vitrine_screenshots() {
  const auto shot = [](const char* form, const char* sizes) {
    Json entry = picture(fmt::format("/screenshot-{}.webp", form), sizes, "image/webp");
    entry["form_factor"] = form;
    entry["label"] = "Your desktops and apps";
    return entry;
  };
  return Json::array({shot("wide", "1440x900"), shot("narrow", "780x1688")});
}

Json icon_entry(const Resource& resource, const Icon& icon) {
  return picture("/api/icons/" + resource.id, sizes_of(icon), icon.content_type);
}

Json common_part() {
  return {{"scope", "/"}, {"display", "standalone"}, {"background_color", kGround}, {"theme_color", kGround}};
}

HttpResponse manifest_response(const Json& manifest) {
  return {.status = 200,
          .content_type = "application/manifest+json",
          .body = manifest.dump(),
          .headers = {{"Cache-Control", "private, no-cache"}}};
}

Result<HttpResponse> get_manifest(ApiRequest& request) {
  const Database::Lease connection = TRY(request.services.database.lease());
  Json shortcuts = Json::array();
  for (const Resource& resource : TRY(resources_of(*connection, request.web.user))) {
    if (shortcuts.size() == kMostShortcuts) break;
    if (!check_installed(resource).ok()) continue;
    shortcuts.push_back({{"name", resource.name},
                         {"url", start_of(resource)},
                         {"icons", Json::array({icon_entry(resource, icon_of(resource))})}});
  }
  Json manifest = common_part();
  manifest.update({{"name", "Vitrine"},
                   {"short_name", "Vitrine"},
                   {"id", "/"},
                   {"start_url", "/"},
                   {"icons", vitrine_pictures()},
                   {"screenshots", vitrine_screenshots()},
                   {"shortcuts", shortcuts}});
  return manifest_response(manifest);
}

Result<HttpResponse> get_app_manifest(ApiRequest& request) {
  std::optional<Resource> resource;
  {
    const Database::Lease connection = TRY(request.services.database.lease());
    resource = TRY(find_resource_of(*connection, request.web.user, request.path["id"]));
  }
  if (!resource) return Error{ErrorCode::kNotFound, "There is no such desktop or app for you."};
  const Icon icon = icon_of(*resource);
  Json icons = Json::array({icon_entry(*resource, icon)});
  // A small picture alone is too small for a browser to install anything by.
  if (icon.content_type == "image/png") icons.insert(icons.end(), {vitrine_pictures()[1], vitrine_pictures()[2]});
  Json manifest = common_part();
  manifest.update({{"name", resource->name},
                   {"short_name", resource->name},
                   {"description", resource->description},
                   {"id", "/?app=" + resource->id},
                   {"start_url", start_of(*resource)},
                   {"icons", icons}});
  return manifest_response(manifest);
}

constexpr Route kManifestRoutes[] = {
    {"GET", "/api/manifest", Access::kUser, nullptr, get_manifest},
    {"GET", "/api/manifest/:id", Access::kUser, nullptr, get_app_manifest},
};

}  // namespace

std::span<const Route> manifest_routes() {
  return kManifestRoutes;
}

}  // namespace vitrine::broker
