#include "protocol/wire.h"

namespace vitrine {

Result<uint32_t> message_type(std::span<const uint8_t> message) {
  WireReader reader(message);
  const auto type = static_cast<uint32_t>(reader.varint("type", 32));
  if (reader.failed()) return Error{ErrorCode::kMalformed, "a message without a type"};
  return type;
}

// UTF-8 as RFC 3629 section 4 has it: no overlong forms, no surrogates, nothing above U+10FFFF; and no NUL.
bool WireReader::is_text(std::string_view text) {
  const auto* at = reinterpret_cast<const uint8_t*>(text.data());
  const auto* const end = at + text.size();
  while (at != end) {
    const uint8_t lead = *at++;
    if (lead == 0) return false;
    if (lead < 0x80) continue;
    const int more = lead >= 0xf0 ? 3 : lead >= 0xe0 ? 2 : 1;
    if (lead < 0xc2 || lead > 0xf4 || end - at < more) return false;
    const uint8_t low = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
    const uint8_t high = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
    if (*at < low || *at > high) return false;
    for (int i = 1; i < more; ++i) {
      if ((at[i] & 0xc0) != 0x80) return false;
    }
    at += more;
  }
  return true;
}

}  // namespace vitrine
