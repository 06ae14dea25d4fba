// Users of a real directory: found by what they type, checked by their password, with their groups, over TLS.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "broker/http/curl_http_client.h"
#include "broker/identity/directory_watch.h"
#include "broker/identity/ldap/ldap_groups.h"
#include "broker/identity/sign_in.h"
#include "broker/identity/user_state.h"
#include "broker/identity/web_sessions.h"
#include "broker/provision/memory_provisioner.h"
#include "tests/unit/broker/slapd.h"

namespace vitrine::broker {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsSupersetOf;
using testing::Not;

constexpr int kMany = 1'200;
constexpr int kDeep = 15;

std::string person(const std::string& uid, const std::string& more = "") {
  return fmt::format(
      "dn: cn={0},ou=people,dc=example,dc=org\nobjectClass: inetOrgPerson\ncn: {0}\nsn: {0}\nuid: {0}\n"
      "userPassword: password of {0}\n{1}\n",
      uid, more);
}

std::string group(const std::string& name, const std::string& member_dn) {
  return fmt::format("dn: cn={0},ou=groups,dc=example,dc=org\nobjectClass: groupOfNames\ncn: {0}\nmember: {1}\n\n",
                     name, member_dn);
}

std::string in_groups(const std::string& name) {
  return "cn=" + name + ",ou=groups,dc=example,dc=org";
}

std::string entries() {
  const std::string ada = "cn=ada,ou=people,dc=example,dc=org";
  std::string ldif = person("ada", "memberOf: cn=sales,ou=groups,dc=example,dc=org\n") + person("eve") +
                     person("star*") + person("locked", "pwdAccountLockedTime: 000001010000Z\n") +
                     person("brackets(x)", "uid: Sch\xc3\xb6n\n");
  for (int i = 0; i < kMany; ++i) ldif += person(fmt::format("user{}", i));
  // Sales are staff, staff are all, and all are sales again: a loop.
  ldif += fmt::format(
      "dn: cn=sales,ou=groups,dc=example,dc=org\nobjectClass: groupOfNames\ncn: sales\nmember: {}\nmember: {}\n"
      "memberOf: cn=staff,ou=groups,dc=example,dc=org\n\n",
      ada, in_groups("all"));
  ldif += fmt::format(
      "dn: cn=staff,ou=groups,dc=example,dc=org\nobjectClass: groupOfNames\ncn: staff\nmember: {}\n"
      "memberOf: cn=all,ou=groups,dc=example,dc=org\n\n",
      in_groups("sales"));
  ldif += fmt::format(
      "dn: cn=all,ou=groups,dc=example,dc=org\nobjectClass: groupOfNames\ncn: all\nmember: {}\n"
      "memberOf: cn=sales,ou=groups,dc=example,dc=org\n\n",
      in_groups("staff"));
  ldif += fmt::format(
      "dn: cn=readers,ou=groups,dc=example,dc=org\nobjectClass: groupOfUniqueNames\ncn: readers\nuniqueMember: {}\n\n",
      ada);
  ldif +=
      "dn: cn=unix,ou=groups,dc=example,dc=org\nobjectClass: posixGroup\ncn: unix\ngidNumber: 7\nmemberUid: ada\n\n";
  ldif += group("others", "cn=eve,ou=people,dc=example,dc=org");
  ldif += group("brackets (and \\5C)", "cn=brackets(x),ou=people,dc=example,dc=org");
  ldif += group("deep1", "cn=star*,ou=people,dc=example,dc=org");
  for (int i = 2; i <= kDeep; ++i) ldif += group(fmt::format("deep{}", i), in_groups(fmt::format("deep{}", i - 1)));
  return ldif;
}

class LdapTest : public testing::Test {
 protected:
  static void SetUpTestSuite() { server_ = std::make_unique<Slapd>(entries()); }
  static void TearDownTestSuite() { server_.reset(); }

  static Json fields() {
    return {{"url", server_->secure_url()},
            {"ca_file", server_->certificate()},
            {"base", "ou=people,dc=example,dc=org"},
            {"bind_dn", "cn=reader,dc=example,dc=org"},
            {"group_base", "ou=groups,dc=example,dc=org"}};
  }
  static LdapSettings settings(const Json& changes = Json::object()) {
    Json json = fields();
    json.update(changes);
    auto made = ldap_settings_from(json);
    EXPECT_TRUE(made.ok()) << made.error().message;
    return made.take();
  }
  static LdapDirectory directory(const Json& changes = Json::object(), const char* password = "reader password") {
    return {settings(changes), password};
  }
  static std::vector<std::string> groups(const char* name, const Json& changes = Json::object()) {
    const auto found = directory(changes).verify(name, std::string("password of ") + name, 1);
    EXPECT_TRUE(found.ok()) << found.error().message;
    return found.ok() && found.value() ? found.value()->groups : std::vector<std::string>{"(not let in)"};
  }
  // Whether the name and password are somebody's.
  static bool lets_in(const std::string& name, const std::string& password, const Json& changes = Json::object()) {
    const auto found = directory(changes).verify(name, password, 1);
    EXPECT_TRUE(found.ok()) << found.error().message;
    return found.ok() && found.value().has_value();
  }

  static std::unique_ptr<Slapd> server_;
};

std::unique_ptr<Slapd> LdapTest::server_;

TEST_F(LdapTest, AUserIsKnownByPasswordOverTls) {
  const auto found = directory().verify("ada", "password of ada", 1);
  ASSERT_TRUE(found.ok()) << found.error().message;
  ASSERT_TRUE(found.value());
  EXPECT_EQ(found.value()->name, "ada");
  EXPECT_EQ(found.value()->subject.size(), 36U) << "an entryUUID: " << found.value()->subject;
  EXPECT_TRUE(lets_in("ada", "password of ada", {{"url", server_->plain_url()}, {"start_tls", true}}));
  EXPECT_TRUE(lets_in("ada", "password of ada", {{"url", server_->plain_url()}})) << "on this machine";
}

TEST_F(LdapTest, WrongPasswordsUnknownNamesAndDisabledAccountsAreAllTheSame) {
  EXPECT_FALSE(lets_in("ada", "password of eve"));
  EXPECT_FALSE(lets_in("nobody", "password of ada"));
  EXPECT_FALSE(lets_in("locked", "password of locked"));
}

TEST_F(LdapTest, AnEmptyPasswordIsNoAnonymousBind) {
  EXPECT_FALSE(lets_in("ada", ""));
  EXPECT_FALSE(lets_in("", ""));
  LdapConnection connection = LdapConnection::open(settings()).take();
  EXPECT_EQ(connection.bind("cn=ada,ou=people,dc=example,dc=org", "").error().code, ErrorCode::kInvalidArgument);
}

TEST_F(LdapTest, FiltersCannotBeInjected) {
  // Each would find ada, or anybody, if it got into the filter as it is.
  for (const std::string& name :
       {std::string("*"), std::string("a*"), std::string("ada)(objectClass=*"), std::string("x)(|(uid=ada"),
        std::string("ada)(&"), std::string("*)(uid=*))(|(uid=*"), std::string("ada\0", 4), std::string("\\61da"),
        std::string("ada))%00"), std::string("\xff\xfe")}) {
    EXPECT_FALSE(lets_in(name, "password of ada")) << name;
  }
  EXPECT_TRUE(lets_in("star*", "password of star*")) << "a star is a letter like others";
  EXPECT_TRUE(lets_in("brackets(x)", "password of brackets(x)"));
  EXPECT_TRUE(lets_in("Sch\xc3\xb6n", "password of brackets(x)"));
  EXPECT_EQ(ldap_filter_value(std::string("*()\\\0\xc3", 6)), "\\2a\\28\\29\\5c\\00\\c3");
}

TEST_F(LdapTest, ANameOfSeveralUsersLetsNobodyIn) {
  EXPECT_FALSE(lets_in("inetOrgPerson", "password of ada", {{"login_attributes", {"objectClass"}}}));
}

TEST_F(LdapTest, GroupsAreFoundThroughGroupsAndLoopsEnd) {
  EXPECT_THAT(groups("ada"), ElementsAre("all", "readers", "sales", "staff", "unix"));
  EXPECT_THAT(groups("ada", {{"nesting", "none"}}), ElementsAre("readers", "sales", "unix"));
  EXPECT_THAT(groups("ada", {{"nesting", "memberof"}}), ElementsAre("all", "sales", "staff"));
  EXPECT_THAT(groups("eve"), ElementsAre("others"));
  EXPECT_THAT(groups("user7"), ElementsAre());
  EXPECT_THAT(groups("brackets(x)"), ElementsAre("brackets (and \\5C)"));
}

TEST_F(LdapTest, GroupsAreFollowedToABoundedDepth) {
  const std::vector<std::string> found = groups("star*");
  EXPECT_EQ(found.size(), static_cast<size_t>(kMaxGroupDepth));
  EXPECT_THAT(found, IsSupersetOf({"deep1", "deep10"}));
}

TEST_F(LdapTest, ActiveDirectoryIsAskedForTheWholeChainAtOnce) {
  EXPECT_EQ(member_filter(LdapNesting::kChain, "CN=Ada (x),DC=a", ""),
            "(member:1.2.840.113556.1.4.1941:=CN=Ada \\28x\\29,DC=a)");
  const LdapSettings ad =
      ldap_settings_from({{"flavour", "ad"}, {"url", "ldaps://dc.example"}, {"base", "DC=example"}}).take();
  EXPECT_EQ(ad.nesting, LdapNesting::kChain);
  EXPECT_EQ(ad.subject_attribute, "objectGUID");
  EXPECT_THAT(ad.login_attributes, ElementsAre("sAMAccountName", "userPrincipalName"));
}

TEST_F(LdapTest, MoreUsersThanOneAnswerHoldsAreReadInPages) {
  LdapConnection connection = LdapConnection::open(settings()).take();
  ASSERT_TRUE(connection.bind("cn=reader,dc=example,dc=org", "reader password").value());
  const LdapQuery all{.base = "ou=people,dc=example,dc=org",
                      .scope = LdapScope::kSubtree,
                      .filter = "(objectClass=person)",
                      .attributes = {"uid"},
                      .most = 10'000};
  EXPECT_EQ(connection.search(all).value().size(), kMany + 5U);
  LdapQuery some = all;
  some.most = 700;
  EXPECT_EQ(connection.search(some).value().size(), 700U);
}

TEST_F(LdapTest, ACertificateThatIsNotTrustedOrOfAnotherHostIsRefused) {
  TemporaryFolder folder;
  ASSERT_TRUE(ensure_self_signed(folder.path, {"127.0.0.1"}).ok());
  const Json wrong_ca = {{"ca_file", folder.path + "/cert.pem"}};
  const Json wrong_host = {{"url", server_->secure_url("localhost")}};
  const Json no_ca = {{"ca_file", ""}};
  Json start_tls = wrong_ca;
  start_tls.update({{"url", server_->plain_url()}, {"start_tls", true}});
  for (const Json& changes : {wrong_ca, wrong_host, no_ca, start_tls}) {
    const auto found = directory(changes).verify("ada", "password of ada", 1);
    ASSERT_FALSE(found.ok()) << changes;
    EXPECT_EQ(found.error().code, ErrorCode::kUnavailable);
  }
  EXPECT_THAT(directory(wrong_ca).verify("ada", "x", 1).error().message, HasSubstr("ertificate"));
  EXPECT_THAT(directory({{"ca_file", folder.path + "/none.pem"}}).verify("ada", "x", 1).error().message,
              HasSubstr("none.pem"));
}

TEST_F(LdapTest, AWrongBindPasswordIsNotTheUsersFault) {
  const auto found = directory(Json::object(), "wrong").verify("ada", "password of ada", 1);
  ASSERT_FALSE(found.ok());
  EXPECT_THAT(found.error().message, HasSubstr("refuses the bind DN"));
}

TEST_F(LdapTest, AServerThatNeverAnswersIsGivenUp) {
  const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  ASSERT_EQ(::bind(fd, reinterpret_cast<sockaddr*>(&address), size), 0);
  ASSERT_EQ(::listen(fd, 4), 0);
  ASSERT_EQ(::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size), 0);
  const LdapLimits short_limits{.connect_ms = 200, .answer_ms = 200};
  for (const char* scheme : {"ldap", "ldaps"}) {
    LdapSettings silent = settings();
    silent.url = fmt::format("{}://127.0.0.1:{}", scheme, ntohs(address.sin_port));
    auto connection = LdapConnection::open(silent, short_limits);
    const auto bound = connection.ok() ? connection.value().bind("cn=a,dc=b", "c") : Result<bool>(connection.error());
    ASSERT_FALSE(bound.ok()) << scheme;
  }
  ::close(fd);
}

TEST_F(LdapTest, ATestSaysStepByStepWhatWorks) {
  const auto steps = directory().test("ada", 1);
  std::vector<std::string> names;
  for (const ProviderTestStep& step : steps) {
    EXPECT_TRUE(step.ok) << step.name << ": " << step.detail;
    names.push_back(step.name);
  }
  EXPECT_THAT(names, ElementsAre("connection", "bind", "search", "user", "groups"));
  EXPECT_THAT(steps[2].detail, HasSubstr(fmt::format("{} users", kMany + 5)));
  EXPECT_THAT(steps[4].detail, HasSubstr("5 groups: all, readers, sales, staff, unix"));
  EXPECT_FALSE(directory().test("nobody", 1).back().ok);
  EXPECT_THAT(directory({{"base", "ou=none,dc=example,dc=org"}}).test("", 1).back().detail,
              HasSubstr("No user is found"));
  EXPECT_EQ(directory(Json::object(), "wrong").test("", 1).back().name, "bind");
}

TEST(LdapAccountTest, WhatEachKindOfDirectoryCallsDisabled) {
  const auto disabled = [](const char* name, const char* value, int64_t now_s = 1'700'000'000) {
    return ldap_account_disabled({.dn = "", .attributes = {{name, {value}}}}, now_s);
  };
  EXPECT_TRUE(disabled("useraccountcontrol", "514"));
  EXPECT_FALSE(disabled("useraccountcontrol", "512"));
  EXPECT_TRUE(disabled("accountexpires", "133000000000000000"));
  EXPECT_FALSE(disabled("accountexpires", "134000000000000000"));
  EXPECT_FALSE(disabled("accountexpires", "9223372036854775807"));
  EXPECT_FALSE(disabled("accountexpires", "0"));
  EXPECT_TRUE(disabled("pwdaccountlockedtime", "000001010000Z"));
  EXPECT_FALSE(disabled("pwdaccountlockedtime", "20240101000000Z")) << "locked for a while by wrong guesses";
  EXPECT_TRUE(disabled("nsaccountlock", "TRUE"));
  EXPECT_FALSE(disabled("useraccountcontrol", "x"));
}

// --- with users and sessions here ---------------------------------------------------------------------------------

class DirectoryUsersTest : public LdapTest {
 protected:
  DirectoryUsersTest() {
    store_.add_catalogue({"notes"});
    EXPECT_TRUE(grant(*store_.lease(), "notes", {.group = true, .subject = "everyone"}, 1).ok());
    const Provider row{.id = "office",
                       .kind = ProviderKind::kLdap,
                       .name = "Office",
                       .position = 1,
                       .enabled = true,
                       .settings = complete_settings(ProviderKind::kLdap, fields()).take(),
                       .secret = sealer_.seal("reader password", secret_words("office")),
                       .created_s = 1};
    EXPECT_TRUE(add_provider(*store_.lease(), row).ok());
  }
  std::optional<User> log_in(const std::string& name, const std::string& password, int64_t now_s = 10) {
    auto result = sign_in_.sign_in(name, password, "::1", now_s);
    EXPECT_TRUE(result.ok()) << result.error().message;
    return result.ok() ? result.value().user : std::nullopt;
  }
  // Somebody at work: signed in, with a desktop.
  User at_work(const std::string& name) {
    const User user = log_in(name, "password of " + name).value();
    token_ = open_web_session(*store_.lease(), user.id, "", {.provider = "office"}, 10).take();
    EXPECT_TRUE(sessions_.open(user, "notes", {}, {.name = name, .address = ""}, 10).ok());
    return user;
  }
  bool still_in() { return find_web_session(*store_.lease(), token_, 11).value().has_value(); }
  size_t running(const User& user) { return running_sessions(*store_.lease(), user.id).value().size(); }

  TestStore store_;
  Sealer sealer_ = Sealer::open(store_.folder.path + "/store.key").take();
  CurlHttpClient http_;
  MemoryProvisioner provisioner_;
  TicketSigner signer_ = TicketSigner::generate().take();
  SessionService sessions_{store_.database, provisioner_, signer_, [](const Resource&) { return Result<void>(); }};
  SignInProviders providers_{store_.database, http_, sealer_};
  PasswordSignIn sign_in_{store_.database, store_.hasher, &providers_};
  DirectoryWatch watch_{store_.database, providers_, sessions_};
  std::string token_;
};

TEST_F(DirectoryUsersTest, AUserOfTheDirectorySignsInWithItsGroups) {
  const auto user = log_in("Ada", "password of ada");
  ASSERT_TRUE(user);
  EXPECT_EQ(user->provider, "office");
  EXPECT_THAT(groups_of(*store_.lease(), user->id).value(), ElementsAre("all", "readers", "sales", "staff", "unix"));
  EXPECT_FALSE(log_in("ada", "wrong"));
  EXPECT_EQ(log_in("ada", "password of ada")->id, user->id);
}

TEST_F(DirectoryUsersTest, WhoIsRemovedThereIsOutHere) {
  const User user = at_work("user1");
  const User other = log_in("user2", "password of user2").value();
  ASSERT_TRUE(watch_.check(11).ok());
  EXPECT_TRUE(still_in()) << "nothing has changed";
  server_->remove("cn=user1,ou=people,dc=example,dc=org");
  ASSERT_TRUE(watch_.check(12).ok());
  EXPECT_FALSE(still_in());
  EXPECT_EQ(running(user), 0U);
  EXPECT_TRUE(find_user_by_id(*store_.lease(), user.id).value()->disabled);
  EXPECT_FALSE(find_user_by_id(*store_.lease(), other.id).value()->disabled);
  EXPECT_FALSE(log_in("user1", "password of user1"));
}

TEST_F(DirectoryUsersTest, WhoIsLockedThereComesBackWhenUnlocked) {
  const std::string dn = "cn=user3,ou=people,dc=example,dc=org";
  const User user = at_work("user3");
  server_->set(dn, "pwdAccountLockedTime", "000001010000Z");
  ASSERT_TRUE(watch_.check(12).ok());
  EXPECT_FALSE(still_in());
  EXPECT_EQ(running(user), 0U);
  EXPECT_FALSE(log_in("user3", "password of user3"));
  server_->set(dn, "pwdAccountLockedTime", "");
  EXPECT_EQ(log_in("user3", "password of user3")->id, user.id);
  EXPECT_FALSE(find_user_by_id(*store_.lease(), user.id).value()->disabled);
}

TEST_F(DirectoryUsersTest, WhatAnAdministratorDisabledNoDirectoryEnables) {
  const User user = log_in("user4", "password of user4").value();
  ASSERT_TRUE(disable_user(*store_.lease(), user, DisabledBy::kAdministrator).ok());
  const auto refused = sign_in_.sign_in("user4", "password of user4", "::1", 10);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, ErrorCode::kForbidden);
}

TEST_F(DirectoryUsersTest, ChangedGroupsCountFromTheNextCheckOn) {
  const User user = at_work("eve");
  EXPECT_THAT(groups_of(*store_.lease(), user.id).value(), ElementsAre("others"));
  server_->set("cn=others,ou=groups,dc=example,dc=org", "member", "cn=user9,ou=people,dc=example,dc=org");
  ASSERT_TRUE(watch_.check(12).ok());
  EXPECT_THAT(groups_of(*store_.lease(), user.id).value(), ElementsAre());
  server_->set("cn=others,ou=groups,dc=example,dc=org", "member", "cn=eve,ou=people,dc=example,dc=org");
}

TEST_F(DirectoryUsersTest, ADirectoryThatIsGoneEndsNobodysWork) {
  const User user = at_work("user5");
  server_->stop();
  ASSERT_TRUE(watch_.check(12).ok());
  EXPECT_TRUE(still_in());
  EXPECT_EQ(running(user), 1U);
  const auto refused = sign_in_.sign_in("user6", "password of user6", "::1", 20);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, ErrorCode::kUnavailable);
  EXPECT_THAT(refused.error().message, Not(HasSubstr("127.0.0.1"))) << "addresses are for the log";
  server_->start();
  EXPECT_FALSE(sign_in_.sign_in("user6", "password of user6", "::1", 21).ok()) << "left alone for some seconds";
  EXPECT_TRUE(log_in("user6", "password of user6", 31));
}

}  // namespace
}  // namespace vitrine::broker
