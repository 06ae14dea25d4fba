// Publishing programs: what is installed, whether a draft would work, and changing what is published.
#include <fmt/format.h>

#include "broker/api/router.h"
#include "broker/catalogue/catalogue.h"
#include "broker/catalogue/desktop_entry.h"
#include "broker/catalogue/icons.h"

namespace vitrine::broker {

namespace {

HttpResponse icon_response(Icon icon) {
  return {.status = 200,
          .content_type = std::move(icon.content_type),
          .body = std::move(icon.bytes),
          .headers = {{"Cache-Control", "private, max-age=3600"},
                      // A drawing opened by itself must not be a page of this site.
                      {"Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'"}}};
}

Result<HttpResponse> get_programs(ApiRequest& /*request*/) {
  Json list = Json::array();
  for (const Program& program : installed_programs()) {
    list.push_back({{"desktop_entry", program.desktop_entry},
                    {"name", program.name},
                    {"description", program.description},
                    {"command", program.command}});
  }
  return json_response(200, {{"programs", list}});
}

Result<HttpResponse> get_program_icon(ApiRequest& request) {
  const std::string& entry = request.path["entry"];
  DesktopEntry fields = read_desktop_entry(entry);
  Resource resource;
  resource.app = true;
  resource.name = fields["Name"].empty() ? entry : fields["Name"];
  resource.desktop_entry = entry;
  return icon_response(icon_of(resource));
}

// Icons of everything published; users get theirs by /api/icons.
Result<HttpResponse> get_resource_icon(ApiRequest& request) {
  std::optional<Resource> resource;
  {
    const Database::Lease connection = TRY(request.services.database.lease());
    resource = TRY(find_resource(*connection, request.path["id"]));
  }
  if (!resource) return Error{ErrorCode::kNotFound, "There is no such icon."};
  return icon_response(icon_of(*resource));
}

// What the request says of an app or a pool, over what it is now.
Resource changed_by(const Json& body, Resource resource) {
  resource.name = text_field(body, "name", resource.name);
  resource.description = text_field(body, "description", resource.description);
  resource.opengl = truth_field(body, "opengl", resource.opengl);
  if (!resource.app) return resource;
  resource.pool = text_field(body, "pool", resource.pool);
  resource.command = text_list_field(body, "command").value_or(resource.command);
  resource.desktop_entry = text_field(body, "desktop_entry", resource.desktop_entry);
  resource.package = text_field(body, "package", resource.package);
  return resource;
}

// Whether an app of this description can be published: nothing is kept.
Result<HttpResponse> post_check(ApiRequest& request) {
  Resource draft;
  draft.id = text_field(request.body, "id");
  draft.app = true;
  draft.pool = "desktop";
  draft.provisioner = "local";
  draft = changed_by(request.body, draft);
  const Database::Lease connection = TRY(request.services.database.lease());
  const SqlTransaction never_committed = TRY(SqlTransaction::begin(*connection));
  const auto added = add_resource(*connection, draft, request.now_s);
  if (!added.ok() && added.error().code == ErrorCode::kInternal) return added.error();
  const auto installed = draft.command.empty() ? Result<void>() : check_installed(draft);
  return json_response(200, {{"problem", added.ok() ? Json() : Json(added.error().message)},
                             {"warning", installed.ok() ? Json() : Json(installed.error().message)}});
}

Result<HttpResponse> put_resource(ApiRequest& request) {
  const std::string& id = request.path["id"];
  const Database::Lease connection = TRY(request.services.database.lease());
  SqlTransaction transaction = TRY(SqlTransaction::begin(*connection));
  const auto before = TRY(find_resource(*connection, id));
  if (!before) return Error{ErrorCode::kNotFound, fmt::format("There is no pool or app \"{}\".", id)};
  const Resource resource = changed_by(request.body, *before);
  TRY(change_resource(*connection, resource));
  TRY(transaction.commit());
  const auto installed = check_installed(resource);
  return json_response(200, {{"id", id}, {"warning", installed.ok() ? "" : installed.error().message}});
}

constexpr Route kPublishRoutes[] = {
    {"GET", "/api/admin/programs", Access::kAdmin, nullptr, get_programs},
    {"GET", "/api/admin/programs/:entry/icon", Access::kAdmin, nullptr, get_program_icon},
    {"POST", "/api/admin/resources/check", Access::kAdmin, nullptr, post_check},
    {"PUT", "/api/admin/resources/:id", Access::kAdmin, "resource.change", put_resource},
    {"GET", "/api/admin/resources/:id/icon", Access::kAdmin, nullptr, get_resource_icon},
};

}  // namespace

std::span<const Route> publish_routes() {
  return kPublishRoutes;
}

}  // namespace vitrine::broker
