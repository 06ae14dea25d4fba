// Pools over a provisioner in memory: spares, limits, draining.
#include "broker/pools/pools.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "broker/identity/web_sessions.h"
#include "broker/provision/memory_provisioner.h"
#include "broker/session/session_service.h"
#include "broker/store/settings.h"
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
  Result<Opening> open_or_wait(const std::string& user, const std::string& resource = "desktop") {
    return service_.open_or_wait(users_.at(user), resource, {}, {.name = user, .address = ""}, now_);
  }
  // "2 of 3", "open", or what is said instead.
  std::string place(const std::string& user, const std::string& resource = "desktop") {
    const auto opened = open_or_wait(user, resource);
    if (!opened.ok()) return opened.error().message;
    if (opened.value().session) return "open";
    const PlaceInLine& place = opened.value().waiting->place;
    return std::to_string(place.place) + " of " + std::to_string(place.of);
  }
  void end_of(const std::string& user, const std::string& resource = "desktop") {
    const auto running = find_running_session(*store_.lease(), users_.at(user).id, resource).value();
    ASSERT_TRUE(running);
    ASSERT_TRUE(service_.end(*running, "Done.", {.name = user, .address = ""}, now_).ok());
  }
  // Somebody's browser is signed in, and was heard of now.
  void sign_in(const std::string& user) {
    ASSERT_TRUE(open_web_session(*store_.lease(), users_.at(user).id, "", {}, now_).ok());
  }
  std::vector<std::string> users_with_desktops() {
    std::vector<std::string> users;
    for (const DesktopOrder& order : provisioner_.running()) users.push_back(order.user);
    std::ranges::sort(users);
    return users;
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
      {{{"rebuild_s", 600}}, "disposable"},
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

TEST_F(PoolsTest, DesktopsArePreparedForThoseWhoHaveSignedIn) {
  set({{"kind", "persistent"}, {"spares", 2}});
  tend();
  EXPECT_TRUE(provisioner_.running().empty()) << "nobody is expected";
  sign_in("ada");
  tend();
  tend(other_);
  ASSERT_THAT(users_with_desktops(), testing::ElementsAre("ada")) << "with her home folder, and once";
  EXPECT_FALSE(provisioner_.running().front().fresh_home);
  const std::string prepared = provisioner_.running().front().id;
  sign_in("eve");
  tend();
  const Session eves = open("eve").value();
  EXPECT_NE(eves.desktop, prepared) << "another's home folder is never lent";
  EXPECT_EQ(eves.state(), DesktopLife::kAssigned) << "immediately";
  const Session adas = open("ada").value();
  EXPECT_EQ(adas.desktop, prepared);
  EXPECT_EQ(adas.state(), DesktopLife::kAssigned);
  tend();
  EXPECT_THAT(users_with_desktops(), testing::ElementsAre("ada", "eve")) << "one who has a desktop needs no other";
  EXPECT_EQ(open("bob").value().state(), DesktopLife::kProvisioning) << "unexpected, and served all the same";
}

TEST_F(PoolsTest, ADesktopThatIsStillComingIsTakenToo) {
  set({{"kind", "floating"}, {"spares", 1}});
  sign_in("ada");
  ASSERT_TRUE(service_.tend_pools(now_).ok());  // and nothing is heard of it yet
  const Session session = open("ada").value();
  EXPECT_EQ(session.state(), DesktopLife::kProvisioning);
  EXPECT_EQ(provisioner_.running().size(), 1U) << "no second one with the same home folder";
  tend();
  EXPECT_EQ(open("ada").value().state(), DesktopLife::kAssigned) << "it came up and waits for her page";
}

TEST_F(PoolsTest, WhatWasPreparedGoesWhenItsUserDoes) {
  set({{"kind", "floating"}, {"spares", 5}});
  for (const char* name : {"ada", "eve", "bob"}) sign_in(name);
  tend();
  EXPECT_EQ(users_with_desktops().size(), 3U);
  ASSERT_TRUE(close_web_sessions_of(*store_.lease(), users_["ada"].id).ok());
  tend();
  EXPECT_THAT(users_with_desktops(), testing::ElementsAre("bob", "eve")) << "ada has signed out";
  ASSERT_TRUE(revoke(*store_.lease(), "desktop", {.group = true, .subject = "everyone"}).ok());
  ASSERT_TRUE(grant(*store_.lease(), "desktop", {.group = false, .subject = "bob"}, now_).ok());
  tend();
  EXPECT_THAT(users_with_desktops(), testing::ElementsAre("bob")) << "eve may not open it any more";
  now_ += 15 * 60 + 1;
  tend();
  EXPECT_TRUE(users_with_desktops().empty()) << "bob was not heard of for long";
}

TEST_F(PoolsTest, NobodyIsTurnedAwayForADesktopThatIsOnlyPrepared) {
  set({{"kind", "floating"}, {"spares", 2}, {"max", 2}});
  sign_in("ada");
  sign_in("eve");
  tend();
  ASSERT_EQ(count().living, 2);
  EXPECT_TRUE(open("bob").ok());
  EXPECT_TRUE(open("ada").ok()) << "hers, or one in its place";
  tend();
  EXPECT_THAT(users_with_desktops(), testing::ElementsAre("ada", "bob"));
  EXPECT_THAT(open("eve").error().message, HasSubstr("2 of 2 desktops are in use"));
}

TEST_F(PoolsTest, APoolWhosePreparedDesktopsFailIsLeftAloneForAWhile) {
  set({{"kind", "floating"}, {"spares", 1}});
  sign_in("ada");
  provisioner_.refuse_next({ErrorCode::kIo, "The disk is full."});
  tend();
  EXPECT_TRUE(provisioner_.running().empty());
  now_ += 59;
  tend();
  EXPECT_TRUE(provisioner_.running().empty());
  now_ += 2;
  tend();
  EXPECT_EQ(provisioner_.running().size(), 1U);
}

TEST_F(PoolsTest, WhoeverWaitsLongestIsNext) {
  set({{"max", 1}});
  EXPECT_EQ(place("ada"), "open");
  EXPECT_EQ(place("eve"), "1 of 1");
  EXPECT_EQ(place("bob"), "2 of 2");
  EXPECT_EQ(place("eve"), "1 of 2") << "asking again keeps the place";
  EXPECT_EQ(place("ada"), "open") << "what is hers stays hers";
  const Waiting waiting = *open_or_wait("bob").value().waiting;
  EXPECT_THAT(waiting.reason, HasSubstr("1 of 1 desktops are in use"));
  EXPECT_EQ(waiting.in_use, 1);
  EXPECT_EQ(waiting.most, 1);
  end_of("ada");
  tend();
  EXPECT_EQ(place("bob"), "2 of 2") << "not before eve";
  EXPECT_THAT(open("bob").error().message, HasSubstr("1 is waiting for a desktop before you"));
  EXPECT_EQ(place("ada"), "3 of 3") << "nor she, who has just left";
  EXPECT_EQ(place("eve"), "open");
  ASSERT_TRUE(leave_line(*store_.lease(), users_["bob"].id, "desktop").ok());
  EXPECT_EQ(place("ada"), "1 of 1") << "bob gave up";
}

TEST_F(PoolsTest, WhoeverStopsAskingLosesTheirPlace) {
  set({{"max", 1}});
  ASSERT_EQ(place("ada"), "open");
  ASSERT_EQ(place("eve"), "1 of 1");
  now_ += kWaitingPatienceS;
  ASSERT_EQ(place("bob"), "2 of 2");
  end_of("ada");
  now_ += 1;
  EXPECT_EQ(place("bob"), "open") << "eve was not heard of for too long";
}

TEST_F(PoolsTest, AFullServerMakesPeopleWaitToo) {
  ASSERT_TRUE(write_setting(*store_.lease(), "max_desktops", "1").ok());
  ASSERT_EQ(place("ada", "notes"), "open");
  EXPECT_EQ(place("eve"), "1 of 1");
  EXPECT_THAT(open_or_wait("eve").value().waiting->reason, HasSubstr("All 1 desktops of this server"));
  set({{"draining", true}, {"message", "Back at noon."}});
  EXPECT_THAT(place("eve"), HasSubstr("Back at noon.")) << "no use to wait for that";
  set({{"draining", false}});
  end_of("ada", "notes");
  EXPECT_EQ(place("eve"), "open");
}

TEST_F(PoolsTest, ALineHasAnEnd) {
  set({{"max", 1}});
  ASSERT_EQ(place("ada"), "open");
  {
    const auto connection = store_.lease();
    SqlTransaction transaction = SqlTransaction::begin(*connection).take();
    for (int64_t i = 0; i < kMostWaiting; ++i) {
      const std::string id = "waiter" + std::to_string(i);
      ASSERT_TRUE(broker::add_user(*connection, User{.id = id, .name = id, .display_name = id}).ok());
      ASSERT_TRUE(stand_in_line(*connection, {.pool = "desktop", .user_id = id, .resource = "desktop"}, now_).ok());
    }
    ASSERT_TRUE(transaction.commit().ok());
  }
  EXPECT_THAT(place("eve"), HasSubstr("200 people are waiting already"));
}

TEST_F(PoolsTest, WhatAnotherBrokerBeganHasTheScreenThatWasWanted) {
  const auto connection = store_.lease();
  ASSERT_TRUE(insert_desktop(*connection, {.id = "theirs",
                                           .pool = "desktop",
                                           .resource = "desktop",
                                           .provisioner = "local",
                                           .life = DesktopLife::kProvisioning,
                                           .created_s = now_,
                                           .changed_s = now_,
                                           .lease_owner = "dead",
                                           .lease_until_s = now_ - 1,
                                           .wanted = R"({"width":1600,"height":900,"scale_percent":150})"})
                  .ok());
  ASSERT_TRUE(insert_session(*connection, {.id = "session",
                                           .user_id = users_["ada"].id,
                                           .user = "ada",
                                           .resource = "desktop",
                                           .name = "Desktop",
                                           .desktop = "theirs",
                                           .started_s = now_})
                  .ok());
  ASSERT_TRUE(service_.reconcile(now_).ok());
  ASSERT_EQ(provisioner_.running().size(), 1U);
  const DesktopOrder order = provisioner_.running().front();
  EXPECT_EQ(order.width, 1600);
  EXPECT_EQ(order.height, 900);
  EXPECT_EQ(order.scale_percent, 150);
}

}  // namespace
}  // namespace vitrine::broker
