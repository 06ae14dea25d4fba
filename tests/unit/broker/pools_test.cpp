// Pools over a provisioner in memory: spares, limits, draining.
#include "broker/pools/pools.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "broker/provision/memory_provisioner.h"
#include "broker/session/session_service.h"
#include "tests/unit/broker/fixture.h"

namespace vitrine::broker {
namespace {

using testing::HasSubstr;

class PoolsTest : public testing::Test {
 protected:
  PoolsTest() {
    store_.add_catalogue({"notes"});
    for (const char* resource : {"desktop", "notes"}) {
      EXPECT_TRUE(grant(*store_.lease(), resource, {.group = true, .subject = "everyone"}, 1).ok());
    }
    for (const char* name : {"ada", "eve", "bob"}) users_[name] = store_.add_user(name, "correct horse battery");
  }
  void set(const Json& changes) {
    const PoolSettings pool = find_pool(*store_.lease(), "desktop").value().value();
    const auto changed = change_pool(pool, changes);
    ASSERT_TRUE(changed.ok()) << changed.error().message;
    ASSERT_TRUE(save_pool(*store_.lease(), changed.value()).ok());
  }
  Result<Session> open(const std::string& user, const std::string& resource = "desktop") {
    return service_.open(users_.at(user), resource, {}, {.name = user, .address = ""}, now_);
  }
  void tend(SessionService& service) {
    EXPECT_TRUE(service.tend_pools(now_).ok());
    while (const auto report = provisioner_.next_report(0)) EXPECT_TRUE(service.take_report(*report, now_).ok());
  }
  void tend() { tend(service_); }
  PoolCount count() { return count_pool(*store_.lease(), "desktop").value(); }

  TestStore store_;
  MemoryProvisioner provisioner_;
  TicketSigner signer_ = TicketSigner::generate().take();
  SessionService::CheckInstalled check_ = [](const Resource&) { return Result<void>(); };
  SessionService service_{store_.database, provisioner_, signer_, check_, "first"};
  SessionService other_{store_.database, provisioner_, signer_, check_, "second"};
  std::map<std::string, User> users_;
  int64_t now_ = 1'000'000;
};

TEST_F(PoolsTest, SparesAreUpBeforeAnybodyAsksAndEachIsLentOnce) {
  set({{"kind", "disposable"}, {"spares", 2}, {"template", "/srv/lab"}});
  tend();
  tend(other_);
  EXPECT_EQ(count().ready, 2) << "two brokers make no more than one does";
  for (const DesktopOrder& order : provisioner_.running()) {
    EXPECT_TRUE(order.fresh_home);
    EXPECT_EQ(order.home_template, "/srv/lab");
  }
  std::set<std::string> lent;
  for (const char* user : {"ada", "eve"}) {
    const Session session = open(user).value();
    EXPECT_EQ(session.state(), DesktopLife::kAssigned) << "immediately";
    EXPECT_TRUE(lent.insert(session.desktop).second);
  }
  EXPECT_EQ(open("bob").value().state(), DesktopLife::kProvisioning) << "none is left; one is made";
  tend();
  EXPECT_EQ(count().ready, 2) << "they are replaced";
  EXPECT_TRUE(lent.contains(open("ada").value().desktop)) << "hers is still hers";
}

TEST_F(PoolsTest, ADesktopThatWasUsedIsNeverASpareAgain) {
  set({{"kind", "disposable"}, {"spares", 1}});
  tend();
  const Session session = open("ada").value();
  ASSERT_TRUE(service_.end(session, "Done.", {.name = "ada", .address = ""}, now_).ok());
  tend();
  tend();
  EXPECT_NE(open("eve").value().desktop, session.desktop);
  EXPECT_EQ(find_desktop(*store_.lease(), session.desktop).value()->life, DesktopLife::kEnded);
}

TEST_F(PoolsTest, AFullPoolSaysHowFullItIs) {
  set({{"max", 2}});
  ASSERT_TRUE(open("ada").ok());
  ASSERT_TRUE(open("eve", "notes").ok()) << "apps on the pool count too";
  const auto refused = open("bob");
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, ErrorCode::kExhausted);
  EXPECT_THAT(refused.error().message, HasSubstr("2 of 2 desktops are in use"));
  EXPECT_TRUE(open("ada").ok()) << "what is hers stays hers";
  EXPECT_EQ(pool_sentence(find_pool(*store_.lease(), "desktop").value().value(), count()), "2 of 2 in use");
}

TEST_F(PoolsTest, ADrainingPoolTakesNobodyNewAndKeepsNoSpares) {
  set({{"kind", "disposable"}, {"spares", 1}});
  tend();
  const Session session = open("ada").value();
  tend();
  set({{"draining", true}, {"message", "Back at noon."}});
  tend();
  EXPECT_EQ(count().ready, 0);
  EXPECT_THAT(open("eve").error().message, HasSubstr("Back at noon."));
  EXPECT_EQ(open("ada").value().id, session.id) << "a running session goes on";
  set({{"draining", false}});
  EXPECT_TRUE(open("eve").ok());
}

TEST_F(PoolsTest, SparesAreMadeAnewOnSchedule) {
  set({{"kind", "disposable"}, {"spares", 1}, {"rebuild_s", 3600}});
  tend();
  const std::string first = provisioner_.running().front().id;
  now_ += 3600;
  tend();
  EXPECT_EQ(provisioner_.running().front().id, first);
  now_ += 1;
  tend();
  tend();
  ASSERT_EQ(provisioner_.running().size(), 1U);
  EXPECT_NE(provisioner_.running().front().id, first);
}

TEST_F(PoolsTest, SettingsThatWouldMeanNothingAreRefused) {
  const PoolSettings pool = find_pool(*store_.lease(), "desktop").value().value();
  const std::pair<Json, const char*> wrong[] = {
      {{{"kind", "eternal"}}, "persistent, floating or disposable"},
      {{{"spares", 2}}, "disposable"},
      {{{"kind", "floating"}, {"template", "/x"}}, "disposable"},
      {{{"kind", "disposable"}, {"spares", 5}, {"max", 4}}, "do not fit"},
      {{{"kind", "disposable"}, {"template", "x"}}, "full path"},
      {{{"kind", "disposable"}, {"rebuild_s", 5}}, "60 seconds"},
      {{{"max", -1}}, "from 0"},
      {{{"max", "many"}}, "from 0"},
      {{{"message", std::string(501, 'x')}}, "at most 500"},
  };
  for (const auto& [changes, said] : wrong) {
    const auto changed = change_pool(pool, changes);
    ASSERT_FALSE(changed.ok()) << changes.dump();
    EXPECT_THAT(changed.error().message, HasSubstr(said));
  }
}

}  // namespace
}  // namespace vitrine::broker
