#include "broker/store/sql.h"

#include <algorithm>

namespace vitrine::broker {

namespace {

const std::string kEmpty;
constexpr std::string_view kReplacement = "\xef\xbf\xbd";  // U+FFFD

// How many bytes at the start of `text` are one character other than NUL (RFC 3629, section 4); 0: none.
size_t character_length(std::string_view text) {
  const auto byte = [&](size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U; };
  const auto follows = [&](size_t i, unsigned low, unsigned high) { return byte(i) >= low && byte(i) <= high; };
  const auto tail = [&](size_t i) { return follows(i, 0x80, 0xbf); };
  const unsigned first = byte(0);
  if (first > 0 && first < 0x80) return 1;
  if (first >= 0xc2 && first <= 0xdf) return tail(1) ? 2 : 0;
  if (first >= 0xe0 && first <= 0xef) {
    const bool second = follows(1, first == 0xe0 ? 0xa0 : 0x80, first == 0xed ? 0x9f : 0xbf);
    return second && tail(2) ? 3 : 0;
  }
  if (first >= 0xf0 && first <= 0xf4) {
    const bool second = follows(1, first == 0xf0 ? 0x90 : 0x80, first == 0xf4 ? 0x8f : 0xbf);
    return second && tail(2) && tail(3) ? 4 : 0;
  }
  return 0;
}

}  // namespace

std::string storable_text(std::string_view text) {
  std::string kept;
  kept.reserve(text.size());
  while (!text.empty()) {
    const size_t length = character_length(text);
    kept.append(length > 0 ? text.substr(0, length) : kReplacement);
    text.remove_prefix(std::max<size_t>(length, 1));
  }
  return kept;
}

int64_t SqlRow::integer(size_t column) const {
  CHECK(column < values_.size());
  if (null(column)) return 0;
  CHECK(std::holds_alternative<int64_t>(values_[column]));
  return std::get<int64_t>(values_[column]);
}

const std::string& SqlRow::text(size_t column) const {
  CHECK(column < values_.size());
  if (null(column)) return kEmpty;
  CHECK(std::holds_alternative<std::string>(values_[column]));
  return std::get<std::string>(values_[column]);
}

bool SqlRow::null(size_t column) const {
  CHECK(column < values_.size());
  return std::holds_alternative<std::monostate>(values_[column]);
}

}  // namespace vitrine::broker
