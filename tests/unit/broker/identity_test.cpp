#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <set>

#include "broker/identity/sign_in.h"
#include "broker/identity/web_sessions.h"
#include "broker/store/audit.h"
#include "tests/unit/broker/fixture.h"

namespace vitrine::broker {
namespace {

TEST(PasswordTest, AHashVerifiesItsPasswordOnly) {
  PasswordHasher hasher(kCheap);
  const std::string phc = hasher.hash("correct horse battery").take();
  EXPECT_TRUE(phc.starts_with("$argon2id$v=19$m=8,t=1,p=1$")) << phc;
  EXPECT_TRUE(hasher.verify("correct horse battery", phc));
  EXPECT_FALSE(hasher.verify("correct horse batterz", phc));
  EXPECT_FALSE(hasher.verify("", phc));
  EXPECT_FALSE(hasher.verify("correct horse battery", "no hash at all"));
  EXPECT_NE(phc, hasher.hash("correct horse battery").value()) << "the salt is not random";
}

TEST(PasswordTest, RulesRefuseWhatIsEasilyGuessed) {
  EXPECT_FALSE(check_password_rules("ada", "short").ok());
  EXPECT_FALSE(check_password_rules("ada-lovelace", "Ada-Lovelace").ok());
  EXPECT_FALSE(check_password_rules("ada", "aaaaaaaaaaaaaa").ok());
  EXPECT_FALSE(check_password_rules("ada", std::string(257, 'a') + "b").ok());
  EXPECT_FALSE(check_password_rules("ada", "äöüäöü").ok()) << "characters count, not bytes";
  EXPECT_TRUE(check_password_rules("ada", "äöüäöüäöüä").ok());
  EXPECT_TRUE(check_password_rules("ada", "correct horse battery").ok());
  EXPECT_TRUE(check_password_rules("ada", random_password()).ok());
}

TEST(PasswordTest, AHashOfALowerCostIsMadeAnewAtSignIn) {
  TestStore store;
  store.add_user("ada", "correct horse battery");
  PasswordHasher dearer({.memory_kib = 16, .passes = 2});
  PasswordSignIn sign_in(store.database, dearer);
  ASSERT_TRUE(sign_in.sign_in("ada", "correct horse battery", "::1", 10).value().user.has_value());
  const std::string phc = find_user(*store.lease(), "ada").value()->password;
  EXPECT_TRUE(phc.starts_with("$argon2id$v=19$m=16,t=2,p=1$")) << phc;
  EXPECT_TRUE(sign_in.sign_in("ada", "correct horse battery", "::1", 11).value().user.has_value());
}

TEST(SignInTest, NamesAreMatchedInLowerCase) {
  TestStore store;
  store.add_user("ada", "correct horse battery");
  PasswordSignIn sign_in(store.database, store.hasher);
  EXPECT_TRUE(sign_in.sign_in("ADA", "correct horse battery", "::1", 10).value().user.has_value());
  EXPECT_FALSE(sign_in.sign_in("ada' OR '1'='1", "correct horse battery", "::1", 10).value().user.has_value());
}

TEST(SignInTest, AnUnknownNameTakesAsLongAsAWrongPassword) {
  TestStore store;
  PasswordHasher hasher({.memory_kib = 4096, .passes = 2});
  store.add_user("ada", "correct horse battery");
  ASSERT_TRUE(set_password(*store.lease(), find_user(*store.lease(), "ada").value()->id,
                           hasher.hash("correct horse battery").value())
                  .ok());
  PasswordSignIn sign_in(store.database, hasher);
  // The quickest of several tries, in turn: noise of the machine only ever adds.
  const auto quickest = [&](const std::string& name) {
    auto best = std::chrono::steady_clock::duration::max();
    for (int i = 0; i < 10; ++i) {
      const auto start = std::chrono::steady_clock::now();
      EXPECT_FALSE(
          sign_in.sign_in(name, "wrong password", "a" + name + std::to_string(i), 10).value().user.has_value());
      best = std::min(best, std::chrono::steady_clock::now() - start);
    }
    return std::chrono::duration<double>(best).count();
  };
  const double known = quickest("ada");
  const double unknown = quickest("eve");
  // Without the hash of nobody, the unknown name would be a hundred times quicker.
  EXPECT_GT(unknown, known / 3);
  EXPECT_LT(unknown, known * 3);
}

TEST(SignInTest, EveryRefusalCostsTheSameHash) {
  TestStore store;
  store.add_user("ada", "correct horse battery");
  User gone = store.add_user("gone", "correct horse battery");
  ASSERT_TRUE(store.lease()->run("UPDATE users SET disabled = 1 WHERE id = $1", {gone.id}).ok());
  const User without = store.add_user("elsewhere", "correct horse battery");
  ASSERT_TRUE(set_password(*store.lease(), without.id, "").ok());
  PasswordSignIn sign_in(store.database, store.hasher);
  for (const auto& [name, password] : {std::pair{"ada", "wrong password"},
                                       {"eve", "wrong password"},
                                       {"gone", "correct horse battery"},
                                       {"elsewhere", "correct horse battery"},
                                       {"elsewhere", ""},
                                       {"ada' --", "wrong password"}}) {
    const uint64_t before = store.hasher.computed();
    EXPECT_FALSE(sign_in.sign_in(name, password, std::string("a") + name, 10).value().user.has_value()) << name;
    EXPECT_EQ(store.hasher.computed() - before, 1U) << name;
  }
  const std::string endless(100'000, 'a');
  const uint64_t before = store.hasher.computed();
  EXPECT_FALSE(sign_in.sign_in("ada", endless, "::9", 10).value().user.has_value());
  EXPECT_EQ(store.hasher.computed() - before, 1U);
}

TEST(SignInTest, GuessingIsSlowedDownAlikeForKnownAndUnknownNames) {
  TestStore store;
  store.add_user("ada", "correct horse battery");
  PasswordSignIn sign_in(store.database, store.hasher);
  for (const std::string name : {"ada", "eve"}) {
    std::vector<int64_t> waits;
    for (int i = 0; i < 8; ++i)
      waits.push_back(sign_in.sign_in(name, "wrong password", "10.0.0." + name, 10).value().wait_s);
    EXPECT_THAT(waits, testing::ElementsAre(0, 0, 0, 0, 0, 1, 1, 1)) << name;
  }
  // Even the right password waits; from elsewhere it does not.
  EXPECT_EQ(sign_in.sign_in("ada", "correct horse battery", "10.0.0.ada", 10).value().wait_s, 1);
  EXPECT_TRUE(sign_in.sign_in("ada", "correct horse battery", "10.0.0.7", 10).value().user.has_value());
  EXPECT_TRUE(sign_in.sign_in("ada", "correct horse battery", "10.0.0.ada", 11).value().user.has_value());
}

TEST(LoginThrottleTest, WaitsDoubleUpToALimitAndAreForgotten) {
  LoginThrottle throttle;
  int64_t now = 1000;
  std::vector<int64_t> waits;
  for (int i = 0; i < 16; ++i) {
    throttle.failed("ada", "::1", now);
    waits.push_back(throttle.wait_s("ada", "::1", now));
    now += waits.back();
  }
  EXPECT_THAT(waits, testing::ElementsAre(0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300));
  EXPECT_EQ(throttle.wait_s("ada", "::1", now + 1), 0);
  throttle.failed("ada", "::1", now + 2000);
  EXPECT_EQ(throttle.wait_s("ada", "::1", now + 2000), 0) << "a quarter of an hour later it starts over";
}

TEST(LoginThrottleTest, OneAddressCannotGoThroughManyNames) {
  LoginThrottle throttle;
  for (int i = 0; i < 30; ++i) throttle.failed("user" + std::to_string(i), "::1", 10);
  EXPECT_GT(throttle.wait_s("another", "::1", 10), 0);
  EXPECT_EQ(throttle.wait_s("another", "::2", 10), 0);
}

TEST(LoginThrottleTest, StrangersCannotLockAUserOutForLong) {
  LoginThrottle throttle;
  for (int i = 0; i < 500; ++i) throttle.failed("ada", "10.0.0." + std::to_string(i), 10);
  EXPECT_LE(throttle.wait_s("ada", "192.168.1.1", 10), 30);
}

TEST(LoginThrottleTest, AFloodOfNamesTakesBoundedMemory) {
  LoginThrottle throttle;
  for (int i = 0; i < 150'000; ++i) throttle.failed(std::to_string(i), std::to_string(i), 10);
  EXPECT_LE(throttle.entries(), 100'003U);
}

TEST(WebSessionTest, OnlyTheHashIsKept) {
  TestStore store;
  const User ada = store.add_user("ada", "correct horse battery");
  const std::string token = open_web_session(*store.lease(), ada.id, "", {}, 100).value();
  EXPECT_EQ(token.size(), 43U);
  const auto rows = store.lease()->run("SELECT token_hash FROM web_sessions", {}).value().rows;
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_NE(rows[0].text(0), token);
  EXPECT_EQ(find_web_session(*store.lease(), token, 101).value()->user.name, "ada");
  EXPECT_FALSE(find_web_session(*store.lease(), rows[0].text(0), 101).value().has_value());
  EXPECT_FALSE(find_web_session(*store.lease(), "", 101).value().has_value());
  EXPECT_FALSE(find_web_session(*store.lease(), std::string(1000, 'a'), 101).value().has_value());
}

TEST(WebSessionTest, EndsWhenIdleAndAfterADay) {
  TestStore store;
  const User ada = store.add_user("ada", "correct horse battery");
  const std::string idle = open_web_session(*store.lease(), ada.id, "", {}, 0).value();
  EXPECT_TRUE(find_web_session(*store.lease(), idle, kWebSessionIdleS - 100).value().has_value());
  EXPECT_TRUE(find_web_session(*store.lease(), idle, 2 * kWebSessionIdleS - 200).value().has_value())
      << "use prolongs it";
  EXPECT_FALSE(find_web_session(*store.lease(), idle, 3 * kWebSessionIdleS - 200).value().has_value());

  const std::string busy = open_web_session(*store.lease(), ada.id, "", {}, 0).value();
  for (int64_t now = 0; now < kWebSessionLongestS; now += 3600) {
    EXPECT_TRUE(find_web_session(*store.lease(), busy, now).value().has_value()) << now;
  }
  EXPECT_FALSE(find_web_session(*store.lease(), busy, kWebSessionLongestS).value().has_value());
  ASSERT_TRUE(remove_expired_web_sessions(*store.lease(), kWebSessionLongestS).ok());
  EXPECT_EQ(store.lease()->run("SELECT COUNT(*) FROM web_sessions", {}).value().rows[0].integer(0), 0);
}

TEST(WebSessionTest, ARemovedUserIsOut) {
  TestStore store;
  const User ada = store.add_user("ada", "correct horse battery");
  const std::string token = open_web_session(*store.lease(), ada.id, "", {}, 100).value();
  ASSERT_TRUE(remove_user(*store.lease(), ada).ok());
  EXPECT_FALSE(find_web_session(*store.lease(), token, 101).value().has_value());
}

TEST(NameTest, NamesAreSafeAsFolders) {
  for (const char* good : {"ada", "a", "ada.lovelace", "ada@example.org", "4711", "a_b-c+d"}) {
    EXPECT_TRUE(check_name("user", good).ok()) << good;
  }
  for (const char* bad : {"", ".", "..", "../x", "a/b", "-rf", ".hidden", "Ada", "a b", "a\nb", "ä", "@a"}) {
    EXPECT_FALSE(check_name("user", bad).ok()) << bad;
  }
  EXPECT_FALSE(check_name("user", std::string(65, 'a')).ok());
}

TEST(SecretsTest, IdentifiersAreShortAndDiffer) {
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) seen.insert(random_id());
  EXPECT_EQ(seen.size(), 1000U);
  EXPECT_EQ(seen.begin()->size(), 16U);
  EXPECT_EQ(sha256_hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_TRUE(constant_time_equal("abc", "abc"));
  EXPECT_FALSE(constant_time_equal("abc", "abd"));
  EXPECT_FALSE(constant_time_equal("abc", "ab"));
}

TEST(AuditTest, TheChainShowsEveryEditAndGap) {
  TestStore store;
  const auto fill = [&] {
    for (int i = 0; i < 5; ++i) {
      ASSERT_TRUE(
          append_audit_alone(*store.lease(), {"ada", "::1", "login", std::to_string(i), "ok", ""}, 100 + i).ok());
    }
  };
  fill();
  EXPECT_EQ(verify_audit(*store.lease()).value().number, 5);
  for (const char* change :
       {"UPDATE audit SET actor = 'eve' WHERE number = 2", "UPDATE audit SET time_s = 1 WHERE number = 5",
        "DELETE FROM audit WHERE number = 3", "DELETE FROM audit WHERE number = 1"}) {
    ASSERT_TRUE(store.lease()->run("DELETE FROM audit", {}).ok());
    fill();
    ASSERT_TRUE(store.lease()->run(change, {}).ok());
    EXPECT_FALSE(verify_audit(*store.lease()).ok()) << change;
  }
}

}  // namespace
}  // namespace vitrine::broker
