// `vitrine store`: backup and restore. They open the store themselves, so they work without a broker too.
#pragma once

namespace CLI {
class App;
}

namespace vitrine::broker {

void add_store_verbs(CLI::App& program, int& exit_status);

}  // namespace vitrine::broker
