#include "bench/link/link_script.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace vitrine {
namespace {

using testing::HasSubstr;

std::string error_of(std::string_view text) {
  const auto script = parse_link_script(text);
  return script.ok() ? "" : script.error().message;
}

TEST(LinkScript, ReadsEveryWord) {
  const auto script = parse_link_script(
                          "# a phone in a lift\r\n"
                          "\n"
                          "0s rate=20mbit delay=25ms jitter=1.5ms queue=32kib  # start\n"
                          "5s down=2mbit up=unlimited\n"
                          "8s stall=3s\n")
                          .take();
  ASSERT_EQ(script.size(), 4U);
  EXPECT_EQ(script[0].down_bps, 20'000'000U);
  EXPECT_EQ(script[0].up_bps, 20'000'000U);
  EXPECT_EQ(script[0].delay, 25'000);
  EXPECT_EQ(script[0].jitter, 1'500);
  EXPECT_EQ(script[0].queue_bytes, 32'768U);
  EXPECT_EQ(script[1].down_bps, 2'000'000U);
  EXPECT_EQ(script[1].up_bps, 0U);
  EXPECT_EQ(script[2].stalled, true);
  EXPECT_EQ(script[3].at, 11 * kSecond);
  EXPECT_EQ(script[3].stalled, false);
}

TEST(LinkScript, PutsChangesInOrderOfTime) {
  const auto script = parse_link_script("9s rate=1mbit\n1s stall=20s\n3s cut").take();
  ASSERT_EQ(script.size(), 4U);
  EXPECT_EQ(script[0].at, 1 * kSecond);
  EXPECT_TRUE(script[1].reset);
  EXPECT_EQ(script[3].at, 21 * kSecond);
}

TEST(LinkScript, NamesTheLineAndTheWordItCannotRead) {
  EXPECT_THAT(error_of("0s rate=5mbit\n1s rate=fast"), HasSubstr("line 2: 'fast'"));
  EXPECT_THAT(error_of("0s speed=5"), HasSubstr("'speed=5' is none of rate="));
  EXPECT_THAT(error_of("soon cut"), HasSubstr("'soon' is not a time"));
  EXPECT_THAT(error_of("0s rate=0mbit"), HasSubstr("stall"));
  EXPECT_THAT(error_of("0s queue=100"), HasSubstr("1448"));
  EXPECT_THAT(error_of("0s stall"), HasSubstr("not a time"));
}

TEST(LinkScript, RefusesNumbersThatAreNone) {
  for (const char* text : {"-1s", "1e9s", "nans", "infs", "99999999s", "", "s", "5 s"}) {
    EXPECT_FALSE(parse_duration(text).ok()) << text;
  }
  EXPECT_FALSE(parse_rate("200gbit").ok());
  EXPECT_FALSE(parse_size("2000mib").ok());
  EXPECT_EQ(parse_rate("2.5mbit").take(), 2'500'000U);
}

}  // namespace
}  // namespace vitrine
