#include "broker/command.h"

#include "broker/provision/desktop_command.h"

namespace vitrine::broker {

void add_broker_command(CLI::App& program, int& exit_status) { add_desktop_command(program, exit_status); }

}  // namespace vitrine::broker
