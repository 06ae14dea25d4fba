#include "protocol/wire.h"

#include <algorithm>

#include "protocol/base/utf8.h"

namespace vitrine {

Result<uint32_t> message_type(std::span<const uint8_t> message) {
  WireReader reader(message);
  const auto type = static_cast<uint32_t>(reader.varint("type", 32));
  if (reader.failed()) return Error{ErrorCode::kMalformed, "a message without a type"};
  return type;
}

bool is_wire_text(std::string_view text) {
  return character_count(text).has_value();
}

std::string clip_text(std::string_view text, size_t limit) {
  std::string result;
  while (!text.empty()) {
    const size_t length = character_bytes(text);
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
