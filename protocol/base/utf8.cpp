#include "protocol/base/utf8.h"

#include <cstdint>

namespace vitrine {

size_t character_bytes(std::string_view text) {
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

std::optional<size_t> character_count(std::string_view text) {
  size_t count = 0;
  for (; !text.empty(); ++count) {
    const size_t length = character_bytes(text);
    if (length == 0) return std::nullopt;
    text.remove_prefix(length);
  }
  return count;
}

bool has_characters(std::string_view text, size_t least, size_t most) {
  const auto count = character_count(text);
  return count && *count >= least && *count <= most;
}

std::string first_characters(std::string_view text, size_t most) {
  std::string first;
  for (; most > 0 && !text.empty(); --most) {
    const size_t length = character_bytes(text);
    first += length == 0 ? std::string_view("?") : text.substr(0, length);
    text.remove_prefix(length == 0 ? 1 : length);
  }
  return first;
}

}  // namespace vitrine
