#include "protocol/wire.h"

#include <algorithm>

namespace vitrine {

Result<uint32_t> message_type(std::span<const uint8_t> message) {
  WireReader reader(message);
  const auto type = static_cast<uint32_t>(reader.varint("type", 32));
  if (reader.failed()) return Error{ErrorCode::kMalformed, "a message without a type"};
  return type;
}

namespace {

// Bytes of the character at the front of `text`: RFC 3629 section 4; 0 when there is none, or it is NUL.
size_t character_length(std::string_view text) {
  const auto byte = [&](size_t i) { return static_cast<uint8_t>(text[i]); };
  const uint8_t lead = byte(0);
  if (lead == 0) return 0;
  if (lead < 0x80) return 1;
  const size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || text.size() < length) return 0;
  const uint8_t low = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
  const uint8_t high = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
  if (byte(1) < low || byte(1) > high) return 0;
  for (size_t i = 2; i < length; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return 0;
  }
  return length;
}

}  // namespace

bool is_wire_text(std::string_view text) {
  while (!text.empty()) {
    const size_t length = character_length(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

std::string clip_text(std::string_view text, size_t limit) {
  std::string result;
  while (!text.empty()) {
    const size_t length = character_length(text);
    if (result.size() + std::max<size_t>(length, 1) > limit) break;
    if (length == 0) {
      result += '?';
      text.remove_prefix(1);
    } else {
      result += text.substr(0, length);
      text.remove_prefix(length);
    }
  }
  return result;
}

}  // namespace vitrine
