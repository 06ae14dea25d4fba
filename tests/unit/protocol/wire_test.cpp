// What holds for every message, read from the list of all messages, so that a new one is tested by being listed.
#include "protocol/wire.h"

#include <gtest/gtest.h>

#include "protocol/gen/edge_values.h"
#include "tests/unit/protocol/largest_allocation.h"

namespace vitrine {
namespace {

using gen::Edge;
using gen::with_edge_values;

constexpr auto kAnySide = [](Direction) { return true; };
constexpr auto kIgnore = [](const auto&) {};

template <class List>
struct AsTypes;
template <class... M>
struct AsTypes<MessageList<M...>> {
  using Types = testing::Types<M...>;
};
struct MessageName {
  template <class M>
  static std::string GetName(int) {
    return std::string(M::kName);
  }
};

// Parses hostile bytes: whatever comes out, memory is bounded by what came in. A list item takes at least one byte.
Result<void> parse_in_bounds(const Bytes& hostile) {
  largest_allocation = 0;
  auto result = dispatch(hostile, kAnySide, kIgnore);
  EXPECT_LE(largest_allocation, 4 * hostile.size() + 256);
  return result;
}

template <class M>
class WireTest : public testing::Test {};
TYPED_TEST_SUITE(WireTest, AsTypes<AllMessages>::Types, MessageName);

TYPED_TEST(WireTest, RoundTripKeepsEveryField) {
  for (const auto& [edge, name] : gen::kEdges) {
    const auto message = with_edge_values<TypeParam>(edge);
    const auto parsed = parse<TypeParam>(serialize(message));
    ASSERT_TRUE(parsed.ok()) << name << ": " << parsed.error().message;
    EXPECT_EQ(parsed.value(), message) << name;
  }
}

TYPED_TEST(WireTest, TheLargestFitsItsLink) {
  const bool from_viewer =
      TypeParam::kDirection == Direction::kViewerToAgent || TypeParam::kDirection == Direction::kViewerToGateway;
  auto message = with_edge_values<TypeParam>(Edge::kLargest);
  if constexpr (std::is_same_v<TypeParam, PictureCheckResult>) {
    for (size_t i = 0; i < kMaxTiles; ++i) message.wrong_tiles[i] = static_cast<uint32_t>(i);
  }
  EXPECT_LE(serialize(message).size(), from_viewer ? kMaxViewerMessage : kMaxMessage);
}

TYPED_TEST(WireTest, TruncatedAtEveryByteIsRefused) {
  for (const Edge edge : {Edge::kDefault, Edge::kMixed}) {
    const Bytes whole = serialize(with_edge_values<TypeParam>(edge));
    for (size_t size = 0; size < whole.size(); ++size) {
      const Bytes cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
      const auto result = parse_in_bounds(cut);
      ASSERT_FALSE(result.ok()) << size << " of " << whole.size();
      EXPECT_EQ(result.error().code, ErrorCode::kMalformed);
    }
  }
}

TYPED_TEST(WireTest, AnyFlippedBitIsParsedOrRefusedInBoundedMemory) {
  for (const Edge edge : {Edge::kDefault, Edge::kMixed}) {
    Bytes bytes = serialize(with_edge_values<TypeParam>(edge));
    for (size_t bit = 0; bit < bytes.size() * 8; ++bit) {
      const auto mask = static_cast<uint8_t>(1 << bit % 8);
      bytes[bit / 8] ^= mask;
      (void)parse_in_bounds(bytes);
      bytes[bit / 8] ^= mask;
    }
  }
}

TYPED_TEST(WireTest, HostileLengthsAreRefusedInBoundedMemory) {
  const Bytes plain = serialize(with_edge_values<TypeParam>(Edge::kMixed));
  for (const uint64_t length : {uint64_t{1} << 10, uint64_t{1} << 20, uint64_t{1} << 30, uint64_t{UINT32_MAX}}) {
    for (size_t at = 1; at <= plain.size(); ++at) {
      Bytes hostile(plain.begin(), plain.begin() + static_cast<std::ptrdiff_t>(at));
      WireWriter(hostile).varint(length);
      hostile.insert(hostile.end(), plain.begin() + static_cast<std::ptrdiff_t>(at), plain.end());
      (void)parse_in_bounds(hostile);
    }
  }
}

TYPED_TEST(WireTest, BytesAfterTheLastKnownFieldAreIgnored) {
  const auto message = with_edge_values<TypeParam>(Edge::kMixed);
  Bytes longer = serialize(message);
  longer.insert(longer.end(), {0xff, 0x00, 0x80});
  EXPECT_EQ(parse<TypeParam>(longer).take(), message);
}

TYPED_TEST(WireTest, OnlyItsOwnSideMaySendIt) {
  const Bytes bytes = serialize(with_edge_values<TypeParam>(Edge::kMixed));
  int handled = 0;
  const auto count = [&](const auto& message) {
    handled += std::is_same_v<std::decay_t<decltype(message)>, TypeParam> ? 1 : 100;
  };
  EXPECT_TRUE(dispatch(
                  bytes, [](Direction side) { return side == TypeParam::kDirection; }, count)
                  .ok());
  EXPECT_EQ(handled, 1);
  const auto refused = dispatch(
      bytes, [](Direction side) { return side != TypeParam::kDirection; }, count);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().message, std::string(TypeParam::kName) + " does not come from this side");
  EXPECT_EQ(handled, 1);
}

TYPED_TEST(WireTest, ItIsNotTakenForAnother) {
  Bytes bytes = serialize(with_edge_values<TypeParam>(Edge::kMixed));
  bytes[0] = 63;  // a number that nobody has
  EXPECT_EQ(parse<TypeParam>(bytes).error().code, ErrorCode::kMalformed);
}

TEST(WireFormatTest, LooksAsTheSpecificationSays) {
  EXPECT_EQ(serialize(Key{.sequence = 300, .down = true, .code = "KeyA", .key = "ä", .modifiers = kModShift}),
            (Bytes{32, 0xac, 0x02, 1, 4, 'K', 'e', 'y', 'A', 2, 0xc3, 0xa4, 1}));
  EXPECT_EQ(serialize(PointerMove{.sequence = 0, .x = -1, .y = 64}), (Bytes{34, 0, 0x01, 0x80, 0x01}));
  EXPECT_EQ(serialize(Pong{.time_us = kMaxWireInteger}), (Bytes{8, 255, 255, 255, 255, 255, 255, 255, 0x0f, 0}));
  EXPECT_EQ(serialize(PictureCheckResult{.update_id = 7, .wrong_tiles = {1, 128}}), (Bytes{41, 7, 2, 1, 0x80, 0x01}));
  EXPECT_EQ(serialize(Close{.code = CloseCode::kTimeout, .reason = ""}), (Bytes{6, 6, 0}));
}

TEST(WireFormatTest, UnknownTypesAreSkipped) {
  for (const uint32_t type : {0U, 12U, 15U, 27U, 29U, 52U, 63U, 127U, 16'384U, UINT32_MAX}) {
    Bytes bytes;
    WireWriter(bytes).varint(type);
    bytes.insert(bytes.end(), {0xff, 0xff, 0xff});
    int handled = 0;
    EXPECT_TRUE(dispatch(bytes, kAnySide, [&](const auto&) { ++handled; }).ok()) << type;
    EXPECT_EQ(handled, 0) << type;
  }
}

TEST(WireFormatTest, AMessageWithoutATypeIsRefused) {
  for (const Bytes& bytes : {Bytes{}, Bytes{0x80}, Bytes{0x87, 0}, Bytes(20, 0xff)}) {
    EXPECT_FALSE(message_type(bytes).ok());
    EXPECT_FALSE(dispatch(bytes, kAnySide, kIgnore).ok());
  }
}

TEST(WireTextTest, OnlyUtf8WithoutNulIsText) {
  for (const char* text : {"", "plain", "é", "\u07ff\u0800\uffff", "\U00010000\U0010ffff", "\ufeff"}) {
    EXPECT_TRUE(is_wire_text(text)) << text;
  }
  const std::string_view kNotText[] = {{"a\0b", 3},        "\x80",         "\xc0\x80",         "\xc1\xbf",
                                       "\xe0\x9f\xbf",     "\xed\xa0\x80", "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80",
                                       "\xf5\x80\x80\x80", "\xe2\x82",     "\xe2\x28\xa1",     "a\xff"};
  for (const std::string_view text : kNotText) EXPECT_FALSE(is_wire_text(text)) << testing::PrintToString(text);
}

TEST(WireTextTest, ClippedTextIsWholeCharactersWithinTheLimit) {
  EXPECT_EQ(clip_text("naïve", 5), "naïv");
  EXPECT_EQ(clip_text("naïve", 3), "na");
  EXPECT_EQ(clip_text("naïve", 100), "naïve");
  EXPECT_EQ(clip_text({"a\0b", 3}, 10), "a?b");
  EXPECT_EQ(clip_text("\xff\xe2\x82", 10), "???");
  EXPECT_EQ(clip_text("🖥🖥", 7), "🖥");
  EXPECT_EQ(clip_text("x", 0), "");
}

TEST(WireCheckerTest, NamesTheFieldThatCannotBeWritten) {
  const auto fault = [](const auto& message) {
    WireChecker checker;
    std::decay_t<decltype(message)>::visit(message, checker);
    return checker.fault();
  };
  EXPECT_EQ(fault(with_edge_values<ViewerHello>(Edge::kLargest)), "");
  EXPECT_EQ(fault(Notice{.text = std::string(kMaxNotice + 1, 'x')}), "field text passes its limit");
  EXPECT_EQ(fault(Notice{.text = "\xff"}), "field text is not UTF-8 text");
  EXPECT_EQ(fault(Ping{.time_us = kMaxWireInteger + 1}), "field time_us is out of range");
  EXPECT_EQ(fault(PictureCheck{.tiles = std::vector<uint32_t>(kMaxTiles + 1)}), "field tiles passes its limit");
}

}  // namespace
}  // namespace vitrine
