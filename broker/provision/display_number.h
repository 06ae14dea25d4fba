// The number of a display in a sandbox. The display listens below /tmp alone, which every sandbox has for itself; but X
// clients try an abstract socket of the same name first, and abstract names are shared by all who share the network.
// So the name is taken and nobody listens at it: a client is refused and goes on to the real one, and no stranger can
// take the name to be called in its stead.
#pragma once

#include "broker/provision/unique_fd.h"
#include "protocol/base/result.h"

namespace vitrine::broker {

struct DisplayNumber {
  int number = -1;
  UniqueFd name;  // taken as long as this is open
};

// Errors: exhausted.
Result<DisplayNumber> take_display_number();

}  // namespace vitrine::broker
