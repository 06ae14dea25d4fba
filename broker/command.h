// The broker's subcommands: `vitrine broker`, `vitrine desktop` and the administrator's verbs (user, group, pool, app,
// session).
#pragma once

namespace CLI {
class App;
}

namespace vitrine::broker {

void add_broker_command(CLI::App& program, int& exit_status);

}  // namespace vitrine::broker
