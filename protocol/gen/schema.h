// The wire's messages as data, collected from their field lists by a visitor beside WireReader and WireWriter. All that
// vitrine_gen writes is made from this.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "protocol/base/check.h"
#include "protocol/messages.h"

namespace vitrine::gen {

struct EnumSchema {
  std::string name;
  std::vector<std::string> values;  // without the leading k; the index is the number
};

enum class FieldKind : uint8_t { kUint32, kUint64, kInt32, kBool, kEnum, kText, kBytes, kUint32List };

struct FieldSchema {
  std::string name;  // snake_case
  FieldKind kind = FieldKind::kUint32;
  size_t limit = 0;       // of a text, bytes or list
  std::string enum_name;  // of an enum
  std::string text;
};

struct MessageSchema {
  uint32_t type = 0;
  std::string name;
  Direction direction = Direction::kBoth;
  std::string text;
  std::vector<FieldSchema> fields;
};

struct Schema {
  std::vector<MessageSchema> messages;
  MessageSchema ticket;  // the same rules, but never a message
  std::vector<EnumSchema> enums;
};

// Everything AllMessages lists, the ticket's payload, and the enums they use in the order of first use.
Schema collect_schema();

namespace schema_detail {

// "vitrine::CloseCode::kNormal", or a cast of a number where the enum has no such value.
template <auto V>
constexpr std::string_view spelling() {
  constexpr std::string_view function = __PRETTY_FUNCTION__;
  const size_t begin = function.find("V = ") + 4;
  return function.substr(begin, function.find_first_of(";]", begin) - begin);
}

inline constexpr size_t kMostEnumValues = 32;

template <class E, size_t... I>
EnumSchema enum_schema(size_t last, std::index_sequence<I...>) {
  constexpr std::string_view spellings[] = {spelling<static_cast<E>(I)>()...};
  EnumSchema result;
  for (size_t i = 0; i <= last && i < kMostEnumValues; ++i) {
    const std::string_view full = spellings[i];
    const size_t value = full.rfind("::k");
    CHECK(value != std::string_view::npos);  // the values of a wire enum are 0, 1, 2 ... without gaps
    const size_t name = full.rfind("::", value - 1);
    result.name = full.substr(name + 2, value - name - 2);
    result.values.emplace_back(full.substr(value + 3));
  }
  return result;
}

}  // namespace schema_detail

class SchemaVisitor {
 public:
  SchemaVisitor(MessageSchema& message, std::vector<EnumSchema>& enums) : message_(message), enums_(enums) {}

  void field(std::string_view name, const uint32_t&, std::string_view text) { add(name, FieldKind::kUint32, 0, text); }
  void field(std::string_view name, const uint64_t&, std::string_view text) { add(name, FieldKind::kUint64, 0, text); }
  void field(std::string_view name, const int32_t&, std::string_view text) { add(name, FieldKind::kInt32, 0, text); }
  void field(std::string_view name, const bool&, std::string_view text) { add(name, FieldKind::kBool, 0, text); }
  template <class E>
  requires std::is_enum_v<E>
  void field(std::string_view name, const E&, E last, std::string_view text) {
    EnumSchema schema = schema_detail::enum_schema<E>(static_cast<size_t>(last),
                                                      std::make_index_sequence<schema_detail::kMostEnumValues>{});
    add(name, FieldKind::kEnum, 0, text);
    message_.fields.back().enum_name = schema.name;
    add_enum(std::move(schema));
  }
  void field(std::string_view name, const std::string&, size_t limit, std::string_view text) {
    add(name, FieldKind::kText, limit, text);
  }
  void field(std::string_view name, const Bytes&, size_t limit, std::string_view text) {
    add(name, FieldKind::kBytes, limit, text);
  }
  void field(std::string_view name, const std::vector<uint32_t>&, size_t limit, std::string_view text) {
    add(name, FieldKind::kUint32List, limit, text);
  }

 private:
  void add(std::string_view name, FieldKind kind, size_t limit, std::string_view text);
  void add_enum(EnumSchema schema);

  MessageSchema& message_;
  std::vector<EnumSchema>& enums_;
};

}  // namespace vitrine::gen
