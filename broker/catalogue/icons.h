// Icons of pools and apps: the program's own from the icon themes, or a drawn tile with its first letter.
#pragma once

#include <string>

#include "broker/catalogue/catalogue.h"

namespace vitrine::broker {

struct Icon {
  std::string content_type;  // image/svg+xml or image/png
  std::string bytes;
};

// Reads files of this machine; never fails, for the tile can always be drawn.
Icon icon_of(const Resource& resource);
// The tile alone.
std::string letter_tile(const std::string& name);

}  // namespace vitrine::broker
