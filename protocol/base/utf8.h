// UTF-8 as RFC 3629 section 4 has it: no overlong forms, no surrogates, nothing above U+10FFFF; and no NUL, at which
// half of what a text passes through would end it. A character is a code point, as in JSON Schema's maxLength.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace vitrine {

// Bytes of the character at the front of `text`, which is not empty; 0: there is none.
[[nodiscard]] size_t character_bytes(std::string_view text);

// How long `text` is to a person; nothing when it is no UTF-8.
[[nodiscard]] std::optional<size_t> character_count(std::string_view text);

// Whether `text` is UTF-8 of `least` to `most` characters.
[[nodiscard]] bool has_characters(std::string_view text, size_t least, size_t most);

// At most the first `most` characters; bytes that are no text become '?', each of them a character.
[[nodiscard]] std::string first_characters(std::string_view text, size_t most);

}  // namespace vitrine
