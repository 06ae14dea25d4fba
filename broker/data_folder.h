// Where everything of one Vitrine lies; ARCHITECTURE.md names what is in it.
#pragma once

#include <string>

namespace vitrine::broker {

// $XDG_DATA_HOME/vitrine, else ~/.local/share/vitrine.
std::string default_data_folder();

}  // namespace vitrine::broker
