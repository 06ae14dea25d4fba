// vitrine provider ..., vitrine user disable|enable.
#pragma once

namespace CLI {
class App;
}

namespace vitrine::broker {

void add_provider_verbs(CLI::App& program, int& exit_status);
// Below `vitrine user`, which has to be there.
void add_user_state_verbs(CLI::App& program, int& exit_status);

}  // namespace vitrine::broker
