// The site as a file: what is applied comes back, twice is once, and what is wrong is named with its place.
#include "broker/catalogue/site.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "broker/catalogue/terms.h"
#include "broker/site_file.h"
#include "tests/unit/broker/fixture.h"

namespace vitrine::broker {
namespace {

constexpr const char* kSite = R"(# A site
groups:
  writers: {members: [eve, ADA]}
  empty:
pools:
  desktop:
    name: "Desktop"
    description: Whole, with files
    opengl: true
  lab: {}
apps:
  notes:
    pool: lab
    name: "007"
    command: [notes, --new, "yes, really: it's", "12", ""]
    terms: {preset: saver, quality_floor: 40}
  paint:
    command:
      - true-paint
grants:
  notes: {groups: [writers], users: [ada]}
  desktop: {groups: [everyone]}
)";

class SiteTest : public testing::Test {
 protected:
  SiteTest() {
    EXPECT_TRUE(add_group(*store_.lease(), "everyone", true, 1).ok());
    store_.add_user("ada", "correct horse battery");
    store_.add_user("eve", "another long password");
  }
  Result<std::vector<SiteChange>> apply(const Json& document, bool keep = true) {
    const auto connection = store_.lease();
    SqlTransaction transaction = TRY(SqlTransaction::begin(*connection));
    std::vector<SiteChange> changes = TRY(apply_site(*connection, document, 10));
    if (keep) TRY(transaction.commit());
    return changes;
  }
  Result<std::vector<SiteChange>> apply_text(const std::string& text) {
    return apply(TRY(parse_site(text, "site.yaml")).document);
  }
  // What a person reads when the text is refused.
  std::string refusal(const std::string& text) {
    const auto parsed = parse_site(text, "site.yaml");
    if (!parsed.ok()) return parsed.error().message;
    const auto applied = apply(parsed.value().document);
    return applied.ok() ? "applied" : with_place(parsed.value(), "site.yaml", applied.error().message);
  }
  Json exported() { return export_site(*store_.lease()).value(); }
  std::vector<std::string> resources_of_user(const char* name) {
    std::vector<std::string> ids;
    const auto connection = store_.lease();
    const User user = *find_user(*connection, name).take();
    const std::vector<Resource> resources = resources_of(*connection, user).take();
    for (const Resource& one : resources) {
      ids.push_back(one.id);
    }
    return ids;
  }

  TestStore store_;
};

TEST_F(SiteTest, AFileMakesTheSite) {
  const auto changes = apply_text(kSite);
  ASSERT_TRUE(changes.ok()) << changes.error().message;
  EXPECT_EQ(changes.value().size(), 8U);
  EXPECT_THAT(resources_of_user("ada"), testing::ElementsAre("desktop", "notes"));
  const auto notes = find_resource(*store_.lease(), "notes").value();
  EXPECT_EQ(notes->name, "007");
  EXPECT_EQ(notes->pool, "lab");
  EXPECT_THAT(notes->command, testing::ElementsAre("notes", "--new", "yes, really: it's", "12", ""));
  EXPECT_EQ(resource_terms(*store_.lease(), "notes").value().quality_floor, 40);
  EXPECT_EQ(groups_of(*store_.lease(), find_user(*store_.lease(), "ada").value()->id).value(),
            std::vector<std::string>{"writers"});
}

TEST_F(SiteTest, TwiceIsOnceAndWhatIsExportedIsWhatIsThere) {
  ASSERT_TRUE(apply_text(kSite).ok());
  EXPECT_EQ(apply_text(kSite).value().size(), 0U);
  const Json document = exported();
  const std::string yaml = site_to_yaml(document);
  const auto back = parse_site(yaml, "export.yaml");
  ASSERT_TRUE(back.ok()) << back.error().message << "\n" << yaml;
  EXPECT_EQ(back.value().document, document) << yaml;
  EXPECT_EQ(apply(back.value().document).value().size(), 0U) << yaml;
  EXPECT_FALSE(document.at("apps").at("paint").contains("description")) << "what says nothing is left out";
  // And into an empty store.
  TestStore other;
  ASSERT_TRUE(add_group(*other.lease(), "everyone", true, 1).ok());
  other.add_user("ada", "correct horse battery");
  other.add_user("eve", "another long password");
  ASSERT_TRUE(apply_site(*other.lease(), back.value().document, 1).ok());
  EXPECT_EQ(export_site(*other.lease()).value(), document);
}

TEST_F(SiteTest, ADryRunSaysAllAndChangesNothing) {
  ASSERT_TRUE(apply_text(kSite).ok());
  const Json before = exported();
  Json wish = before;
  wish["apps"].erase("paint");
  wish["apps"]["notes"]["name"] = "Notes";
  wish["groups"]["new"] = {{"members", {"eve"}}};
  const auto changes = apply(wish, false).value();
  std::vector<std::string> told;
  for (const SiteChange& change : changes) {
    told.push_back((change.before.is_null()  ? "+"
                    : change.after.is_null() ? "-"
                                             : "~") +
                   change.section + "." + change.key);
  }
  EXPECT_THAT(told, testing::ElementsAre("+groups.new", "~apps.notes", "-apps.paint"));
  EXPECT_EQ(exported(), before);
  EXPECT_EQ(apply(wish).value().size(), 3U);
  EXPECT_NE(exported(), before);
}

TEST_F(SiteTest, WhatAFileDoesNotNameGoesAndSectionsItDoesNotHaveStay) {
  ASSERT_TRUE(apply_text(kSite).ok());
  ASSERT_TRUE(apply_text("apps: {}\n").ok());
  EXPECT_TRUE(exported().at("apps").empty());
  EXPECT_TRUE(exported().at("pools").contains("lab"));
  EXPECT_EQ(resources_of_user("ada"), std::vector<std::string>{"desktop"}) << "the grant of a removed app is gone too";
  // An app moves to another pool while its old one goes.
  ASSERT_TRUE(apply_text(kSite).ok());
  ASSERT_TRUE(apply_text("pools: {desktop: {}}\napps: {notes: {command: [notes]}}\n").ok());
  EXPECT_FALSE(exported().at("pools").contains("lab"));
}

TEST_F(SiteTest, WhatIsWrongIsNamedWithItsPlaceAndChangesNothing) {
  ASSERT_TRUE(apply_text(kSite).ok());
  const Json before = exported();
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"apps:\n  notes: {comand: [x], command: [x]}\n", "site.yaml:2:11: apps.notes.comand: It is not known here."},
      {"apps:\n  notes: {comand: [x]}\n", "site.yaml:2:11: apps.notes.comand: It is not known here."},
      {"apps:\n  notes:\n    command: notes\n", "site.yaml:3:5: apps.notes.command: It is not a list."},
      {"apps:\n  notes: {name: x}\n", "site.yaml:2:3: apps.notes.command: It is missing."},
      {"apps:\n  notes:\n    command: [a, 5]\n", "site.yaml:3:18: apps.notes.command[1]: It is not text."},
      {"apps:\n  Notes: {command: [x]}\n", "site.yaml:2:3: apps.Notes: A app name"},
      {"apps:\n  notes: {command: [x], pool: none}\n", "site.yaml:2:25: apps.notes.pool: There is no pool \"none\"."},
      {"pools:\n  lab:\n    terms:\n      target_ms: 1\n", "site.yaml:3:5: pools.lab.terms: target_ms is a number"},
      {"aps: {}\n", "site.yaml:1:1: aps: There is no such section; there are groups, pools, apps, grants"},
      {"groups:\n  writers: {members: [nobody]}\n", "site.yaml:2:13: groups.writers.members: There is no user"},
      {"groups:\n  everyone: {members: [ada]}\n", "site.yaml:2:3: groups.everyone: This group is built in"},
      {"grants:\n  nothing: {users: [ada]}\n", "site.yaml:2:13: grants.nothing.users: There is no pool or app"},
      {"apps:\n  a: {command: [x]}\n  a: {command: [y]}\n", "site.yaml:3:3: \"a\" is here a second time."},
      {"apps: [\n", "site.yaml:2:1: This is no YAML"},
      {"just words\n", "site.yaml:1:1: A site has sections"},
  };
  for (const auto& [text, expected] : cases) {
    EXPECT_THAT(refusal(text), testing::StartsWith(expected)) << text;
    EXPECT_EQ(exported(), before) << text;
  }
  EXPECT_FALSE(parse_site(std::string(5000, '[') + std::string(5000, ']'), "deep").ok());
}

}  // namespace
}  // namespace vitrine::broker
