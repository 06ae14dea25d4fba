// `vitrine apply` and `vitrine export`: the site as a file.
#pragma once

namespace CLI {
class App;
}

namespace vitrine::broker {

void add_site_verbs(CLI::App& program, int& exit_status);

}  // namespace vitrine::broker
