#include "gateway/pairing.h"

#include <gtest/gtest.h>

namespace vitrine {
namespace {

using Pair = Pairing::Pair;

class PairingTest : public testing::Test {
 protected:
  Pairing pairing_{{.viewers_per_desktop = 3, .idle_agent_links = 2}};
};

TEST_F(PairingTest, GivesTheViewerThatWaitsLongestTheNewestIdleLink) {
  ASSERT_TRUE(pairing_.add_viewer(1, "a").ok());
  ASSERT_TRUE(pairing_.add_viewer(2, "a").ok());
  EXPECT_EQ(pairing_.take_pair("a"), std::nullopt);
  EXPECT_EQ(pairing_.add_agent(10, "a"), std::nullopt);
  EXPECT_EQ(pairing_.add_agent(11, "a"), std::nullopt);
  EXPECT_EQ(pairing_.take_pair("a"), (Pair{1, 11}));
  EXPECT_EQ(pairing_.take_pair("a"), (Pair{2, 10}));
  EXPECT_EQ(pairing_.take_pair("a"), std::nullopt);
  EXPECT_EQ(pairing_.peer(1), 11);
  EXPECT_EQ(pairing_.peer(10), 2);
}

TEST_F(PairingTest, KeepsDesktopsApart) {
  ASSERT_TRUE(pairing_.add_viewer(1, "a").ok());
  pairing_.add_agent(10, "b");
  EXPECT_EQ(pairing_.take_pair("a"), std::nullopt);
  EXPECT_EQ(pairing_.take_pair("b"), std::nullopt);
}

TEST_F(PairingTest, ALostAgentPutsItsViewerInFrontOfTheOthers) {
  ASSERT_TRUE(pairing_.add_viewer(1, "a").ok());
  pairing_.add_agent(10, "a");
  pairing_.take_pair("a");
  ASSERT_TRUE(pairing_.add_viewer(2, "a").ok());
  EXPECT_EQ(pairing_.remove(10).waiting_viewer, 1);
  pairing_.add_agent(11, "a");
  EXPECT_EQ(pairing_.take_pair("a"), (Pair{1, 11}));
}

TEST_F(PairingTest, ALostViewerLeavesItsAgentOver) {
  ASSERT_TRUE(pairing_.add_viewer(1, "a").ok());
  pairing_.add_agent(10, "a");
  pairing_.take_pair("a");
  EXPECT_EQ(pairing_.remove(1).left_over_agent, 10);
  EXPECT_EQ(pairing_.peer(10), std::nullopt);
  EXPECT_EQ(pairing_.desktops(), 0);
}

TEST_F(PairingTest, CountsWaitingAndPairedViewersAgainstTheLimit) {
  ASSERT_TRUE(pairing_.add_viewer(1, "a").ok());
  pairing_.add_agent(10, "a");
  pairing_.take_pair("a");
  ASSERT_TRUE(pairing_.add_viewer(2, "a").ok());
  ASSERT_TRUE(pairing_.add_viewer(3, "a").ok());
  EXPECT_EQ(pairing_.add_viewer(4, "a").error().code, ErrorCode::kExhausted);
  EXPECT_TRUE(pairing_.add_viewer(4, "b").ok());
  pairing_.remove(2);
  EXPECT_TRUE(pairing_.add_viewer(5, "a").ok());
}

TEST_F(PairingTest, ANewIdleLinkReplacesTheOldestOverTheLimit) {
  pairing_.add_agent(10, "a");
  pairing_.add_agent(11, "a");
  EXPECT_EQ(pairing_.add_agent(12, "a"), 10);
  EXPECT_EQ(pairing_.idle_agents("a"), 2);
  EXPECT_EQ(pairing_.remove(10).waiting_viewer, std::nullopt);
}

TEST_F(PairingTest, ForgetsDesktopsNobodyIsAt) {
  ASSERT_TRUE(pairing_.add_viewer(1, "a").ok());
  pairing_.add_agent(10, "b");
  pairing_.remove(1);
  pairing_.remove(10);
  pairing_.remove(99);
  EXPECT_EQ(pairing_.desktops(), 0);
}

}  // namespace
}  // namespace vitrine
