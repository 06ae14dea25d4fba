// The golden vectors that web-client/test/wire.test.ts follows too: what one language writes, the other reads.
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "protocol/wire.h"

namespace vitrine {
namespace {

using Json = nlohmann::json;

Json read_vectors(const char* name) {
  std::ifstream file(std::string(VITRINE_VECTORS) + "/" + name);
  return Json::parse(file, nullptr, false);
}

Bytes from_hex(const std::string& hex) {
  Bytes bytes;
  for (size_t i = 0; i + 1 < hex.size(); i += 2) {
    bytes.push_back(static_cast<uint8_t>(std::stoi(hex.substr(i, 2), nullptr, 16)));
  }
  return bytes;
}

// {"hex": ..., "times": n} or plain hex.
Bytes piece_bytes(const Json& piece) {
  if (piece.is_string()) return from_hex(piece);
  const Bytes pattern = from_hex(piece.at("hex"));
  Bytes bytes;
  for (size_t i = 0; i < piece.at("times"); ++i) bytes.insert(bytes.end(), pattern.begin(), pattern.end());
  return bytes;
}

Bytes wire_bytes(const Json& pieces) {
  Bytes bytes;
  for (const Json& piece : pieces) {
    const Bytes more = piece_bytes(piece);
    bytes.insert(bytes.end(), more.begin(), more.end());
  }
  return bytes;
}

// Compares each field with what the vector says.
class FieldsEqual {
 public:
  explicit FieldsEqual(const Json& fields) : fields_(fields) {}

  template <class T>
  requires std::is_integral_v<T>
  void field(std::string_view name, const T& value, std::string_view) {
    EXPECT_EQ(expected(name).get<T>(), value) << name;
  }
  template <class E>
  requires std::is_enum_v<E>
  void field(std::string_view name, const E& value, E, std::string_view) {
    EXPECT_EQ(expected(name).get<uint32_t>(), static_cast<uint32_t>(value)) << name;
  }
  void field(std::string_view name, const std::string& value, size_t, std::string_view) {
    const Json& json = expected(name);
    std::string text;
    if (json.is_string()) {
      text = json;
    } else {
      for (size_t i = 0; i < json.at("times"); ++i) text += json.at("text").get<std::string>();
    }
    EXPECT_EQ(text, value) << name;
  }
  void field(std::string_view name, const Bytes& value, size_t, std::string_view) {
    EXPECT_TRUE(piece_bytes(expected(name)) == value) << name;
  }
  void field(std::string_view name, const std::vector<uint32_t>& value, size_t, std::string_view) {
    const Json& json = expected(name);
    const auto list = json.is_array() ? json.get<std::vector<uint32_t>>()
                                      : std::vector<uint32_t>(json.at("times").get<size_t>(), json.at("item"));
    EXPECT_TRUE(list == value) << name;
  }
  [[nodiscard]] size_t seen() const { return seen_; }

 private:
  const Json& expected(std::string_view name) {
    ++seen_;
    return fields_.at(std::string(name));
  }
  const Json& fields_;
  size_t seen_ = 0;
};

TEST(VectorsTest, EveryMessageIsReadAndWrittenAsItsVectorsSay) {
  const Json vectors = read_vectors("messages.json");
  ASSERT_TRUE(vectors.is_array());
  ASSERT_GT(vectors.size(), 90U);
  for (const Json& vector : vectors) {
    SCOPED_TRACE(vector.at("message").get<std::string>() + " " + vector.at("values").get<std::string>());
    const Bytes bytes = wire_bytes(vector.at("wire"));
    std::string handled;
    const auto result = dispatch(
        bytes, [](Direction) { return true; },
        [&]<class M>(const M& message) {
          handled = M::kName;
          FieldsEqual compare(vector.at("fields"));
          M::visit(message, compare);
          EXPECT_EQ(compare.seen(), vector.at("fields").size());
          EXPECT_TRUE(serialize(message) == bytes);
        });
    EXPECT_TRUE(result.ok());
    EXPECT_EQ(handled, vector.at("message"));
  }
}

TEST(VectorsTest, EveryBrokenRuleGivesItsError) {
  const Json vectors = read_vectors("malformed.json");
  ASSERT_TRUE(vectors.is_array());
  ASSERT_GT(vectors.size(), 400U);
  for (const Json& vector : vectors) {
    const auto result = dispatch(
        from_hex(vector.at("hex")), [](Direction) { return true; }, [](const auto&) {});
    ASSERT_FALSE(result.ok()) << vector;
    EXPECT_EQ(error_code_name(result.error().code), vector.at("code")) << vector;
    EXPECT_EQ(result.error().message, vector.at("error")) << vector;
  }
}

}  // namespace
}  // namespace vitrine
