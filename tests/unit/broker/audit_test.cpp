// The audit log against whoever can write to the database: edits, gaps, another order, a cut end, a false beginning.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "broker/provision/files.h"
#include "broker/store/audit_keeper.h"
#include "broker/store/settings.h"
#include "tests/unit/broker/fixture.h"

namespace vitrine::broker {
namespace {

using testing::HasSubstr;

constexpr int64_t kDayS = 24 * 3600;

class AuditKeeperTest : public testing::Test {
 protected:
  // One row a day.
  void fill(int count) {
    for (int i = 0; i < count; ++i) {
      const AuditEntry entry{"ada", "::1", i % 2 == 0 ? "login" : "session.open", "ada/notes/" + std::to_string(i),
                             "ok",  ""};
      ASSERT_TRUE(append_audit_alone(*store_.lease(), entry, ++day_ * kDayS).ok());
    }
  }
  void run(const std::string& sql) {
    const auto done = store_.lease()->run(sql, {});
    ASSERT_TRUE(done.ok()) << done.error().message;
  }
  std::string fault(const std::optional<AuditPlace>& expected = {}) {
    const auto checked = keeper_.verify(expected);
    return checked.ok() ? "" : checked.error().message;
  }
  void keep_days(int64_t days) {
    ASSERT_TRUE(write_setting(*store_.lease(), "audit_retention_days", std::to_string(days)).ok());
  }

  TestStore store_;
  TicketSigner signer_ = TicketSigner::generate().take();
  std::string file_ = store_.folder.path + "/audit.newest";
  AuditKeeper keeper_{store_.database, signer_, file_};
  int64_t day_ = 0;
};

TEST_F(AuditKeeperTest, ALogAsItWasWrittenHolds) {
  EXPECT_EQ(fault(), "");
  ASSERT_TRUE(keeper_.checkpoint().ok());
  fill(1100);
  ASSERT_TRUE(keeper_.checkpoint().ok());
  EXPECT_EQ(keeper_.verify({}).value().number, 1100);
}

TEST_F(AuditKeeperTest, EveryKindOfTamperingIsFound) {
  for (const auto& [change, said] : std::vector<std::pair<std::string, std::string>>{
           {"UPDATE audit SET actor = 'eve' WHERE number = 3", "row 3 was changed"},
           {"UPDATE audit SET hash = 'ff' WHERE number = 3", "row 3 was changed"},
           {"UPDATE audit SET time_s = time_s + 1 WHERE number = 7", "row 7 was changed"},
           {"DELETE FROM audit WHERE number = 4", "row 4 is missing"},
           {"DELETE FROM audit WHERE number = 1", "row 1 is missing"},
           {"UPDATE audit SET number = CASE number WHEN 2 THEN -3 ELSE -2 END WHERE number IN (2, 3)", "missing"},
           {"DELETE FROM audit WHERE number > 5", "its end was cut off"},
           {"DELETE FROM audit", "its end was cut off"},
           {"INSERT INTO audit_anchor(id, number, hash, signature) SELECT 1, number, hash, 'x' FROM audit WHERE number "
            "= 5",
            "did not remove"}}) {
    TestStore fresh;
    AuditKeeper keeper(fresh.database, signer_, fresh.folder.path + "/newest");
    for (int i = 1; i <= 8; ++i) {
      ASSERT_TRUE(append_audit_alone(*fresh.lease(), {"ada", "::1", "login", std::to_string(i), "ok", ""}, i).ok());
    }
    ASSERT_TRUE(keeper.checkpoint().ok());
    const auto changed = fresh.lease()->run(change, {});
    ASSERT_TRUE(changed.ok()) << changed.error().message;
    if (change.starts_with("UPDATE audit SET number")) {
      ASSERT_TRUE(fresh.lease()->run("UPDATE audit SET number = -number WHERE number < 0", {}).ok());
      EXPECT_THAT(keeper.verify({}).error().message, HasSubstr("row 2 was changed after it was written, or stands in"));
      continue;
    }
    const auto checked = keeper.verify({});
    ASSERT_FALSE(checked.ok()) << change;
    EXPECT_THAT(checked.error().message, HasSubstr(said)) << change;
  }
}

TEST_F(AuditKeeperTest, ALogMadeAnewIsFoundByTheSignedPlace) {
  fill(5);
  ASSERT_TRUE(keeper_.checkpoint().ok());
  run("DELETE FROM audit");
  day_ = 0;
  fill(4);  // equal rows make equal hashes
  ASSERT_TRUE(append_audit_alone(*store_.lease(), {"ada", "::1", "login", "invented", "ok", ""}, 1).ok());
  EXPECT_THAT(fault(), HasSubstr("row 5 is another than it was"));
  ASSERT_TRUE(write_file(file_, R"({"number":1,"hash":"00","signature":"AAAA"})", 0600).ok());
  EXPECT_THAT(fault(), HasSubstr("not written with this Vitrine's key"));
}

TEST_F(AuditKeeperTest, TheSignedPlaceNeverGoesBack) {
  fill(5);
  ASSERT_TRUE(keeper_.checkpoint().ok());
  const std::string before = read_file(file_).take();
  run("DELETE FROM audit WHERE number = 5");
  EXPECT_THAT(keeper_.checkpoint().error().message, HasSubstr("cut off"));
  EXPECT_EQ(read_file(file_).value(), before);
}

TEST_F(AuditKeeperTest, APlaceThatSomebodyNotedDownIsCompared) {
  fill(5);
  const AuditPlace noted = keeper_.verify({}).take();
  fill(2);
  EXPECT_EQ(fault(noted), "");
  EXPECT_THAT(fault(AuditPlace{5, "00"}), HasSubstr("row 5 is another"));
  EXPECT_THAT(fault(AuditPlace{50, "00"}), HasSubstr("cut off"));
}

TEST_F(AuditKeeperTest, OldRowsGoBehindASignedAnchorAndTheChainStaysWhole) {
  fill(10);
  ASSERT_TRUE(keeper_.checkpoint().ok());
  EXPECT_EQ(keeper_.trim(11 * kDayS).value(), 0) << "without a retention everything is kept";
  keep_days(4);
  EXPECT_EQ(keeper_.trim(11 * kDayS).value(), 6) << "days 1 to 6";
  ASSERT_TRUE(keeper_.checkpoint().ok());
  EXPECT_EQ(fault(), "");
  EXPECT_EQ(keeper_.verify({}).value().number, 11) << "the trim is a row itself";
  fill(3);
  EXPECT_EQ(fault(), "");
  run("DELETE FROM audit WHERE number = 7");
  EXPECT_THAT(fault(), HasSubstr("row 7 is missing"));
  run("UPDATE audit_anchor SET number = 7, hash = 'aa'");
  EXPECT_THAT(fault(), HasSubstr("did not remove"));
}

TEST_F(AuditKeeperTest, ALogWhoseRowsAreAllTooOldGoesOn) {
  fill(3);
  keep_days(1);
  EXPECT_EQ(keeper_.trim(100 * kDayS).value(), 3);
  EXPECT_EQ(keeper_.verify({}).value().number, 4);
  day_ = 100;
  fill(1);
  EXPECT_EQ(keeper_.verify({}).value().number, 5);
  EXPECT_EQ(fault(), "");
}

TEST_F(AuditKeeperTest, RowsAreFoundByPageAndFilter) {
  fill(10);
  const auto numbers = [&](const AuditQuery& query) {
    std::vector<int64_t> found;
    for (const AuditRecord& one : find_audit(*store_.lease(), query).take()) found.push_back(one.number);
    return found;
  };
  using testing::ElementsAre;
  EXPECT_THAT(numbers({.limit = 3}), ElementsAre(10, 9, 8));
  EXPECT_THAT(numbers({.before = 8, .limit = 2}), ElementsAre(7, 6));
  EXPECT_THAT(numbers({.after = 7}), ElementsAre(8, 9, 10));
  EXPECT_THAT(numbers({.after = 0, .since_s = 3 * kDayS, .until_s = 5 * kDayS}), ElementsAre(3, 4));
  EXPECT_THAT(numbers({.after = 0, .action = "session.", .limit = 2}), ElementsAre(2, 4));
  EXPECT_THAT(numbers({.after = 0, .target = "ada/", .limit = 2}), ElementsAre(1, 2));
  EXPECT_THAT(numbers({.target = "ada/notes/4"}), ElementsAre(5));
  EXPECT_THAT(numbers({.actor = "' OR 1=1 --"}), testing::IsEmpty());
  EXPECT_THAT(numbers({.action = "%."}), testing::IsEmpty()) << "no wildcards";
}

}  // namespace
}  // namespace vitrine::broker
