// `vitrine token`: tokens by which programs use the API.
#pragma once

namespace CLI {
class App;
}

namespace vitrine::broker {

void add_token_verbs(CLI::App& program, int& exit_status);

}  // namespace vitrine::broker
