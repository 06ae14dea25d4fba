// Any bytes as a message: what parses is written again as exactly the bytes it was read from.
#include <algorithm>
#include <cstdint>

#include "protocol/wire.h"

namespace {

void fuzz(std::span<const uint8_t> bytes) {
  using namespace vitrine;
  const auto result = dispatch(
      bytes, [](Direction) { return true; },
      [&](const auto& message) {
        const Bytes again = serialize(message);
        CHECK(again.size() <= bytes.size() && std::equal(again.begin(), again.end(), bytes.begin()));
      });
  CHECK(result.ok() || !result.error().message.empty());

  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  const std::string clipped = clip_text(text, kMaxReason);
  CHECK(clipped.size() <= kMaxReason && is_wire_text(clipped));
  if (is_wire_text(text) && text.size() <= kMaxReason) CHECK(clipped == text);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  fuzz({data, size});
  return 0;
}
