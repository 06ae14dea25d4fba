// The administrator's verbs: vitrine user|group|pool|app|session|policy|audit ...; each asks the running broker.
#pragma once

namespace CLI {
class App;
}

namespace vitrine::broker {

void add_user_verbs(CLI::App& program, int& exit_status);
void add_group_verbs(CLI::App& program, int& exit_status);
void add_resource_verbs(CLI::App& program, int& exit_status);
void add_session_verbs(CLI::App& program, int& exit_status);
void add_policy_verbs(CLI::App& program, int& exit_status);
void add_audit_verbs(CLI::App& program, int& exit_status);
void add_factor_verbs(CLI::App& program, int& exit_status);  // after add_user_verbs

}  // namespace vitrine::broker
