#include "broker/api/route_docs.h"

#include <algorithm>
#include <vector>

namespace vitrine::broker {

namespace {

constexpr NamedShape kShapes[] = {
    {"Problem", "{type: text, title: text, status: integer, detail: text, code: text}"},
    {"Me", "{name: text, display_name: text, admin: truth}"},
    {"SignedIn", "{user: Me, csrf: text, session?: text, recovery_codes?: [text]}"},
    {"PasskeyQuestion", "{rp_id: text, ids: [text], verify: truth}"},
    {"NextStep",
     "{next: 'second_factor'|'enrolment', challenge: text, expires_s: integer, methods?: [text], "
     "passkeys?: PasskeyQuestion}"},
    {"PasskeyUse", "{possible: truth, origin?: text, why?: text}"},
    {"TotpOffer", "{enrolment: text, secret: text, uri: text, qr: {modules: integer, path: text}}"},
    {"Factors", "{on: truth, required: truth, totp_since_s: integer|null, recovery_codes: integer, passkeys: integer}"},
    {"Passkey", "{id: text, name: text, created_s: integer, used_s: integer|null}"},
    {"Account",
     "{user: Me, provider: text, has_password: truth, second_factor: Factors, passkeys: [Passkey], "
     "passkey_use: PasskeyUse}"},
    {"WebSession",
     "{id: text, this_one: truth, browser: text, address: text, provider: text, by_link: truth, created_s: integer, "
     "seen_s: integer, second_factor_s: integer|null}"},
    {"User",
     "{name: text, display_name: text, admin: truth, groups: [text], provider: text, disabled: truth, "
     "created_s: integer}"},
    {"Group", "{name: text, built_in: truth, members: [text]}"},
    {"Terms", "{target_ms: integer, ceiling_kbit: integer, quality_floor: integer}"},
    {"SessionTerms", "{resource: Terms, user: Terms|null}"},
    {"Session", "{id: text, resource: text, name: text, state: text, detail: text, started_s: integer}"},
    {"CatalogueItem",
     "{id: text, kind: 'app'|'desktop', name: text, description: text, icon: text, "
     "session: {id: text, state: text}|null, refused: {code: text, detail: text}|null, "
     "busy: {code: 'full', in_use: integer, most: integer}|{code: 'draining', message: text}|null, unavailable?: "
     "text}"},
    {"Waiting", "{place: integer, of: integer, reason: text, in_use: integer, most: integer}"},
    {"Grant", "{group: text}|{user: text}"},
    {"Resource",
     "{id: text, kind: 'app'|'pool', pool: text, name: text, description: text, command: [text], desktop_entry: text, "
     "package: text, opengl: truth, provisioner: text, terms: Terms, grants: [Grant], unavailable: text|null}"},
    {"RunningSession",
     "{session: text, user: text, resource: text, name: text, desktop: text, state: text, detail: text, "
     "started_s: integer, pool: text|null, app: text|null, viewers?: integer, width?: integer, height?: integer, "
     "display?: text, xauthority?: text, pids: {*: integer}}"},
    {"LiveTimes", "{count: integer, sum_ms: number, p50_ms: number, p95_ms: number}"},
    {"LiveMeasure",
     "{measured_s: integer, bytes_down: integer, bytes_up: integer, peak_mbit_s: number, connected_s: integer, "
     "inputs: integer, reconnects: integer, response: LiveTimes, round_trip: LiveTimes}"},
    {"LiveSession",
     "{session: text, user: text, display_name: text, resource: text, name: text, kind: 'app'|'desktop', pool: text, "
     "desktop: text, state: text, detail: text, started_s: integer, changed_s: integer, address: text, browser: text, "
     "viewers: integer, width: integer, height: integer, measure: LiveMeasure|null}"},
    {"Times", "{*: any}"},
    {"Report",
     "{session: text, user: text, resource: text, started_s: integer, ended_s: integer|null, duration_s: integer, "
     "connected_s: number, reconnects: integer, links: integer, "
     "capacity: {bytes_down: integer, bytes_up: integer, mean_mbit_s: number, peak_mbit_s: number}, "
     "throughput: {updates: integer, frames: integer, inputs: integer}, response: Times, round_trip: Times, "
     "exactness: {checked_tiles: integer, wrong_tiles: integer}}"},
    {"SiteChange", "{section: text, key: text, before: {*: any}|null, after: {*: any}|null}"},
    {"Provider",
     "{id: text, kind: 'oidc'|'ldap', name: text, position: integer, enabled: truth, settings: {*: any}, "
     "has_secret: truth, return_url?: text, logout_url?: text, after_logout_url?: text}"},
    {"Pool",
     "{id: text, name: text, kind: 'persistent'|'floating'|'disposable', spares: integer, max: integer, "
     "draining: truth, message: text, template: text, rebuild_s: integer, living: integer, ready: integer, "
     "state: text}"},
    {"PoolWithDesktops",
     "{id: text, name: text, kind: 'persistent'|'floating'|'disposable', spares: integer, max: integer, "
     "draining: truth, message: text, template: text, rebuild_s: integer, living: integer, ready: integer, "
     "state: text, desktops: [{id: text, resource: text, state: text, since_s: integer, prepared_for: text|null, "
     "broker: text}]}"},
    {"PolicyPlace",
     "{of: 'site'}|{of: 'pool', pool: text}|{of: 'grant', resource: text, group: text}|"
     "{of: 'grant', resource: text, user: text}"},
    {"PolicyAt", "{place: PolicyPlace, policy: {*: any}}"},
    {"PolicySetting", "{name: text, kind: text, enforced: truth, least: integer, most: integer, sentence: text}"},
    {"Explanation",
     "{user: text, resource: text, rule: text, granted: truth, "
     "sources: [{source: text, policy: {*: any}, says: text}], "
     "settings: [{name: text, value: any, shown: text, sources: [text], why: text}], at_s: integer, "
     "outcome: {allowed: truth, code: text, reason: text}}"},
    {"AuditRecord",
     "{number: integer, time_s: integer, actor: text, address: text, action: text, target: text, outcome: text, "
     "detail: text, hash: text}"},
    {"Token",
     "{name: text, owner: text|null, scopes: [text], created_s: integer, expires_s: integer, used_s: integer|null, "
     "used_from: text}"},
};

}  // namespace

std::span<const RouteDoc> route_docs() {
  static const std::vector<RouteDoc> all = [] {
    std::vector<RouteDoc> docs(user_route_docs().begin(), user_route_docs().end());
    docs.insert(docs.end(), admin_route_docs().begin(), admin_route_docs().end());
    return docs;
  }();
  return all;
}

const RouteDoc* find_doc(std::string_view method, std::string_view pattern) {
  const auto docs = route_docs();
  const auto found =
      std::ranges::find_if(docs, [&](const RouteDoc& doc) { return doc.method == method && doc.pattern == pattern; });
  return found == docs.end() ? nullptr : &*found;
}

std::span<const NamedShape> named_shapes() {
  return kShapes;
}

}  // namespace vitrine::broker
