// The life of a desktop, as states in the store. All allowed changes are in one table.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "broker/store/sql.h"

namespace vitrine::broker {

enum class DesktopLife : uint8_t {
  kProvisioning,  // being made
  kReady,         // up, nobody's (kept warm)
  kAssigned,      // up, a session's, not yet viewed
  kConnected,     // being viewed
  kDisconnected,  // its viewers left; kept for them to come back
  kRecycling,     // being taken down
  kFailed,        // gone for a reason of its own
  kEnded,         // gone as wished
};

struct LifeChange {
  DesktopLife from;
  DesktopLife to;
};
std::span<const LifeChange> allowed_changes();
bool may_change(DesktopLife from, DesktopLife to);

std::string_view life_name(DesktopLife life);
// kFailed for a name that no version knows.
DesktopLife life_from_name(std::string_view name);
inline bool is_over(DesktopLife life) {
  return life == DesktopLife::kFailed || life == DesktopLife::kEnded;
}

struct DesktopRow {
  std::string id;
  std::string pool;
  std::string resource;
  std::string provisioner;
  DesktopLife life = DesktopLife::kProvisioning;
  std::string detail;
  int64_t created_s = 0;
  int64_t changed_s = 0;
  std::string lease_owner;
  int64_t lease_until_s = 0;
  std::string wanted;  // JSON of the screen that was asked for; empty: the default
  std::string
      prepared_for;  // id of the user whose home folder it has before that user asked; empty: anybody's, or asked for
};

Result<void> insert_desktop(SqlConnection& connection, const DesktopRow& desktop);
// Changes the state if the table allows it from the one the row has now, in one statement. False: it does not.
Result<bool> change_life(SqlConnection& connection, const std::string& id, DesktopLife to, const std::string& detail,
                         int64_t now_s);
// A broker that acts for a desktop holds a lease on it and renews it. One that dies leaves what it began to whoever
// comes first after so long; a broker of the same name, which the dead one's was, need not wait.
inline constexpr int64_t kLeaseS = 15;
// Whether `broker` may act for the desktop.
bool may_act(const DesktopRow& desktop, const std::string& broker, int64_t now_s);
// Takes the lease, if it is free by now. False: another broker was faster, or the desktop is over.
Result<bool> take_lease(SqlConnection& connection, const std::string& id, const std::string& broker, int64_t now_s);
// Of all desktops that it holds.
Result<void> renew_leases(SqlConnection& connection, const std::string& broker, int64_t now_s);

Result<std::optional<DesktopRow>> find_desktop(SqlConnection& connection, const std::string& id);
// Those of the pool's own kind, up or coming, that no session has.
Result<std::vector<DesktopRow>> untaken_desktops(SqlConnection& connection, const std::string& pool);
// All that are not over.
Result<std::vector<DesktopRow>> living_desktops(SqlConnection& connection);
// Without those that are being taken down, for whose room nobody has to wait.
Result<int64_t> count_living_desktops(SqlConnection& connection);

}  // namespace vitrine::broker
