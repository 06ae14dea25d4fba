#include "broker/identity/qr_code.h"

#include <fmt/format.h>
#include <qrencode.h>

#include <memory>

namespace vitrine::broker {

Result<QrCode> qr_code(const std::string& text) {
  // Level M stands a scratched or reflecting screen; version 0 chooses the smallest that fits.
  const std::unique_ptr<QRcode, decltype(&QRcode_free)> code(QRcode_encodeString8bit(text.c_str(), 0, QR_ECLEVEL_M),
                                                             QRcode_free);
  if (!code) return Error{ErrorCode::kTooLarge, "This is too long for a QR code."};
  QrCode drawn{.modules = code->width, .path = ""};
  const auto dark = [&](int x, int y) { return (code->data[y * code->width + x] & 1) != 0; };
  for (int y = 0; y < code->width; ++y) {
    for (int x = 0; x < code->width; ++x) {
      if (!dark(x, y)) continue;
      int end = x;
      while (end < code->width && dark(end, y)) ++end;
      drawn.path += fmt::format("M{} {}h{}v1H{}z", x, y, end - x, x);
      x = end;
    }
  }
  return drawn;
}

}  // namespace vitrine::broker
