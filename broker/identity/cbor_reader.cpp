#include "broker/identity/cbor_reader.h"

#include <cbor.h>

#include <limits>

namespace vitrine::broker {

namespace {

enum class Kind : uint8_t { kOther, kPositive, kNegative, kBytes, kText, kArray, kMap, kSimple };

// What one step of libcbor's decoder found.
struct Item {
  Kind kind = Kind::kOther;
  uint64_t value = 0;  // the number, or how many items or pairs follow
  std::span<const uint8_t> content;
};

template <Kind kind, class Number>
void on_number(void* context, Number value) {
  *static_cast<Item*>(context) = {.kind = kind, .value = value, .content = {}};
}

template <Kind kind, class Size>
void on_string(void* context, cbor_data data, Size size) {
  *static_cast<Item*>(context) = {.kind = kind, .value = 0, .content = {data, static_cast<size_t>(size)}};
}

cbor_callbacks callbacks() {
  // Whatever is not named here (tags, indefinite lengths) leaves the item as kOther.
  cbor_callbacks all = cbor_empty_callbacks;
  all.uint8 = on_number<Kind::kPositive, uint8_t>;
  all.uint16 = on_number<Kind::kPositive, uint16_t>;
  all.uint32 = on_number<Kind::kPositive, uint32_t>;
  all.uint64 = on_number<Kind::kPositive, uint64_t>;
  all.negint8 = on_number<Kind::kNegative, uint8_t>;
  all.negint16 = on_number<Kind::kNegative, uint16_t>;
  all.negint32 = on_number<Kind::kNegative, uint32_t>;
  all.negint64 = on_number<Kind::kNegative, uint64_t>;
  all.byte_string = on_string<Kind::kBytes>;
  all.string = on_string<Kind::kText>;
  all.array_start = on_number<Kind::kArray>;
  all.map_start = on_number<Kind::kMap>;
  all.boolean = [](void* context, bool value) { on_number<Kind::kSimple>(context, uint64_t{value}); };
  all.null = [](void* context) { on_number<Kind::kSimple>(context, uint64_t{0}); };
  return all;
}

Error malformed() {
  return {ErrorCode::kMalformed, "The authenticator's answer is not what the standard says (CBOR)."};
}

Result<Item> next(std::span<const uint8_t>& rest) {
  static const cbor_callbacks kCallbacks = callbacks();
  Item item;
  const cbor_decoder_result step = cbor_stream_decode(rest.data(), rest.size(), &kCallbacks, &item);
  if (step.status != CBOR_DECODER_FINISHED || step.read == 0 || item.kind == Kind::kOther) return malformed();
  rest = rest.subspan(step.read);
  // Each item takes a byte at least: a larger claim cannot be met.
  if ((item.kind == Kind::kArray || item.kind == Kind::kMap) && item.value > rest.size()) return malformed();
  return item;
}

}  // namespace

Result<uint64_t> CborReader::map() {
  const Item item = TRY(next(rest_));
  if (item.kind != Kind::kMap) return malformed();
  return item.value;
}

Result<int64_t> CborReader::integer() {
  const Item item = TRY(next(rest_));
  if (item.value > static_cast<uint64_t>(std::numeric_limits<int64_t>::max())) return malformed();
  if (item.kind == Kind::kPositive) return static_cast<int64_t>(item.value);
  if (item.kind == Kind::kNegative) return -1 - static_cast<int64_t>(item.value);
  return malformed();
}

Result<std::string_view> CborReader::text() {
  const Item item = TRY(next(rest_));
  if (item.kind != Kind::kText) return malformed();
  return std::string_view(reinterpret_cast<const char*>(item.content.data()), item.content.size());
}

Result<std::span<const uint8_t>> CborReader::bytes() {
  const Item item = TRY(next(rest_));
  if (item.kind != Kind::kBytes) return malformed();
  return item.content;
}

Result<void> CborReader::skip() {
  return skip_at(0);
}

Result<void> CborReader::skip_at(int depth) {
  if (depth >= kMaxDepth) return malformed();
  const Item item = TRY(next(rest_));
  const uint64_t inside = item.kind == Kind::kMap ? item.value * 2 : item.kind == Kind::kArray ? item.value : 0;
  for (uint64_t i = 0; i < inside; ++i) TRY(skip_at(depth + 1));
  return {};
}

}  // namespace vitrine::broker
