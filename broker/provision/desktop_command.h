// `vitrine desktop --spec FILE`: the supervisor of one local desktop. The broker starts it.
#pragma once

namespace CLI {
class App;
}

namespace vitrine::broker {

void add_desktop_command(CLI::App& program, int& exit_status);

}  // namespace vitrine::broker
