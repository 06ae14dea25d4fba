// What a policy may say, which one wins, and what follows at a moment.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "broker/catalogue/policy_store.h"
#include "broker/store/change_mark.h"
#include "tests/unit/broker/fixture.h"

namespace vitrine::broker {
namespace {

using testing::HasSubstr;

constexpr int64_t kMondayNoonBerlin = 1'767'610'800;  // 2026-01-05 11:00 UTC, 12:00 in Berlin
constexpr int64_t kHourS = 3600;

WeekHours hours(std::string_view text) {
  return WeekHours::parse(text).take();
}

TEST(WeekHoursTest, WindowsAreInTheirZoneAndMayPassMidnight) {
  const WeekHours office = hours("Europe/Berlin mon-fri 08:00-18:00, sat 22:00-02:00");
  EXPECT_TRUE(office.open_at(kMondayNoonBerlin));
  EXPECT_TRUE(office.open_at(kMondayNoonBerlin - 4 * kHourS)) << "08:00 is in";
  EXPECT_FALSE(office.open_at(kMondayNoonBerlin - 4 * kHourS - 1));
  EXPECT_FALSE(office.open_at(kMondayNoonBerlin + 6 * kHourS)) << "18:00 is out";
  EXPECT_TRUE(office.open_at(kMondayNoonBerlin + (5 * 24 + 13) * kHourS)) << "Sunday 01:00";
  EXPECT_FALSE(office.open_at(kMondayNoonBerlin + (5 * 24 + 14) * kHourS)) << "Sunday 02:00";
  EXPECT_EQ(office.moment(kMondayNoonBerlin), "Monday 12:00");
  const WeekHours sunday_night = hours("UTC sun 23:00-01:00");
  EXPECT_TRUE(sunday_night.open_at(1'767'571'200 + 30 * 60)) << "Monday 00:30 of the next week";
}

TEST(WeekHoursTest, TheHoursStayWhenClocksChange) {
  const WeekHours office = hours("Europe/Berlin daily 08:00-18:00");
  const int64_t july_noon_berlin = 1'783'332'000;  // 2026-07-06 10:00 UTC
  EXPECT_EQ(office.moment(july_noon_berlin), "Monday 12:00");
  EXPECT_EQ(next_change({office}, july_noon_berlin), july_noon_berlin + 6 * kHourS);
  // 2026-03-28 18:00 CET to 2026-03-29 08:00 CEST: an hour less.
  const int64_t before_the_change = 1'774'717'200;
  EXPECT_EQ(next_change({office}, before_the_change), before_the_change + 13 * kHourS);
}

TEST(WeekHoursTest, SeveralHaveToBeOpenAtOnce) {
  const std::vector<WeekHours> both = {hours("UTC daily 08:00-12:00"), hours("UTC mon 10:00-16:00")};
  const int64_t monday = 1'767'571'200;  // 00:00 UTC
  EXPECT_EQ(next_change(both, monday), monday + 10 * kHourS);
  EXPECT_EQ(next_change(both, monday + 11 * kHourS), monday + 12 * kHourS);
  EXPECT_FALSE(next_change({hours("UTC mon 08:00-09:00"), hours("UTC tue 08:00-09:00")}, monday).has_value());
}

TEST(WeekHoursTest, WhatIsWrongIsNamed) {
  for (const auto& [text, named] :
       std::vector<std::pair<std::string, std::string>>{{"", "time zone"},
                                                        {"Mars/Olympus mon 08:00-09:00", "Mars/Olympus"},
                                                        {"../../etc/passwd mon 08:00-09:00", "time zone"},
                                                        {"UTC", "no windows"},
                                                        {"UTC someday 08:00-09:00", "someday"},
                                                        {"UTC mon 8:00-9:00", "8:00-9:00"},
                                                        {"UTC mon 08:00-24:01", "24:01"},
                                                        {"UTC mon 09:00-09:00", "span"},
                                                        {"UTC mon 08:00-09:00,", "days and times"},
                                                        {"UTC " + std::string(2000, 'x'), "too long"}}) {
    const auto parsed = WeekHours::parse(text);
    ASSERT_FALSE(parsed.ok()) << text;
    EXPECT_THAT(parsed.error().message, HasSubstr(named));
  }
  std::string many = "UTC daily 08:00-09:00";
  for (int i = 0; i < 4; ++i) many += ", daily 10:00-11:00";
  EXPECT_THAT(WeekHours::parse(many).error().message, HasSubstr("limit"));
}

TEST(NetworksTest, AddressesAreComparedByTheirBits) {
  const Networks networks =
      Networks::parse({"10.0.0.0/8", "192.168.7.9", "2001:db8::/33", "::ffff:172.16.0.0/108"}).take();
  EXPECT_THAT(networks.list(), testing::ElementsAre("10.0.0.0/8", "192.168.7.9", "2001:db8::/33", "172.16.0.0/12"));
  for (const char* in : {"10.255.0.1", "192.168.7.9", "::ffff:10.1.1.1", "2001:db8:7fff::1", "172.31.0.1"}) {
    EXPECT_TRUE(networks.contain(in)) << in;
  }
  for (const char* out : {"11.0.0.1", "192.168.7.8", "2001:db8:8000::1", "::10.1.1.1", "", "10.0.0", "x", "::1"}) {
    EXPECT_FALSE(networks.contain(out)) << out;
  }
  EXPECT_TRUE(Networks::parse({"0.0.0.0/0"}).value().contain("8.8.8.8"));
  EXPECT_FALSE(Networks::parse({"0.0.0.0/0"}).value().contain("2001:db8::1")) << "all of IPv4 is not all of IPv6";
  EXPECT_TRUE(Networks::parse({"fe80::/10"}).value().contain("fe80::1%eth0"));
}

TEST(NetworksTest, WhatIsWrongIsNamed) {
  EXPECT_THAT(Networks::parse({"10.1.2.3/8"}).error().message, HasSubstr("10.0.0.0/8 may be meant"));
  for (const char* wrong : {"10.0.0.0/33", "10.0.0.0/", "10.0.0.0/-1", "10.0.0.0/8x", "::/129", "here", "10.0.0/8"}) {
    EXPECT_FALSE(Networks::parse({wrong}).ok()) << wrong;
  }
  EXPECT_FALSE(Networks::parse(std::vector<std::string>(65, "::1")).ok());
}

TEST(PolicyTest, TextAndNumbersComeToOneForm) {
  const Json policy = change_policy(Json::object(), {{"view_only", "yes"},
                                                     {"idle_limit", "15m"},
                                                     {"disconnect_limit", 7200},
                                                     {"networks", "10.0.0.0/8, ::1"},
                                                     {"hours", " UTC mon 08:00-09:00,tue 10:00-24:00 "},
                                                     {"step_up", "none"},
                                                     {"max_sessions", "2"}})
                          .take();
  EXPECT_EQ(policy, (Json{{"view_only", true},
                          {"idle_limit", 900},
                          {"disconnect_limit", 7200},
                          {"networks", {"10.0.0.0/8", "::1"}},
                          {"hours", "UTC mon 08:00-09:00, tue 10:00-24:00"},
                          {"step_up", 0},
                          {"max_sessions", 2}}));
  EXPECT_EQ(change_policy(policy, policy).value(), policy) << "what is given back can be given again";
  EXPECT_EQ(policy_from_text(to_line(policy)).value(), policy);
  EXPECT_FALSE(change_policy(policy, {{"view_only", nullptr}}).value().contains("view_only"));
  EXPECT_THAT(policy_to_people(policy), HasSubstr("idle_limit: 15 minutes"));
}

TEST(PolicyTest, EverySettingRefusesWhatItCannotBe) {
  for (const PolicySetting& setting : policy_settings()) {
    if (!setting.enforced) continue;
    const std::string name(setting.name);
    for (const Json& wrong : {Json("perhaps"), Json(-1), Json(1e18), Json(UINT64_MAX), Json::object(), Json({1, 2})}) {
      const auto changed = change_policy(Json::object(), {{name, wrong}});
      ASSERT_FALSE(changed.ok()) << name << " = " << wrong;
      EXPECT_EQ(changed.error().code, ErrorCode::kInvalidArgument);
    }
  }
  EXPECT_THAT(change_policy(Json::object(), {{"idle_limit", 5}}).error().message, HasSubstr("2 minutes to 30 days"));
  EXPECT_THAT(change_policy(Json::object(), {{"idle", 5}}).error().message, HasSubstr("view_only"));
}

TEST(PolicyTest, WhatNothingEnforcesCannotBeSet) {
  int known = 0;
  for (const PolicySetting& setting : policy_settings()) {
    if (setting.enforced) continue;
    ++known;
    const auto changed = change_policy(Json::object(), {{std::string(setting.name), "no"}});
    ASSERT_FALSE(changed.ok()) << setting.name;
    EXPECT_EQ(changed.error().code, ErrorCode::kUnsupported);
    EXPECT_THAT(changed.error().message, HasSubstr("not enforced by this version"));
  }
  EXPECT_GE(known, 7);
}

TEST(PolicyTest, ADamagedPolicyIsAnErrorAndNotNoPolicy) {
  for (const char* text :
       {"{", "[]", R"({"hours":"Nowhere/Else mon 08:00-09:00"})", R"({"networks":[7]})", R"({"new":1})"}) {
    EXPECT_EQ(policy_from_text(text).error().code, ErrorCode::kMalformed) << text;
  }
}

Rules rules_of(const Json& policy) {
  return rules_from(resolve({{PolicyLevel::kSiteDefault, "here", change_policy(Json::object(), policy).take()},
                             {PolicyLevel::kBuiltIn, "built in", built_in_policy(60)}}))
      .take();
}

TEST(RefusalTest, HoursNetworksAndSecondFactorsAreJudgedAtTheMoment) {
  const Rules rules =
      rules_of({{"hours", "Europe/Berlin mon-fri 08:00-18:00"}, {"networks", {"10.0.0.0/8"}}, {"step_up", "10m"}});
  Circumstances good{.now_s = kMondayNoonBerlin, .address = "10.0.0.9", .second_factor_s = kMondayNoonBerlin - 600};
  EXPECT_FALSE(refusal(rules, good).has_value());
  Circumstances late = good;
  late.now_s += 12 * kHourS;
  EXPECT_EQ(refusal(rules, late)->message, "It can be used from Tuesday 08:00 (Europe/Berlin) on.");
  Circumstances elsewhere = good;
  elsewhere.address = "192.0.2.7";
  EXPECT_EQ(refusal(rules, elsewhere)->code, ErrorCode::kForbidden);
  EXPECT_THAT(refusal(rules, elsewhere)->message, HasSubstr("192.0.2.7"));
  elsewhere.address = "";
  EXPECT_TRUE(refusal(rules, elsewhere).has_value()) << "who has no address is in no network";
  Circumstances stale = good;
  stale.second_factor_s = kMondayNoonBerlin - 601;
  EXPECT_EQ(refusal(rules, stale)->code, ErrorCode::kStepUpRequired);
  stale.second_factor_s = 0;
  EXPECT_EQ(refusal(rules, stale)->code, ErrorCode::kStepUpRequired);
  EXPECT_FALSE(refusal(rules, {.now_s = kMondayNoonBerlin, .address = {}, .second_factor_s = {}}).has_value());
}

class StandingTest : public testing::Test {
 protected:
  StandingTest() {
    store_.add_catalogue({"notes"});
    ada_ = store_.add_user("ada", "correct horse battery");
    for (const char* group : {"red", "blue"}) {
      EXPECT_TRUE(add_group(*store_.lease(), group, false, 1).ok());
      EXPECT_TRUE(add_member(*store_.lease(), group, ada_).ok());
    }
  }
  PolicyPlace give(const std::string& resource, bool group, const std::string& subject) {
    EXPECT_TRUE(grant(*store_.lease(), resource, {.group = group, .subject = subject}, 1).ok());
    return {.kind = PolicyPlace::Kind::kGrant, .resource = resource, .to = {.group = group, .subject = subject}};
  }
  void say(const PolicyPlace& place, const Json& policy) {
    const auto set = set_policy(*store_.lease(), place, policy);
    EXPECT_TRUE(set.ok()) << set.error().message;
  }
  Standing standing(const std::string& resource = "notes") {
    const auto found = find_resource(*store_.lease(), resource).take();
    return standing_of(*store_.lease(), ada_, *found).take();
  }
  std::string why(const std::string& name) {
    for (const ResolvedSetting& one : standing().settings) {
      if (one.setting->name == name) return one.why;
    }
    return "";
  }

  TestStore store_;
  User ada_;
};

TEST_F(StandingTest, ManyAtOnceAreWhatEachIsByItself) {
  say(give("desktop", true, "everyone"), {{"idle_limit", 3600}});
  say(give("notes", true, "red"), {{"view_only", true}});
  say(give("notes", true, "blue"), {{"clipboard_out", "none"}, {"networks", "10.0.0.0/8"}});
  say(give("desktop", false, "ada"), {{"step_up", 600}});
  say({.kind = PolicyPlace::Kind::kPool, .resource = "desktop", .to = {}}, {{"max_sessions", 2}});
  const std::vector<Resource> resources = list_resources(*store_.lease()).take();
  ASSERT_GE(resources.size(), 2U);
  const std::vector<Standing> many = standings_of(*store_.lease(), ada_, resources).take();
  ASSERT_EQ(many.size(), resources.size());
  for (size_t i = 0; i < resources.size(); ++i) {
    const Standing one = standing(resources[i].id);
    EXPECT_EQ(many[i].granted, one.granted) << resources[i].id;
    EXPECT_EQ(many[i].rules.ticket_print(), one.rules.ticket_print()) << resources[i].id;
    ASSERT_EQ(many[i].settings.size(), one.settings.size());
    for (size_t k = 0; k < one.settings.size(); ++k) {
      EXPECT_EQ(many[i].settings[k].value, one.settings[k].value) << resources[i].id << ": " << one.settings[k].why;
      EXPECT_EQ(many[i].settings[k].sources.size(), one.settings[k].sources.size());
    }
  }
}

// Every pair of neighbours in the order, and with it the whole of it.
TEST_F(StandingTest, TheMostSpecificWins) {
  const std::vector<PolicyPlace> places = {
      {.kind = PolicyPlace::Kind::kSite, .resource = "", .to = {}},
      {.kind = PolicyPlace::Kind::kPool, .resource = "desktop", .to = {}},
      give("desktop", true, "everyone"),
      give("notes", true, "everyone"),
      give("desktop", true, "red"),
      give("notes", true, "red"),
      give("desktop", false, "ada"),
      give("notes", false, "ada"),
  };
  EXPECT_EQ(standing().rules.idle_limit_s, 0);
  for (size_t i = 0; i < places.size(); ++i) {
    // Less restrictive than all before: only being more specific can let it win.
    const int64_t limit_s = 3600 + static_cast<int64_t>(i) * 60;
    say(places[i], {{"idle_limit", limit_s}});
    EXPECT_EQ(standing().rules.idle_limit_s, limit_s) << place_to_people(places[i]);
    EXPECT_THAT(why("idle_limit"), HasSubstr(place_to_people(places[i])));
  }
  for (size_t i = places.size(); i-- > 1;) {
    say(places[i], {{"idle_limit", nullptr}});
    EXPECT_EQ(standing().rules.idle_limit_s, 3600 + static_cast<int64_t>(i - 1) * 60);
  }
}

TEST_F(StandingTest, AmongGroupsTheMostRestrictiveValueCountsForEachSetting) {
  const PolicyPlace red = give("notes", true, "red");
  const PolicyPlace blue = give("notes", true, "blue");
  say(red, {{"view_only", "no"},
            {"idle_limit", "10m"},
            {"disconnect_limit", "none"},
            {"max_sessions", 3},
            {"device_cache", "yes"},
            {"hours", "UTC daily 08:00-12:00"},
            {"networks", "10.0.0.0/8"}});
  say(blue, {{"view_only", "yes"},
             {"idle_limit", "none"},
             {"disconnect_limit", "1h"},
             {"max_sessions", 5},
             {"device_cache", "no"},
             {"hours", "UTC daily 10:00-16:00"},
             {"networks", "any"}});
  const Rules rules = standing().rules;
  EXPECT_TRUE(rules.view_only);
  EXPECT_EQ(rules.idle_limit_s, 600);
  EXPECT_EQ(rules.disconnect_limit_s, 3600);
  EXPECT_EQ(rules.max_sessions, 3);
  EXPECT_FALSE(rules.device_cache) << "of what is permitted, no is the stricter";
  EXPECT_EQ(rules.hours.size(), 2U);
  EXPECT_EQ(rules.networks.size(), 1U);
  EXPECT_THAT(why("view_only"), HasSubstr("the group blue"));
  EXPECT_THAT(why("hours"), HasSubstr("all have to allow"));
}

TEST_F(StandingTest, APoolsGrantOpensNoAppButItsPolicyCountsForThem) {
  say(give("desktop", false, "ada"), {{"view_only", "yes"}});
  EXPECT_TRUE(standing("desktop").granted);
  EXPECT_FALSE(standing("notes").granted);
  give("notes", true, "red");
  EXPECT_TRUE(standing("notes").granted);
  EXPECT_TRUE(standing("notes").rules.view_only);
}

TEST_F(StandingTest, APolicyGoesWithItsGrant) {
  const PolicyPlace place = give("notes", false, "ada");
  say(place, {{"view_only", "yes"}});
  ASSERT_TRUE(revoke(*store_.lease(), "notes", place.to).ok());
  EXPECT_EQ(policy_at(*store_.lease(), place).error().code, ErrorCode::kNotFound);
  give("notes", false, "ada");
  EXPECT_FALSE(standing().rules.view_only);
}

TEST_F(StandingTest, EveryChangeMovesTheMark) {
  int64_t mark = change_mark(*store_.lease()).value();
  const auto moved = [&] { return std::exchange(mark, change_mark(*store_.lease()).value()) != mark; };
  const PolicyPlace place = give("notes", true, "red");
  EXPECT_TRUE(moved());
  say(place, {{"view_only", "yes"}});
  EXPECT_TRUE(moved());
  say({}, {{"view_only", "no"}});
  EXPECT_TRUE(moved());
  ASSERT_TRUE(remove_member(*store_.lease(), "red", ada_).ok());
  EXPECT_TRUE(moved());
  ASSERT_TRUE(add_member(*store_.lease(), "red", ada_).ok());
  EXPECT_TRUE(moved());
  ASSERT_TRUE(revoke(*store_.lease(), "notes", place.to).ok());
  EXPECT_TRUE(moved());
  ASSERT_TRUE(remove_group(*store_.lease(), "red").ok());
  EXPECT_TRUE(moved());
  ASSERT_TRUE(remove_user(*store_.lease(), ada_).ok());
  EXPECT_TRUE(moved());
  ASSERT_TRUE(remove_resource(*store_.lease(), "notes").ok());
  EXPECT_TRUE(moved());
  EXPECT_FALSE(moved());
}

}  // namespace
}  // namespace vitrine::broker
