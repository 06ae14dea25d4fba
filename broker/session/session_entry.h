// How the audit log tells of sessions.
#pragma once

#include <string>

#include "broker/session/session_service.h"
#include "broker/store/audit.h"

namespace vitrine::broker {

// What the broker does by itself.
inline Asker broker_itself() {
  return {.name = "broker", .address = "", .second_factor_s = 0};
}

inline AuditEntry session_entry(const Asker& asker, const char* action, const Session& session,
                                const std::string& detail) {
  return {.actor = asker.name,
          .address = asker.address,
          .action = action,
          .target = session.user + "/" + session.resource + "/" + session.id,
          .outcome = "ok",
          .detail = detail};
}

}  // namespace vitrine::broker
