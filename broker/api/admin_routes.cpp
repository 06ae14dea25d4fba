// What administrators ask for, by the verbs of `vitrine` or, signed in, through the gateway.
#include <fmt/format.h>

#include "broker/api/paging.h"
#include "broker/catalogue/catalogue.h"
#include "broker/catalogue/terms.h"
#include "broker/identity/secrets.h"
#include "broker/provision/measure_json.h"
#include "broker/session/session_reports.h"
#include "protocol/base/utf8.h"

namespace vitrine::broker {

namespace {

Error no_such_user(const std::string& name) {
  return {ErrorCode::kNotFound, fmt::format("There is no user \"{}\". See: vitrine user list", name)};
}

Result<User> user_named(SqlConnection& connection, const std::string& name) {
  auto user = TRY(find_user(connection, name));
  if (!user) return no_such_user(name);
  return std::move(*user);
}

Json user_json(const User& user, const std::vector<std::string>& groups) {
  return {{"name", user.name},          {"display_name", user.display_name}, {"admin", user.admin},
          {"groups", groups},           {"provider", user.provider},         {"disabled", user.disabled},
          {"created_s", user.created_s}};
}

Result<HttpResponse> get_users(ApiRequest& request) {
  const Page page = TRY(page_of(request));
  const Database::Lease connection = TRY(request.services.database.lease());
  std::vector<User> users = TRY(list_users(*connection, page));
  const Json next = cut_page(users, page, [](const User& user) { return SqlValues{user.name}; });
  auto groups = TRY(groups_of_all(*connection, users));
  Json list = Json::array();
  for (const User& user : users) list.push_back(user_json(user, groups[user.name]));
  return json_response(200, {{"users", list}, {"next", next}});
}

// The password of the request, or a new one when it gives none.
Result<std::string> chosen_password(ApiRequest& request, const std::string& name) {
  std::string password = text_field(request.body, "password");
  if (password.empty()) return random_password();
  TRY(check_password_rules(name, password));
  return password;
}

Result<HttpResponse> post_user(ApiRequest& request) {
  const std::string name = normal_name(text_field(request.body, "name"));
  request.audit_target = name;
  TRY(check_name("user", name));
  const std::string password = TRY(chosen_password(request, name));
  User user{.id = random_id(),
            .name = name,
            .display_name = text_field(request.body, "display_name", name),
            .admin = truth_field(request.body, "admin"),
            .password = "",
            .created_s = request.now_s};
  if (!has_characters(user.display_name, 1, kLongestDisplayName)) {
    return Error{ErrorCode::kInvalidArgument, "The display name needs 1 to 100 characters."};
  }
  user.password = TRY(request.services.hasher.hash(password));
  const std::vector<std::string> groups = text_list_field(request.body, "groups").value_or(std::vector<std::string>());
  const Database::Lease connection = TRY(request.services.database.lease());
  SqlTransaction transaction = TRY(SqlTransaction::begin(*connection));
  TRY(add_user(*connection, user));
  for (const std::string& group : groups) TRY(add_member(*connection, group, user));
  TRY(transaction.commit());
  if (user.admin) request.audit_detail = "an administrator";
  Json body = {{"user", user_json(user, groups)}};
  if (text_field(request.body, "password").empty()) body["password"] = password;
  return json_response(201, body);
}

Result<HttpResponse> delete_user(ApiRequest& request) {
  const Database::Lease connection = TRY(request.services.database.lease());
  const User user = TRY(user_named(*connection, request.path["name"]));
  if (user.admin &&
      TRY(connection->run("SELECT 1 FROM users WHERE admin = 1 AND id <> $1 LIMIT 1", {user.id})).rows.empty()) {
    return Error{ErrorCode::kConflict, fmt::format("{} is the last administrator. Make another one first: "
                                                   "vitrine user add NAME --admin",
                                                   user.name)};
  }
  SqlTransaction transaction = TRY(SqlTransaction::begin(*connection));
  TRY(remove_user(*connection, user));
  TRY(transaction.commit());
  TRY(request.services.sessions.end_all_of(user.id, "Your account was removed.", request.asker, request.now_s));
  return empty_response();
}

Result<HttpResponse> post_user_password(ApiRequest& request) {
  const Database::Lease connection = TRY(request.services.database.lease());
  const User user = TRY(user_named(*connection, request.path["name"]));
  const std::string password = TRY(chosen_password(request, user.name));
  const std::string phc = TRY(request.services.hasher.hash(password));
  SqlTransaction transaction = TRY(SqlTransaction::begin(*connection));
  TRY(set_password(*connection, user.id, phc));
  // Whoever knew the old password is out.
  TRY(close_web_sessions_of(*connection, user.id));
  TRY(transaction.commit());
  Json body = {{"user", user.name}};
  if (text_field(request.body, "password").empty()) body["password"] = password;
  return json_response(200, body);
}

Result<HttpResponse> get_groups(ApiRequest& request) {
  const Page page = TRY(page_of(request));
  const Database::Lease connection = TRY(request.services.database.lease());
  std::vector<Group> groups = TRY(list_groups(*connection, page));
  const Json next = cut_page(groups, page, [](const Group& group) { return SqlValues{group.name}; });
  Json list = Json::array();
  for (const Group& group : groups) {
    list.push_back({{"name", group.name}, {"built_in", group.built_in}, {"members", group.members}});
  }
  return json_response(200, {{"groups", list}, {"next", next}});
}

Result<HttpResponse> post_group(ApiRequest& request) {
  const std::string name = normal_name(text_field(request.body, "name"));
  request.audit_target = name;
  TRY(check_name("group", name));
  const Database::Lease connection = TRY(request.services.database.lease());
  TRY(add_group(*connection, name, false, request.now_s));
  return json_response(201, {{"group", name}});
}

Result<HttpResponse> delete_group(ApiRequest& request) {
  const Database::Lease connection = TRY(request.services.database.lease());
  SqlTransaction transaction = TRY(SqlTransaction::begin(*connection));
  TRY(remove_group(*connection, request.path["name"]));
  TRY(transaction.commit());
  return empty_response();
}

Result<HttpResponse> put_member(ApiRequest& request) {
  const Database::Lease connection = TRY(request.services.database.lease());
  SqlTransaction transaction = TRY(SqlTransaction::begin(*connection));
  const User user = TRY(user_named(*connection, request.path["user"]));
  TRY(add_member(*connection, request.path["name"], user));
  TRY(transaction.commit());
  return empty_response();
}

Result<HttpResponse> delete_member(ApiRequest& request) {
  const Database::Lease connection = TRY(request.services.database.lease());
  SqlTransaction transaction = TRY(SqlTransaction::begin(*connection));
  const User user = TRY(user_named(*connection, request.path["user"]));
  TRY(remove_member(*connection, request.path["name"], user));
  TRY(transaction.commit());
  return empty_response();
}

Result<HttpResponse> get_resources(ApiRequest& request) {
  const Page page = TRY(page_of(request));
  const Database::Lease connection = TRY(request.services.database.lease());
  std::vector<Resource> resources = TRY(list_resources(*connection, page));
  const Json next = cut_page(resources, page, resource_key);
  auto grants = TRY(all_grants(*connection));
  auto terms = TRY(all_resource_terms(*connection));
  Json list = Json::array();
  for (const Resource& resource : resources) {
    Json granted = Json::array();
    for (const Grant& grant : grants[resource.id]) granted.push_back({{grant.group ? "group" : "user", grant.subject}});
    const auto installed = check_installed(resource);
    list.push_back({{"id", resource.id},
                    {"kind", resource.app ? "app" : "pool"},
                    {"pool", resource.pool},
                    {"name", resource.name},
                    {"description", resource.description},
                    {"command", resource.command},
                    {"desktop_entry", resource.desktop_entry},
                    {"package", resource.package},
                    {"opengl", resource.opengl},
                    {"provisioner", resource.provisioner},
                    {"terms", terms_to_json(terms[resource.id])},
                    {"grants", granted},
                    {"unavailable", installed.ok() ? Json() : Json(installed.error().message)}});
  }
  return json_response(200, {{"resources", list}, {"next", next}});
}

Result<HttpResponse> post_resource(ApiRequest& request) {
  const std::string kind = text_field(request.body, "kind");
  if (kind != "app" && kind != "pool") return Error{ErrorCode::kInvalidArgument, "The kind is \"app\" or \"pool\"."};
  Resource resource{.id = text_field(request.body, "id"),
                    .app = kind == "app",
                    .pool = "",
                    .name = "",
                    .description = text_field(request.body, "description"),
                    .command = text_list_field(request.body, "command").value_or(std::vector<std::string>()),
                    .desktop_entry = text_field(request.body, "desktop_entry"),
                    .package = text_field(request.body, "package"),
                    .opengl = truth_field(request.body, "opengl"),
                    .provisioner = "local"};
  resource.name = text_field(request.body, "name", resource.id);
  resource.pool = text_field(request.body, "pool", resource.app ? "desktop" : resource.id);
  request.audit_target = resource.id;
  const Database::Lease connection = TRY(request.services.database.lease());
  SqlTransaction transaction = TRY(SqlTransaction::begin(*connection));
  TRY(add_resource(*connection, resource, request.now_s));
  TRY(transaction.commit());
  const auto installed = check_installed(resource);
  return json_response(201, {{"id", resource.id}, {"warning", installed.ok() ? "" : installed.error().message}});
}

Result<HttpResponse> delete_resource(ApiRequest& request) {
  const std::string& id = request.path["id"];
  {
    const Database::Lease connection = TRY(request.services.database.lease());
    SqlTransaction transaction = TRY(SqlTransaction::begin(*connection));
    TRY(remove_resource(*connection, id));
    TRY(transaction.commit());
  }
  TRY(request.services.sessions.end_all_of_resource(id, "This was removed by an administrator.", request.asker,
                                                    request.now_s));
  return empty_response();
}

Result<HttpResponse> put_resource_terms(ApiRequest& request) {
  const std::string& id = request.path["id"];
  const Database::Lease connection = TRY(request.services.database.lease());
  SqlTransaction transaction = TRY(SqlTransaction::begin(*connection));
  const Terms before = TRY(resource_terms(*connection, id));
  const Terms terms = TRY(change_terms(before, request.body));
  TRY(set_resource_terms(*connection, id, terms));
  TRY(transaction.commit());
  return json_response(200, {{"terms", terms_to_json(terms)}});
}

Json report_json(const SessionReport& report, int64_t now_s) {
  const Session& session = report.session;
  Json json = report_to_people(report.measure, (session.ended_s == 0 ? now_s : session.ended_s) - session.started_s);
  json.update({{"session", session.id},
               {"user", session.user},
               {"resource", session.resource},
               {"started_s", session.started_s},
               {"ended_s", session.ended_s == 0 ? Json() : Json(session.ended_s)}});
  return json;
}

// As many as fit a screen or two; the rest is asked for by name.
constexpr int64_t kReportsListed = 100;

Result<HttpResponse> get_reports(ApiRequest& request) {
  const Page page = TRY(page_of(request, kReportsListed));
  const Database::Lease connection = TRY(request.services.database.lease());
  std::vector<SessionReport> reports = TRY(newest_reports(*connection, page));
  const Json next = cut_page(reports, page, report_key);
  Json list = Json::array();
  for (const SessionReport& report : reports) list.push_back(report_json(report, request.now_s));
  return json_response(200, {{"reports", list}, {"next", next}});
}

Result<HttpResponse> get_report(ApiRequest& request) {
  const Database::Lease connection = TRY(request.services.database.lease());
  const auto report = TRY(find_report(*connection, request.path["id"]));
  if (!report) {
    return Error{
        ErrorCode::kNotFound,
        fmt::format("There is no report of a session \"{}\". See: vitrine session report", request.path["id"])};
  }
  return json_response(200, report_json(*report, request.now_s));
}

Result<Grant> grant_of_path(ApiRequest& request) {
  const std::string& kind = request.path["kind"];
  if (kind != "user" && kind != "group") return Error{ErrorCode::kInvalidArgument, "Grant to a user or to a group."};
  return Grant{.group = kind == "group", .subject = normal_name(request.path["subject"])};
}

Result<HttpResponse> put_grant(ApiRequest& request) {
  const Grant to = TRY(grant_of_path(request));
  const Database::Lease connection = TRY(request.services.database.lease());
  SqlTransaction transaction = TRY(SqlTransaction::begin(*connection));
  TRY(grant(*connection, request.path["id"], to, request.now_s));
  TRY(transaction.commit());
  return empty_response();
}

Result<HttpResponse> delete_grant(ApiRequest& request) {
  const Grant from = TRY(grant_of_path(request));
  const Database::Lease connection = TRY(request.services.database.lease());
  SqlTransaction transaction = TRY(SqlTransaction::begin(*connection));
  TRY(revoke(*connection, request.path["id"], from));
  TRY(transaction.commit());
  return empty_response();
}

Result<HttpResponse> get_all_sessions(ApiRequest& request) {
  const Page page = TRY(page_of(request));
  std::vector<Session> sessions;
  std::map<std::string, Resource> resources;
  {
    const Database::Lease connection = TRY(request.services.database.lease());
    sessions = TRY(running_sessions(*connection, "", page));
    for (Resource& resource : TRY(list_resources(*connection))) resources.emplace(resource.id, resource);
  }
  const Json next = cut_page(sessions, page, running_sessions_key);
  Json list = Json::array();
  for (const Session& session : sessions) {
    Json item = {{"session", session.id},
                 {"user", session.user},
                 {"resource", session.resource},
                 {"name", session.name},
                 {"desktop", session.desktop},
                 {"state", life_name(session.state())},
                 {"detail", session.detail()},
                 {"started_s", session.started_s},
                 {"pool", nullptr},
                 {"app", nullptr}};
    if (const auto found = resources.find(session.resource); found != resources.end()) {
      item["pool"] = found->second.pool;
      if (found->second.app) item["app"] = found->first;
    }
    if (const auto report = request.services.sessions.report_of(session.desktop)) {
      item.update({{"viewers", report->viewers},
                   {"width", report->width},
                   {"height", report->height},
                   {"display", report->display},
                   {"xauthority", report->xauthority},
                   {"pids", report->pids}});
    } else {
      item["pids"] = Json::object();
    }
    list.push_back(std::move(item));
  }
  return json_response(200, {{"sessions", list}, {"next", next}});
}

Result<HttpResponse> delete_any_session(ApiRequest& request) {
  std::optional<Session> session;
  {
    const Database::Lease connection = TRY(request.services.database.lease());
    session = TRY(find_session(*connection, request.path["id"]));
  }
  if (!session || session->ended_s != 0) {
    return Error{ErrorCode::kNotFound,
                 fmt::format("No session \"{}\" is running. See: vitrine session list", request.path["id"])};
  }
  TRY(request.services.sessions.end(*session, "An administrator ended this session.", request.asker, request.now_s));
  return empty_response();
}

Result<HttpResponse> post_open(ApiRequest& request) {
  const std::string name = text_field(request.body, "user");
  const std::string resource = text_field(request.body, "resource");
  request.audit_target = name + "/" + resource;
  std::optional<User> user;
  {
    const Database::Lease connection = TRY(request.services.database.lease());
    user = TRY(find_user(*connection, name));
    if (!user) return no_such_user(name);
    if (!TRY(find_resource_of(*connection, *user, resource))) {
      return Error{
          ErrorCode::kNotFound,
          fmt::format("{} has no pool or app \"{}\". See: vitrine app list, vitrine pool list", name, resource)};
    }
  }
  const ViewerDevice device{.width = number_field(request.body, "width"),
                            .height = number_field(request.body, "height"),
                            .scale_percent = number_field(request.body, "scale_percent"),
                            .time_zone = text_field(request.body, "time_zone"),
                            .language = text_field(request.body, "language")};
  const Session session = TRY(request.services.sessions.open(*user, resource, device, request.asker, request.now_s));
  const Database::Lease connection = TRY(request.services.database.lease());
  const std::string code = TRY(make_one_time_code(*connection, user->id, session.id, request.now_s));
  return json_response(201, {{"session", session.id},
                             {"desktop", session.desktop},
                             {"link", request.services.public_url + "/#open=" + code},
                             {"expires_s", kOneTimeCodeLifetimeS}});
}

constexpr Route kAdminRoutes[] = {
    {"GET", "/api/admin/users", Access::kAdmin, nullptr, get_users},
    {"POST", "/api/admin/users", Access::kAdmin, "user.add", post_user},
    {"DELETE", "/api/admin/users/:name", Access::kAdmin, "user.remove", delete_user},
    {"POST", "/api/admin/users/:name/password", Access::kAdmin, "user.passwd", post_user_password},
    {"GET", "/api/admin/groups", Access::kAdmin, nullptr, get_groups},
    {"POST", "/api/admin/groups", Access::kAdmin, "group.add", post_group},
    {"DELETE", "/api/admin/groups/:name", Access::kAdmin, "group.remove", delete_group},
    {"PUT", "/api/admin/groups/:name/members/:user", Access::kAdmin, "group.join", put_member},
    {"DELETE", "/api/admin/groups/:name/members/:user", Access::kAdmin, "group.leave", delete_member},
    {"GET", "/api/admin/resources", Access::kAdmin, nullptr, get_resources},
    {"POST", "/api/admin/resources", Access::kAdmin, "resource.add", post_resource},
    {"DELETE", "/api/admin/resources/:id", Access::kAdmin, "resource.remove", delete_resource},
    {"PUT", "/api/admin/resources/:id/terms", Access::kAdmin, "resource.set", put_resource_terms},
    {"GET", "/api/admin/reports", Access::kAdmin, nullptr, get_reports},
    {"GET", "/api/admin/reports/:id", Access::kAdmin, nullptr, get_report},
    {"PUT", "/api/admin/resources/:id/grants/:kind/:subject", Access::kAdmin, "grant", put_grant},
    {"DELETE", "/api/admin/resources/:id/grants/:kind/:subject", Access::kAdmin, "revoke", delete_grant},
    {"GET", "/api/admin/sessions", Access::kAdmin, nullptr, get_all_sessions},
    {"POST", "/api/admin/sessions", Access::kAdmin, "session.link", post_open},
    {"DELETE", "/api/admin/sessions/:id", Access::kAdmin, "session.kill", delete_any_session},
};

}  // namespace

std::span<const Route> admin_routes() {
  return kAdminRoutes;
}

}  // namespace vitrine::broker
