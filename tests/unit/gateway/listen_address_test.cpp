#include "gateway/listen_address.h"

#include <gtest/gtest.h>

namespace vitrine {
namespace {

TEST(ListenAddressTest, ReadsAddressesAsPeopleWriteThem) {
  EXPECT_EQ(parse_listen_address("127.0.0.1:9000").value().text(), "127.0.0.1:9000");
  EXPECT_EQ(parse_listen_address("0.0.0.0").value().text(), "0.0.0.0:8443");
  EXPECT_EQ(parse_listen_address("localhost:443").value().text(), "127.0.0.1:443");
  EXPECT_EQ(parse_listen_address("[::1]:9000").value().text(), "[::1]:9000");
  EXPECT_EQ(parse_listen_address("::1").value().text(), "[::1]:8443");
  EXPECT_EQ(parse_listen_address("[::]").value().text(), "[::]:8443");
  EXPECT_TRUE(parse_listen_address("127.5.0.1:1").value().loopback());
  EXPECT_FALSE(parse_listen_address("0.0.0.0:1").value().loopback());
  EXPECT_TRUE(parse_listen_address("[::]:1").value().any());
}

TEST(ListenAddressTest, RefusesOthersWithWhatIsAllowed) {
  for (const char* text : {"", ":", ":80", "127.0.0.1:", "127.0.0.1:x", "127.0.0.1:70000", "127.0.0.1:-1", "host:80",
                           "[::1", "[::1]80", "1.2.3:80", "127.0.0.1:80 "}) {
    const auto result = parse_listen_address(text);
    ASSERT_FALSE(result.ok()) << text;
    EXPECT_NE(result.error().message.find("ADDRESS:PORT"), std::string::npos);
  }
}

}  // namespace
}  // namespace vitrine
