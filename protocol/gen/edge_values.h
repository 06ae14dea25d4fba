// Messages with values where mistakes live; for the golden vectors and the tests.
#pragma once

#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "protocol/messages.h"

namespace vitrine::gen {

// Which values a message's fields are given.
enum class Edge : uint8_t { kDefault, kSmallest, kLargest, kMixed };
inline constexpr std::pair<Edge, const char*> kEdges[] = {
    {Edge::kDefault, "as made"}, {Edge::kSmallest, "smallest"}, {Edge::kLargest, "largest"}, {Edge::kMixed, "mixed"}};

// Sets every field. Mixed values step over the borders where a varint grows by a byte.
class EdgeFiller {
 public:
  explicit EdgeFiller(Edge edge) : edge_(edge) {}

  void field(std::string_view, uint32_t& value, std::string_view) { value = pick<uint32_t>(0, UINT32_MAX, border()); }
  void field(std::string_view, uint64_t& value, std::string_view) {
    value = pick<uint64_t>(0, kMaxWireInteger, uint64_t{border()} << 20);
  }
  void field(std::string_view, int32_t& value, std::string_view) {
    const auto step = static_cast<int32_t>(border());
    value = pick<int32_t>(INT32_MIN, INT32_MAX, count_ % 2 == 0 ? step : -step);
  }
  void field(std::string_view, bool& value, std::string_view) { value = pick(false, true, ++count_ % 2 == 0); }
  template <class E>
  requires std::is_enum_v<E>
  void field(std::string_view, E& value, E last, std::string_view) {
    value = pick(E{}, last, static_cast<E>(static_cast<size_t>(last) / 2));
  }
  void field(std::string_view, std::string& value, size_t limit, std::string_view) {
    std::string longest;  // in two-byte characters, so that bytes are counted and not characters
    while (longest.size() + 2 <= limit) longest += "é";
    value = pick<std::string>("", longest, "Zoë 世界 🖥");
  }
  void field(std::string_view, Bytes& value, size_t limit, std::string_view) {
    value = pick<Bytes>({}, Bytes(limit, 0xab), {0x00, 0x7f, 0x80, 0xff});
  }
  void field(std::string_view, std::vector<uint32_t>& value, size_t limit, std::string_view) {
    value =
        pick<std::vector<uint32_t>>({}, std::vector<uint32_t>(limit, UINT32_MAX), {0, 127, 128, 16'384, 4'000'000'000});
  }

 private:
  template <class T>
  T pick(T smallest, T largest, T mixed) const {
    return edge_ == Edge::kSmallest ? smallest : edge_ == Edge::kLargest ? largest : mixed;
  }
  uint32_t border() {
    constexpr uint32_t kBorders[] = {127, 128, 16'383, 16'384, 2'097'151, 2'097'152, 268'435'455, 268'435'456};
    return kBorders[count_++ % std::size(kBorders)];
  }

  Edge edge_;
  size_t count_ = 0;
};

template <class M>
M with_edge_values(Edge edge) {
  M message;
  EdgeFiller filler(edge);
  if (edge != Edge::kDefault) M::visit(message, filler);
  return message;
}

}  // namespace vitrine::gen
