#include "broker/api/route_docs.h"

#include <algorithm>

namespace vitrine::broker {

namespace {

constexpr std::string_view kPage = "{limit?: text, after?: text}";
constexpr std::string_view kChangeTerms =
    "{preset?: 'sharp'|'balanced'|'saver'|'', target_ms?: integer, ceiling_kbit?: integer, quality_floor?: integer}";
constexpr std::string_view kSignedIn = "{user: Me, csrf: text, session?: text}";
constexpr std::string_view kOpened = "{session: Session, ticket: text, expires_s: integer, terms: SessionTerms}";
constexpr std::string_view kOpen = "{resource: text, width?: integer, height?: integer, scale_percent?: integer}";

constexpr NamedShape kShapes[] = {
    {"Problem", "{type: text, title: text, status: integer, detail: text, code: text}"},
    {"Me", "{name: text, display_name: text, admin: truth}"},
    {"User", "{name: text, display_name: text, admin: truth, groups: [text], created_s: integer}"},
    {"Group", "{name: text, built_in: truth, members: [text]}"},
    {"Terms", "{target_ms: integer, ceiling_kbit: integer, quality_floor: integer}"},
    {"SessionTerms", "{resource: Terms, user: Terms|null}"},
    {"Session", "{id: text, resource: text, name: text, state: text, detail: text, started_s: integer}"},
    {"CatalogueItem",
     "{id: text, kind: 'app'|'desktop', name: text, description: text, icon: text, "
     "session: {id: text, state: text}|null, unavailable?: text}"},
    {"Grant", "{group: text}|{user: text}"},
    {"Resource",
     "{id: text, kind: 'app'|'pool', pool: text, name: text, description: text, command: [text], desktop_entry: text, "
     "package: text, opengl: truth, provisioner: text, terms: Terms, grants: [Grant], unavailable: text|null}"},
    {"RunningSession",
     "{session: text, user: text, resource: text, name: text, desktop: text, state: text, detail: text, "
     "started_s: integer, pool: text|null, app: text|null, viewers?: integer, width?: integer, height?: integer, "
     "display?: text, xauthority?: text, pids: {*: integer}}"},
    {"Times", "{*: any}"},
    {"Report",
     "{session: text, user: text, resource: text, started_s: integer, ended_s: integer|null, duration_s: integer, "
     "connected_s: number, reconnects: integer, links: integer, "
     "capacity: {bytes_down: integer, bytes_up: integer, mean_mbit_s: number, peak_mbit_s: number}, "
     "throughput: {updates: integer, frames: integer, inputs: integer}, response: Times, round_trip: Times, "
     "exactness: {checked_tiles: integer, wrong_tiles: integer}}"},
    {"SiteChange", "{section: text, key: text, before: {*: any}|null, after: {*: any}|null}"},
    {"Token",
     "{name: text, owner: text|null, scopes: [text], created_s: integer, expires_s: integer, used_s: integer|null, "
     "used_from: text}"},
};

constexpr RouteDoc kDocs[] = {
    {"GET", "/api/openapi.json", "", "This document", "", "", "{*: any}"},
    {"GET", "/api/health", "", "Whether the broker can serve", "", "", "{ok: truth}"},
    {"POST", "/api/login", "", "Sign in with a name and a password", "", "{username: text, password: text}", kSignedIn},
    {"POST", "/api/redeem", "", "Open a session by a one-time link", "", "{code: text}", kSignedIn},
    {"GET", "/api/me", "", "Who is signed in", "", "", kSignedIn},
    {"PUT", "/api/me/terms", "", "Choose latency, bandwidth and quality", "", kChangeTerms, "{terms: Terms}"},
    {"POST", "/api/logout", "", "Sign out", "", "", ""},
    {"GET", "/api/catalogue", "", "The desktops and apps of the user", "", "", "{resources: [CatalogueItem]}"},
    {"GET", "/api/icons/:id", "", "An icon, as a picture", "", "", ""},
    {"GET", "/api/sessions", "", "The user's running sessions", "", "", "{sessions: [Session]}"},
    {"POST", "/api/sessions", "", "Open a desktop or an app", "", kOpen, kOpened},
    {"GET", "/api/sessions/:id", "", "One session of the user", "", "", "{session: Session}"},
    {"DELETE", "/api/sessions/:id", "", "End a session", "", "", ""},
    {"POST", "/api/sessions/:id/ticket", "", "The right to view a session once", "", "{}", kOpened},

    {"GET", "/api/admin/users", "users", "Users by name", kPage, "", "{users: [User], next: text|null}"},
    {"POST", "/api/admin/users", "users", "Add a user", "",
     "{name: text, display_name?: text, admin?: truth, groups?: [text], password?: text}",
     "{user: User, password?: text}"},
    {"DELETE", "/api/admin/users/:name", "users", "Remove a user and end the sessions", "", "", ""},
    {"POST", "/api/admin/users/:name/password", "users", "Set a password, or have one made", "", "{password?: text}",
     "{user: text, password?: text}"},
    {"GET", "/api/admin/groups", "users", "Groups by name, with their members", kPage, "",
     "{groups: [Group], next: text|null}"},
    {"POST", "/api/admin/groups", "users", "Add a group", "", "{name: text}", "{group: text}"},
    {"DELETE", "/api/admin/groups/:name", "users", "Remove a group", "", "", ""},
    {"PUT", "/api/admin/groups/:name/members/:user", "users", "Make a user a member", "", "", ""},
    {"DELETE", "/api/admin/groups/:name/members/:user", "users", "Take a user out of a group", "", "", ""},
    {"GET", "/api/admin/resources", "catalogue", "Pools, then apps, by name", kPage, "",
     "{resources: [Resource], next: text|null}"},
    {"POST", "/api/admin/resources", "catalogue", "Add a pool, or publish an app", "",
     "{kind: text, id: text, name?: text, description?: text, command?: [text], desktop_entry?: text, package?: text, "
     "opengl?: truth, pool?: text}",
     "{id: text, warning: text}"},
    {"DELETE", "/api/admin/resources/:id", "catalogue", "Remove a pool or an app and end its sessions", "", "", ""},
    {"PUT", "/api/admin/resources/:id/terms", "catalogue", "Set latency, bandwidth and quality", "", kChangeTerms,
     "{terms: Terms}"},
    {"PUT", "/api/admin/resources/:id/grants/:kind/:subject", "catalogue", "Let a user or a group open it", "", "", ""},
    {"DELETE", "/api/admin/resources/:id/grants/:kind/:subject", "catalogue", "Take that back", "", "", ""},
    {"GET", "/api/admin/reports", "sessions", "What sessions took and how they answered, newest first", kPage, "",
     "{reports: [Report], next: text|null}"},
    {"GET", "/api/admin/reports/:id", "sessions", "The same of one session", "", "", "Report"},
    {"GET", "/api/admin/sessions", "sessions", "Running sessions, oldest first", kPage, "",
     "{sessions: [RunningSession], next: text|null}"},
    {"POST", "/api/admin/sessions", "sessions", "Open a session for a user and make a link to it", "",
     "{user: text, resource: text, width?: integer, height?: integer, scale_percent?: integer}",
     "{session: text, desktop: text, link: text, expires_s: integer}"},
    {"DELETE", "/api/admin/sessions/:id", "sessions", "End a session", "", "", ""},

    {"GET", "/api/admin/tokens", "", "API tokens by name, without their secrets", kPage, "",
     "{tokens: [Token], next: text|null}"},
    {"POST", "/api/admin/tokens", "", "Make an API token; its secret is told this once", "",
     "{name: text, scopes: [text], days?: integer}", "{token: Token, secret: text}"},
    {"DELETE", "/api/admin/tokens/:name", "", "Remove an API token", "", "", ""},

    {"GET", "/api/admin/site", "site", "Groups, pools, apps and grants as one document", "", "", "{*: any}"},
    {"PUT", "/api/admin/site", "site", "Make them as a document says; with dry_run=1 only say what would change",
     "{dry_run?: text}", "{*: any}", "{changes: [SiteChange], applied: truth}"},
};

}  // namespace

std::span<const RouteDoc> route_docs() {
  return kDocs;
}

const RouteDoc* find_doc(std::string_view method, std::string_view pattern) {
  const auto found =
      std::ranges::find_if(kDocs, [&](const RouteDoc& doc) { return doc.method == method && doc.pattern == pattern; });
  return found == std::end(kDocs) ? nullptr : found;
}

std::span<const NamedShape> named_shapes() {
  return kShapes;
}

}  // namespace vitrine::broker
