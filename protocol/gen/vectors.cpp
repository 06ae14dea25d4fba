// Golden vectors: what both languages' tests hold their readers and writers to.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "protocol/gen/edge_values.h"
#include "protocol/gen/outputs.h"
#include "protocol/wire.h"

namespace vitrine::gen {
namespace {

using Json = nlohmann::ordered_json;

std::string hex(std::span<const uint8_t> bytes) {
  std::string result;
  for (const uint8_t byte : bytes) result += fmt::format("{:02x}", byte);
  return result;
}

// The fields as JSON. Long uniform values are given as one piece and how often it repeats.
class FieldsToJson {
 public:
  Json fields = Json::object();

  template <class T>
  requires std::is_integral_v<T>
  void field(std::string_view name, const T& value, std::string_view) { fields[std::string(name)] = value; }
  template <class E>
  requires std::is_enum_v<E>
  void field(std::string_view name, const E& value, E, std::string_view) {
    fields[std::string(name)] = static_cast<uint32_t>(value);
  }
  void field(std::string_view name, const std::string& value, size_t, std::string_view) {
    const bool is_long = value.size() > kLong;
    fields[std::string(name)] = is_long ? Json{{"text", value.substr(0, 2)}, {"times", value.size() / 2}} : Json(value);
  }
  void field(std::string_view name, const Bytes& value, size_t, std::string_view) {
    const bool is_long = value.size() > kLong;
    fields[std::string(name)] = {{"hex", hex(is_long ? Bytes{value[0]} : value)},
                                 {"times", is_long ? value.size() : 1}};
  }
  void field(std::string_view name, const std::vector<uint32_t>& value, size_t, std::string_view) {
    const bool is_long = value.size() > kLong;
    fields[std::string(name)] = is_long ? Json{{"item", value[0]}, {"times", value.size()}} : Json(value);
  }

 private:
  static constexpr size_t kLong = 30;
};

// Bytes as pieces of hex, where a pattern that repeats is written once.
Json wire_pieces(std::span<const uint8_t> bytes) {
  Json pieces = Json::array();
  size_t plain_begin = 0;
  const auto flush = [&](size_t end) {
    if (end > plain_begin) pieces.push_back(hex(bytes.subspan(plain_begin, end - plain_begin)));
  };
  for (size_t at = 0; at < bytes.size();) {
    size_t best = 0;
    size_t best_period = 1;
    for (const size_t period : {1, 2, 5}) {
      size_t end = at + period;
      while (end < bytes.size() && bytes[end] == bytes[end - period]) ++end;
      if (end > bytes.size()) continue;
      const size_t covered = (end - at) / period * period;
      if (covered > best) {
        best = covered;
        best_period = period;
      }
    }
    if (best < 40) {
      ++at;
      continue;
    }
    flush(at);
    pieces.push_back({{"hex", hex(bytes.subspan(at, best_period))}, {"times", best / best_period}});
    at += best;
    plain_begin = at;
  }
  flush(bytes.size());
  return pieces;
}

// A JSON array with one element on each line, so that a change of the wire reads well as a diff.
std::string lines(const std::vector<Json>& elements) {
  std::string out = "[\n";
  for (size_t i = 0; i < elements.size(); ++i) out += elements[i].dump() + (i + 1 < elements.size() ? ",\n" : "\n");
  return out + "]\n";
}

template <class M>
void add_vectors(std::vector<Json>& vectors) {
  for (const auto& [edge, name] : kEdges) {
    const M message = with_edge_values<M>(edge);
    FieldsToJson json;
    M::visit(message, json);
    vectors.push_back({{"message", M::kName},
                       {"values", name},
                       {"wire", wire_pieces(serialize(message))},
                       {"fields", std::move(json.fields)}});
  }
}

struct Fault {
  const char* what;
  Bytes bytes;  // stand in the place of the field
};

constexpr uint8_t kFf = 0xff;

// Writes defaults up to field `target`, there the first faulty bytes of index `fault`, and nothing after it.
class FaultWriter {
 public:
  FaultWriter(Bytes& out, size_t target, size_t fault) : out_(out), writer_(out), target_(target), fault_(fault) {}

  [[nodiscard]] const char* what() const { return what_; }  // null when the field has no such fault
  [[nodiscard]] size_t fields() const { return count_; }

  void field(std::string_view name, const uint32_t& value, std::string_view text) {
    write(name, integer_faults({kFf, kFf, kFf, kFf, 0x1f}), [&] { writer_.field(name, value, text); });
  }
  void field(std::string_view name, const uint64_t& value, std::string_view text) {
    write(name, integer_faults({kFf, kFf, kFf, kFf, kFf, kFf, kFf, 0x1f}), [&] { writer_.field(name, value, text); });
  }
  void field(std::string_view name, const int32_t& value, std::string_view text) {
    write(name, integer_faults({kFf, kFf, kFf, kFf, 0x1f}), [&] { writer_.field(name, value, text); });
  }
  void field(std::string_view name, const bool& value, std::string_view text) {
    write(name, {{"cut", {}}, {"two", {2}}, {"long form", {0x81, 0}}}, [&] { writer_.field(name, value, text); });
  }
  template <class E>
  requires std::is_enum_v<E>
  void field(std::string_view name, const E& value, E last, std::string_view text) {
    auto faults = integer_faults({kFf, kFf, kFf, kFf, 0x1f});
    faults.push_back({"one past the last value", {static_cast<uint8_t>(static_cast<uint8_t>(last) + 1)}});
    write(name, std::move(faults), [&] { writer_.field(name, value, last, text); });
  }
  void field(std::string_view name, const std::string& value, size_t limit, std::string_view text) {
    auto faults = length_faults(limit);
    faults.push_back({"NUL", {3, 'a', 0, 'b'}});
    faults.push_back({"overlong UTF-8", {2, 0xc0, 0x80}});
    faults.push_back({"surrogate", {3, 0xed, 0xa0, 0x80}});
    faults.push_back({"above U+10FFFF", {4, 0xf4, 0x90, 0x80, 0x80}});
    faults.push_back({"cut character", {2, 0xe2, 0x82}});
    faults.push_back({"stray continuation byte", {2, 'a', 0xbf}});
    write(name, std::move(faults), [&] { writer_.field(name, value, limit, text); });
  }
  void field(std::string_view name, const Bytes& value, size_t limit, std::string_view text) {
    write(name, length_faults(limit), [&] { writer_.field(name, value, limit, text); });
  }
  void field(std::string_view name, const std::vector<uint32_t>& value, size_t limit, std::string_view text) {
    auto faults = length_faults(limit);
    faults.push_back({"long form of an item", {2, 1, 0x80, 0}});
    faults.push_back({"item cut", {2, 1, 0x80}});
    write(name, std::move(faults), [&] { writer_.field(name, value, limit, text); });
  }

 private:
  static std::vector<Fault> integer_faults(Bytes too_large) {
    return {{"cut", {}},
            {"cut inside", {0x80}},
            {"long form", {0x80, 0}},
            {"above its range", std::move(too_large)},
            {"endless", Bytes(12, kFf)}};
  }
  static std::vector<Fault> length_faults(size_t limit) {
    Fault past_limit{"one past its limit", {}};
    WireWriter(past_limit.bytes).varint(limit + 1);
    return {{"cut", {}},
            {"shorter than its length", {3, 'a', 'b'}},
            {"long form of the length", {0x81, 0, 'a'}},
            {"the largest length", {kFf, kFf, kFf, kFf, 0x0f}},
            std::move(past_limit)};
  }
  template <class WriteValue>
  void write(std::string_view, std::vector<Fault> faults, WriteValue write_value) {
    const size_t index = count_++;
    if (index < target_) write_value();
    if (index != target_ || fault_ >= faults.size()) return;
    what_ = faults[fault_].what;
    out_.insert(out_.end(), faults[fault_].bytes.begin(), faults[fault_].bytes.end());
  }

  Bytes& out_;
  WireWriter writer_;
  size_t target_;
  size_t fault_;
  size_t count_ = 0;
  const char* what_ = nullptr;
};

Json malformed(std::string_view what, const Bytes& wire) {
  const auto result = dispatch(
      wire, [](Direction) { return true; }, [](const auto&) {});
  CHECK(!result.ok());
  return {{"what", what},
          {"hex", hex(wire)},
          {"code", error_code_name(result.error().code)},
          {"error", result.error().message}};
}

template <class M>
void add_malformed(std::vector<Json>& vectors) {
  const M message;
  size_t fields = 1;
  for (size_t target = 0; target < fields; ++target) {
    for (size_t fault = 0;; ++fault) {
      Bytes wire;
      WireWriter(wire).varint(M::kType);
      FaultWriter writer(wire, target, fault);
      M::visit(message, writer);
      fields = writer.fields();
      if (writer.what() == nullptr) break;
      vectors.push_back(malformed(writer.what(), wire));
    }
  }
}

}  // namespace

std::string message_vectors() {
  std::vector<Json> vectors;
  [&]<class... M>(MessageList<M...>) { (add_vectors<M>(vectors), ...); }(AllMessages{});
  return lines(vectors);
}

std::string malformed_vectors() {
  std::vector<Json> vectors;
  vectors.push_back(malformed("an empty message", {}));
  vectors.push_back(malformed("type cut", {0x80}));
  vectors.push_back(malformed("long form of the type", {0x87, 0}));
  vectors.push_back(malformed("type above its range", {kFf, kFf, kFf, kFf, 0x1f}));
  [&]<class... M>(MessageList<M...>) { (add_malformed<M>(vectors), ...); }(AllMessages{});
  return lines(vectors);
}

}  // namespace vitrine::gen
