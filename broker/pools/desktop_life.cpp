#include "broker/pools/desktop_life.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace vitrine::broker {

namespace {

using enum DesktopLife;

constexpr std::array<std::pair<DesktopLife, std::string_view>, 8> kNames = {{
    {kProvisioning, "provisioning"},
    {kReady, "ready"},
    {kAssigned, "assigned"},
    {kConnected, "connected"},
    {kDisconnected, "disconnected"},
    {kRecycling, "recycling"},
    {kFailed, "failed"},
    {kEnded, "ended"},
}};

constexpr LifeChange kChanges[] = {
    {kProvisioning, kReady}, {kProvisioning, kAssigned},  {kProvisioning, kRecycling}, {kProvisioning, kFailed},
    {kProvisioning, kEnded}, {kReady, kAssigned},         {kReady, kRecycling},        {kReady, kFailed},
    {kReady, kEnded},        {kAssigned, kConnected},     {kAssigned, kRecycling},     {kAssigned, kFailed},
    {kAssigned, kEnded},     {kConnected, kDisconnected}, {kConnected, kRecycling},    {kConnected, kFailed},
    {kConnected, kEnded},    {kDisconnected, kConnected}, {kDisconnected, kRecycling}, {kDisconnected, kFailed},
    {kDisconnected, kEnded}, {kRecycling, kEnded},        {kRecycling, kFailed},
};

constexpr std::string_view kOver = "('failed', 'ended')";
constexpr std::string_view kSelectDesktops =
    "SELECT id, pool_id, resource, provisioner, state, detail, created_s, changed_s, lease_owner, "
    "lease_until_s, prepared_for, wanted FROM desktops";

DesktopRow desktop_from(const SqlRow& row) {
  return {.id = row.text(0),
          .pool = row.text(1),
          .resource = row.text(2),
          .provisioner = row.text(3),
          .life = life_from_name(row.text(4)),
          .detail = row.text(5),
          .created_s = row.integer(6),
          .changed_s = row.integer(7),
          .lease_owner = row.text(8),
          .lease_until_s = row.integer(9),
          .wanted = row.text(11),
          .prepared_for = row.text(10)};
}

}  // namespace

std::span<const LifeChange> allowed_changes() {
  return kChanges;
}

bool may_change(DesktopLife from, DesktopLife to) {
  return std::ranges::any_of(kChanges,
                             [&](const LifeChange& change) { return change.from == from && change.to == to; });
}

std::string_view life_name(DesktopLife life) {
  const auto found = std::ranges::find_if(kNames, [&](const auto& item) { return item.first == life; });
  return found->second;
}

DesktopLife life_from_name(std::string_view name) {
  const auto found = std::ranges::find_if(kNames, [&](const auto& item) { return item.second == name; });
  return found == kNames.end() ? kFailed : found->first;
}

Result<void> insert_desktop(SqlConnection& connection, const DesktopRow& desktop) {
  TRY(connection.run(
      "INSERT INTO desktops(id, pool_id, resource, provisioner, state, detail, created_s, changed_s, "
      "lease_owner, lease_until_s, prepared_for, wanted) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
      {desktop.id, desktop.pool, desktop.resource, desktop.provisioner, std::string(life_name(desktop.life)),
       desktop.detail, desktop.created_s, desktop.changed_s, desktop.lease_owner, desktop.lease_until_s,
       desktop.prepared_for, desktop.wanted}));
  return {};
}

Result<bool> change_life(SqlConnection& connection, const std::string& id, DesktopLife to, const std::string& detail,
                         int64_t now_s) {
  std::string from;
  for (const LifeChange& change : kChanges) {
    if (change.to == to) from += fmt::format("{}'{}'", from.empty() ? "" : ", ", life_name(change.from));
  }
  const SqlResult result = TRY(connection.run(fmt::format("UPDATE desktops SET state = $2, detail = $3, changed_s = $4 "
                                                          "WHERE id = $1 AND state IN ({})",
                                                          from),
                                              {id, std::string(life_name(to)), detail, now_s}));
  return result.changed > 0;
}

Result<std::vector<DesktopRow>> untaken_desktops(SqlConnection& connection, const std::string& pool) {
  const SqlResult result = TRY(
      connection.run(std::string(kSelectDesktops)
                         .append(" WHERE pool_id = $1 AND resource = $1 AND state IN ('provisioning', 'ready') AND NOT "
                                 "EXISTS (SELECT 1 FROM sessions WHERE desktop_id = desktops.id) ORDER BY state DESC, "
                                 "created_s, id"),
                     {pool}));
  std::vector<DesktopRow> desktops;
  for (const SqlRow& row : result.rows) desktops.push_back(desktop_from(row));
  return desktops;
}

Result<std::vector<DesktopRow>> living_desktops(SqlConnection& connection) {
  const SqlResult result =
      TRY(connection.run(fmt::format("{} WHERE state NOT IN {} ORDER BY created_s, id", kSelectDesktops, kOver), {}));
  std::vector<DesktopRow> desktops;
  for (const SqlRow& row : result.rows) desktops.push_back(desktop_from(row));
  return desktops;
}

Result<std::optional<DesktopRow>> find_desktop(SqlConnection& connection, const std::string& id) {
  const SqlResult result = TRY(connection.run(fmt::format("{} WHERE id = $1", kSelectDesktops), {id}));
  if (result.rows.empty()) return std::optional<DesktopRow>();
  return std::optional(desktop_from(result.rows.front()));
}

bool may_act(const DesktopRow& desktop, const std::string& broker, int64_t now_s) {
  return desktop.lease_owner == broker || desktop.lease_until_s < now_s;
}

Result<bool> take_lease(SqlConnection& connection, const std::string& id, const std::string& broker, int64_t now_s) {
  const SqlResult result =
      TRY(connection.run(fmt::format("UPDATE desktops SET lease_owner = $2, lease_until_s = $3 WHERE id = $1 AND "
                                     "(lease_owner = $2 OR lease_until_s < $4) AND state NOT IN {}",
                                     kOver),
                         {id, broker, now_s + kLeaseS, now_s}));
  return result.changed > 0;
}

Result<void> renew_leases(SqlConnection& connection, const std::string& broker, int64_t now_s) {
  TRY(connection.run(
      fmt::format("UPDATE desktops SET lease_until_s = $2 WHERE lease_owner = $1 AND state NOT IN {}", kOver),
      {broker, now_s + kLeaseS}));
  return {};
}

Result<int64_t> count_living_desktops(SqlConnection& connection) {
  const SqlResult result =
      TRY(connection.run("SELECT COUNT(*) FROM desktops WHERE state NOT IN ('failed', 'ended', 'recycling')", {}));
  return result.rows.front().integer(0);
}

}  // namespace vitrine::broker
