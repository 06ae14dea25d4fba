// QR codes as drawings.
#pragma once

#include <string>

#include "protocol/base/result.h"

namespace vitrine::broker {

struct QrCode {
  int modules = 0;   // along a side, without the quiet zone of four that whoever draws it leaves around
  std::string path;  // SVG path data, one unit a module: the dark ones
};

// Errors: too_large (more than a code holds).
Result<QrCode> qr_code(const std::string& text);

}  // namespace vitrine::broker
