// What the administrators' part of the API takes and gives.
#include "broker/api/route_docs.h"

namespace vitrine::broker {

namespace {

constexpr std::string_view kPage = "{limit?: text, after?: text}";
constexpr std::string_view kPolicy = "{*: any}";  // catalogue/policy.h names the settings and checks them
constexpr std::string_view kDraft =
    "{id?: text, name?: text(1-100), description?: text(0-500), command?: [text], desktop_entry?: text, "
    "package?: text, opengl?: truth, pool?: text}";

constexpr RouteDoc kAdminDocs[] = {
    {"GET", "/api/admin/users", "users", "Users by name", kPage, "", "{users: [User], next: text|null}"},
    {"POST", "/api/admin/users", "users", "Add a user", "",
     "{name: text, display_name?: text(1-100), admin?: truth, groups?: [text], password?: text}",
     "{user: User, password?: text}"},
    {"DELETE", "/api/admin/users/:name", "users", "Remove a user and end the sessions", "", "", ""},
    {"POST", "/api/admin/users/:name/password", "users", "Set a password, or have one made", "", "{password?: text}",
     "{user: text, password?: text}"},
    {"POST", "/api/admin/users/:name/disable", "users", "Let a user in no more and end the sessions", "", "", ""},
    {"POST", "/api/admin/users/:name/enable", "users", "Let a disabled user in again", "", "", ""},
    {"GET", "/api/admin/users/:name/factors", "users", "Which second factors a user has", "", "",
     "{user: text, second_factor: Factors}"},
    {"DELETE", "/api/admin/users/:name/factors", "users", "Forget them, for one who lost them", "", "", ""},
    {"GET", "/api/admin/users/:name/web-sessions", "users", "A user's signed-in browsers, the last used first", "", "",
     "{user: text, web_sessions: [WebSession]}"},
    {"DELETE", "/api/admin/users/:name/web-sessions/:id", "users", "Sign one of them out", "", "", ""},
    {"POST", "/api/admin/users/:name/sign-out", "users", "Sign all of them out and end the sessions", "", "", ""},
    {"GET", "/api/admin/second-factor", "users", "Who must have a second factor", "", "", "{required: [Grant]}"},
    {"PUT", "/api/admin/second-factor/:kind/:subject", "users", "Require one of a user or a group", "", "", ""},
    {"DELETE", "/api/admin/second-factor/:kind/:subject", "users", "Take that back", "", "", ""},
    {"GET", "/api/admin/groups", "users", "Groups by name, with their members", kPage, "",
     "{groups: [Group], next: text|null}"},
    {"POST", "/api/admin/groups", "users", "Add a group", "", "{name: text}", "{group: text}"},
    {"DELETE", "/api/admin/groups/:name", "users", "Remove a group", "", "", ""},
    {"PUT", "/api/admin/groups/:name/members/:user", "users", "Make a user a member", "", "", ""},
    {"DELETE", "/api/admin/groups/:name/members/:user", "users", "Take a user out of a group", "", "", ""},

    {"GET", "/api/admin/providers", "users", "Where else users come from, without secrets", "", "",
     "{providers: [Provider]}"},
    {"POST", "/api/admin/providers", "users", "Add a provider", "",
     "{id?: text, kind?: text, name?: text(1-60), position?: integer, enabled?: truth, settings?: {*: any}, secret?: "
     "text(0-1000)}",
     "{provider: Provider}"},
    {"PUT", "/api/admin/providers/:id", "users", "Change what is named of a provider", "",
     "{name?: text(1-60), position?: integer, enabled?: truth, settings?: {*: any}, secret?: text(0-1000)}",
     "{provider: Provider}"},
    {"DELETE", "/api/admin/providers/:id", "users", "Remove a provider and put its users out", "", "", ""},
    {"POST", "/api/admin/providers/:id/test", "users", "Try a provider step by step, also with a user's name", "",
     "{user?: text}", "{ok: truth, steps: [{step: text, ok: truth, detail: text}]}"},
    {"GET", "/api/admin/resources", "catalogue", "Pools, then apps, by name", kPage, "",
     "{resources: [Resource], next: text|null}"},
    {"POST", "/api/admin/resources", "catalogue", "Add a pool, or publish an app", "",
     "{kind: text, id: text, name?: text(1-100), description?: text(0-500), command?: [text], desktop_entry?: text, "
     "package?: text, opengl?: truth, pool?: text}",
     "{id: text, warning: text}"},
    {"POST", "/api/admin/resources/check", "catalogue", "Whether an app of this description could be published", "",
     kDraft, "{problem: text|null, warning: text|null}"},
    {"PUT", "/api/admin/resources/:id", "catalogue", "Change what is named of a pool or an app", "", kDraft,
     "{id: text, warning: text}"},
    {"DELETE", "/api/admin/resources/:id", "catalogue", "Remove a pool or an app and end its sessions", "", "", ""},
    {"GET", "/api/admin/resources/:id/icon", "catalogue", "An icon, as a picture", "", "", ""},
    {"PUT", "/api/admin/resources/:id/terms", "catalogue", "Set latency, bandwidth and quality", "", kChangeTerms,
     "{terms: Terms}"},
    {"PUT", "/api/admin/resources/:id/grants/:kind/:subject", "catalogue", "Let a user or a group open it", "", "", ""},
    {"DELETE", "/api/admin/resources/:id/grants/:kind/:subject", "catalogue", "Take that back", "", "", ""},
    {"GET", "/api/admin/programs", "catalogue", "The programs that are installed", "", "",
     "{programs: [{desktop_entry: text, name: text, description: text, command: [text]}]}"},
    {"GET", "/api/admin/programs/:entry/icon", "catalogue", "The icon of one, as a picture", "", "", ""},

    {"GET", "/api/admin/pools", "catalogue", "How pools keep their desktops and how they are doing", "", "",
     "{pools: [Pool]}"},
    {"GET", "/api/admin/pools/:id", "catalogue", "The same of one pool, with its desktops", "", "", "PoolWithDesktops"},
    {"PUT", "/api/admin/pools/:id", "catalogue", "Change what is named of a pool", "",
     "{kind?: text, spares?: integer, max?: integer, rebuild_s?: integer, message?: text(0-500), template?: "
     "text(0-500), "
     "draining?: truth}",
     "Pool"},

    {"GET", "/api/admin/policies", "catalogue", "All policies, and what they can set", "", "",
     "{policies: [PolicyAt], settings: [PolicySetting], rule: text}"},
    {"GET", "/api/admin/policies/site", "catalogue", "The policy of the site", "", "", "PolicyAt"},
    {"PUT", "/api/admin/policies/site", "catalogue", "Change what is named of it; null takes a setting out", "",
     kPolicy, "PolicyAt"},
    {"GET", "/api/admin/policies/pools/:pool", "catalogue", "The policy of a pool", "", "", "PolicyAt"},
    {"PUT", "/api/admin/policies/pools/:pool", "catalogue", "Change what is named of it", "", kPolicy, "PolicyAt"},
    {"GET", "/api/admin/policies/grants/:id/:kind/:subject", "catalogue", "The policy of a grant", "", "", "PolicyAt"},
    {"PUT", "/api/admin/policies/grants/:id/:kind/:subject", "catalogue", "Change what is named of it", "", kPolicy,
     "PolicyAt"},
    {"GET", "/api/admin/explain", "catalogue", "What policies come to for a user and a pool or an app, and why",
     "{user?: text, resource?: text, at?: text, from?: text, second_factor?: text}", "", "Explanation"},
    {"GET", "/api/admin/reports", "sessions", "What sessions took and how they answered, newest first", kPage, "",
     "{reports: [Report], next: text|null}"},
    {"GET", "/api/admin/reports/:id", "sessions", "The same of one session", "", "", "Report"},
    {"GET", "/api/admin/sessions", "sessions", "Running sessions, oldest first", kPage, "",
     "{sessions: [RunningSession], next: text|null}"},
    {"POST", "/api/admin/sessions", "sessions", "Open a session for a user and make a link to it", "",
     "{user: text, resource: text, width?: integer, height?: integer, scale_percent?: integer, "
     "time_zone?: text, language?: text}",
     "{session: text, desktop: text, link: text, expires_s: integer}"},
    {"DELETE", "/api/admin/sessions/:id", "sessions", "End a session", "", "", ""},
    {"POST", "/api/admin/sessions/:id/message", "sessions", "Show a message in a session", "", "{text?: text(1-500)}",
     ""},
    {"POST", "/api/admin/sessions/:id/disconnect", "sessions", "Close its links; it keeps running", "",
     "{reason?: text}", ""},
    {"GET", "/api/admin/live", "sessions", "What changed in running sessions since a time",
     "{since?: text, audit?: text, limit?: text, after?: text}", "",
     "{now_s: integer, sessions: [LiveSession], next: text|null, ended: [{session: text, reason: text}], "
     "whole: truth, audit: integer, actions: [text]|null}"},
    {"GET", "/api/admin/live/:id", "sessions", "One running session", "", "", "{now_s: integer, session: LiveSession}"},

    {"GET", "/api/admin/audit", "audit", "What was done, newest first, or oldest first after a number",
     "{after?: text, before?: text, limit?: text, since?: text, until?: text, actor?: text, action?: text, "
     "target?: text, outcome?: text}",
     "", "{records: [AuditRecord], next: integer|null}"},
    {"GET", "/api/admin/audit/verify", "audit", "Whether the log is whole, up to a place known from before",
     "{number?: text, hash?: text}", "",
     "{holds: truth, fault?: text, rows?: integer, removed?: integer, number?: integer, hash?: text}"},
    {"GET", "/api/admin/audit/retention", "audit", "For how many days rows are kept; 0: for ever", "", "",
     "{days: integer}"},
    {"PUT", "/api/admin/audit/retention", "audit", "Set that, and remove what is older", "", "{days?: integer}",
     "{days: integer, removed: integer}"},

    {"GET", "/api/admin/tokens", "", "API tokens by name, without their secrets", kPage, "",
     "{tokens: [Token], next: text|null}"},
    {"POST", "/api/admin/tokens", "", "Make an API token; its secret is told this once", "",
     "{name: text, scopes: [text], days?: integer}", "{token: Token, secret: text}"},
    {"DELETE", "/api/admin/tokens/:name", "", "Remove an API token", "", "", ""},

    {"GET", "/api/admin/site", "site", "Groups, providers, pools, apps, grants and policies as one document", "", "",
     "{*: any}"},
    {"PUT", "/api/admin/site", "site", "Make them as a document says; with dry_run=1 only say what would change",
     "{dry_run?: text}", "{*: any}", "{changes: [SiteChange], applied: truth}"},
    {"GET", "/api/admin/settings", "site", "Numbers of the whole site, with their ranges", "", "",
     "{settings: [{key: text, value: integer, default: integer, least: integer, most: integer}]}"},
    {"PUT", "/api/admin/settings/:key", "site", "Set one of them", "", "{value?: integer}",
     "{key: text, value: integer}"},
};

}  // namespace

std::span<const RouteDoc> admin_route_docs() {
  return kAdminDocs;
}

}  // namespace vitrine::broker
