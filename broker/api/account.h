// What the routes of a user's own account share.
#pragma once

#include "broker/api/second_step.h"
#include "broker/store/audit.h"

namespace vitrine::broker {

// `own_hash`: of the asking browser's token.
Json web_session_json(const WebSession& session, const std::string& own_hash);
Json factors_json(const FactorSummary& factors);

// A record of what the asking user did with the account; `detail` never holds a secret.
AuditEntry account_entry(const ApiRequest& request, const std::string& action, const std::string& outcome,
                         const std::string& detail);
// Writes it in a transaction of its own.
Result<void> record_account(ApiRequest& request, const std::string& action, const std::string& outcome,
                            const std::string& detail);

}  // namespace vitrine::broker
