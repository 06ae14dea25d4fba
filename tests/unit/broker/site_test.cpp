// The site as a file: what is applied comes back, twice is once, and what is wrong is named with its place.
#include "broker/catalogue/site.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "broker/catalogue/terms.h"
#include "broker/identity/providers.h"
#include "broker/identity/web_sessions.h"
#include "broker/provision/files.h"
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
    kind: floating
    max: 12
    draining: true
    message: "New: kernel at 18:00"
  lab: {kind: disposable, spares: 2, template: /srv/lab, rebuild_s: 3600}
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
policies:
  site: {idle_limit: 2h, hours: "Europe/Berlin mon-fri 08:00-18:00"}
  pools:
    lab: {clipboard_out: none, networks: "10.0.0.0/8, fd00::/8"}
    desktop: {}
  grants:
    notes:
      groups: {writers: {view_only: yes}}
      users: {ada: {step_up: 10m, max_sessions: 2}}
providers:
  corp:
    kind: oidc
    name: Corporation
    settings: {issuer: "https://login.example.org", client_id: vitrine, group_map: {Staff: staff}}
    secret: {file: corp.secret}
  people:
    kind: ldap
    position: 7
    settings: {flavour: ad, url: "ldaps://ad.example.org", base: "dc=example,dc=org"}
)";

// What is wrong with pools, providers and policies, and what is said of it.
const std::vector<std::pair<std::string, std::string>> kWrongRules = {
    {"pools:\n  lab:\n    kind: big\n",
     "site.yaml:3:5: pools.lab.kind: It is not persistent or floating or disposable."},
    {"pools:\n  lab: {kind: disposable, spares: 101}\n",
     "site.yaml:2:27: pools.lab.spares: \"spares\" is a number from 0"},
    {"policies:\n  site: {idel: 2h}\n",
     "site.yaml:2:10: policies.site.idel: There is no setting \"idel\". The settings"},
    {"policies:\n  site:\n    idle_limit: soon\n",
     "site.yaml:3:5: policies.site.idle_limit: idle_limit is a time from"},
    {"policies:\n  site: {watermark: yes}\n", "site.yaml:2:10: policies.site.watermark: watermark is not enforced"},
    {"policies:\n  everywhere: {}\n",
     "site.yaml:2:3: policies.everywhere: It is not known here; there are site, pools"},
    {"policies:\n  pools:\n    none: {view_only: yes}\n", "site.yaml:3:5: policies.pools.none: There is no pool"},
    {"policies:\n  grants:\n    notes:\n      users: {eve: {view_only: yes}}\n",
     "site.yaml:4:15: policies.grants.notes.users.eve: notes is not granted to the user eve."},
    {"policies:\n  grants:\n    notes: {people: {}}\n",
     "site.yaml:3:13: policies.grants.notes.people: It is not known"},
    {"policies: {site: 5}\n", "site.yaml:1:12: policies.site: This is not an object."},
    {"providers:\n  corp: {kind: saml, settings: {}}\n",
     "site.yaml:2:10: providers.corp.kind: It is not oidc or ldap."},
    {"providers:\n  corp: {kind: oidc, settings: {isuer: x}}\n",
     "site.yaml:2:33: providers.corp.settings.isuer: There is no setting \"isuer\" for this kind of provider; there "
     "are"},
    {"providers:\n  local: {kind: ldap, settings: {url: \"ldaps://a\", base: \"dc=a\"}}\n",
     "site.yaml:2:3: providers.local: \"local\" means something else"},
    {"providers:\n  x: {kind: ldap, settings: {url: \"ldaps://a\", base: \"dc=a\"}, secret: hunter2}\n",
     "site.yaml:2:63: providers.x.secret: A secret does not belong in this file. Say where it is"},
    {"providers:\n  x: {kind: ldap, settings: {url: \"ldaps://a\", base: \"dc=a\"}, secret: kept}\n",
     "site.yaml:2:63: providers.x.secret: None is stored that could be kept."},
    {"providers:\n  x: {kind: ldap, settings: {url: \"ldaps://a\", base: \"dc=a\"}, secret: {path: y}}\n",
     "site.yaml:2:63: providers.x.secret: It is {file: PATH} or {env: NAME}"},
    {"providers:\n  x: {kind: ldap, settings: {}, secret: {env: VITRINE_NO_SUCH_SECRET}}\n",
     "site.yaml:2:42: providers.x.secret.env: The variable VITRINE_NO_SUCH_SECRET is not set or empty."},
    {"providers:\n  x: {kind: ldap, settings: {}, secret: {file: none.secret}}\n",
     "site.yaml:2:42: providers.x.secret.file: "},
    {"providers:\n  x: {kind: ldap, settings: {}, secret: {file: corp.secret, value: x}}\n",
     "site.yaml:2:33: providers.x.secret: It is {file: PATH} or {env: NAME} and nothing else"},
    {"providers:\n  corp: {kind: oidc, settings: {issuer: \"https://evil.example\", client_id: v}, secret: kept}\n",
     "site.yaml:2:3: providers.corp: With another issuer the secret has to be given again."},
    {"providers:\n  corp: {kind: ldap, settings: {url: \"ldaps://a\", base: \"dc=a\"}}\n",
     "site.yaml:2:10: providers.corp.kind: A provider's kind stays"},
};

// What is told of the changes: "SIGN SECTION.KEY".
std::vector<std::string> told(const std::vector<SiteChange>& changes) {
  std::vector<std::string> lines;
  for (const SiteChange& change : changes) {
    const char* sign = change.before.is_null() ? "+" : change.after.is_null() ? "-" : "~";
    lines.push_back(sign + change.section + "." + change.key);
  }
  return lines;
}

class SiteTest : public testing::Test {
 protected:
  SiteTest() {
    EXPECT_TRUE(add_group(*store_.lease(), "everyone", true, 1).ok());
    store_.add_user("ada", "correct horse battery");
    store_.add_user("eve", "another long password");
    EXPECT_TRUE(write_file(store_.folder.path + "/corp.secret", "first\n", 0600).ok());
  }
  Result<std::vector<SiteChange>> apply(const Json& document, bool keep = true) {
    const auto connection = store_.lease();
    SqlTransaction transaction = TRY(SqlTransaction::begin(*connection));
    std::vector<SiteChange> changes = TRY(apply_site({*connection, sealer_, 10}, document));
    if (keep) TRY(transaction.commit());
    return changes;
  }
  Result<std::vector<SiteChange>> apply_text(const std::string& text) {
    Json document = TRY(parse_site(text, "site.yaml")).document;
    TRY(add_secrets(document, store_.folder.path));
    return apply(document);
  }
  // What a person reads when the text is refused.
  std::string refusal(const std::string& text) {
    const auto parsed = parse_site(text, "site.yaml");
    if (!parsed.ok()) return parsed.error().message;
    Json document = parsed.value().document;
    const auto added = add_secrets(document, store_.folder.path);
    if (!added.ok()) return with_place(parsed.value(), "site.yaml", added.error().message);
    const auto applied = apply(document);
    return applied.ok() ? "applied" : with_place(parsed.value(), "site.yaml", applied.error().message);
  }
  Json exported() {
    const auto connection = store_.lease();
    const auto document = export_site({*connection, sealer_, 10});
    EXPECT_TRUE(document.ok()) << document.error().message;
    return document.value();
  }
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
  Sealer sealer_{random_bytes(32)};
};

TEST_F(SiteTest, AFileMakesTheSite) {
  const auto changes = apply_text(kSite);
  ASSERT_TRUE(changes.ok()) << changes.error().message;
  EXPECT_EQ(changes.value().size(), 13U);
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
  const auto again = apply_text(kSite);
  ASSERT_TRUE(again.ok()) << again.error().message;
  for (const SiteChange& change : again.value()) ADD_FAILURE() << change.key << change.before << change.after;
  const Json document = exported();
  const std::string yaml = site_to_yaml(document);
  const auto back = parse_site(yaml, "export.yaml");
  ASSERT_TRUE(back.ok()) << back.error().message << "\n" << yaml;
  EXPECT_EQ(back.value().document, document) << yaml;
  const auto unchanged = apply_text(yaml);
  ASSERT_TRUE(unchanged.ok()) << unchanged.error().message << yaml;
  EXPECT_EQ(unchanged.value().size(), 0U) << yaml;
  EXPECT_FALSE(document.at("apps").at("paint").contains("description")) << "what says nothing is left out";
  // And into an empty store.
  TestStore other;
  ASSERT_TRUE(add_group(*other.lease(), "everyone", true, 1).ok());
  other.add_user("ada", "correct horse battery");
  other.add_user("eve", "another long password");
  const auto connection = other.lease();
  const SiteStore its{*connection, sealer_, 1};
  Json whole = back.value().document;
  ASSERT_TRUE(add_secrets(whole, store_.folder.path).ok());
  ASSERT_TRUE(apply_site(its, whole).ok());
  EXPECT_EQ(export_site(its).value(), document);
}

TEST_F(SiteTest, ADryRunSaysAllAndChangesNothing) {
  ASSERT_TRUE(apply_text(kSite).ok());
  const Json before = exported();
  Json wish = before;
  wish["providers"]["corp"]["secret"] = "kept";
  wish["apps"].erase("paint");
  wish["apps"]["notes"]["name"] = "Notes";
  wish["groups"]["new"] = {{"members", {"eve"}}};
  const auto changes = apply(wish, false).value();
  EXPECT_THAT(told(changes), testing::ElementsAre("+groups.new", "~apps.notes", "-apps.paint"));
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
      {"apps:\n  notes: {comand: [x], command: [x]}\n",
       "site.yaml:2:11: apps.notes.comand: It is not known here; there are command, "},
      {"apps:\n  notes: {comand: [x]}\n", "site.yaml:2:11: apps.notes.comand: It is not known here; there are command"},
      {"apps:\n  notes:\n    command: notes\n", "site.yaml:3:5: apps.notes.command: It is not a list."},
      {"apps:\n  notes: {name: x}\n", "site.yaml:2:3: apps.notes.command: It is missing."},
      {"apps:\n  notes:\n    command: [a, 5]\n", "site.yaml:3:18: apps.notes.command[1]: It is not text."},
      {"apps:\n  Notes: {command: [x]}\n", "site.yaml:2:3: apps.Notes: A app name"},
      {"apps:\n  notes: {command: [x], pool: none}\n", "site.yaml:2:25: apps.notes.pool: There is no pool \"none\"."},
      {"pools:\n  lab:\n    terms:\n      target_ms: 1\n", "site.yaml:3:5: pools.lab.terms: target_ms is a number"},
      {"aps: {}\n",
       "site.yaml:1:1: aps: There is no such section; there are groups, providers, pools, apps, grants, policies"},
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
  for (const auto& [text, expected] : kWrongRules) {
    EXPECT_THAT(refusal(text), testing::StartsWith(expected)) << text;
    EXPECT_EQ(exported(), before) << text;
  }
  EXPECT_FALSE(parse_site(std::string(5000, '[') + std::string(5000, ']'), "deep").ok());
}

TEST_F(SiteTest, ProvidersComeAndGoWithTheirUsers) {
  ASSERT_TRUE(apply_text(kSite).ok());
  {
    const auto connection = store_.lease();
    const auto corp = find_provider(*connection, "corp").value();
    ASSERT_TRUE(corp);
    EXPECT_EQ(sealer_.unseal(corp->secret, secret_words("corp")).value(), "first");
    EXPECT_EQ(find_provider(*connection, "people").value()->settings["nesting"], "chain");
    User zoe{.id = "zoe-id",
             .name = "zoe",
             .display_name = "",
             .password = "",
             .created_s = 1,
             .provider = "corp",
             .subject = "4711"};
    ASSERT_TRUE(add_user(*connection, zoe).ok());
    ASSERT_TRUE(open_web_session(*connection, "zoe-id", "", {}, 5).ok());
  }
  EXPECT_THAT(told(apply_text("providers: {}\n").value()),
              testing::ElementsAre("-providers.corp", "-providers.people"));
  EXPECT_TRUE(web_sessions_of(*store_.lease(), "zoe-id", 6).value().empty()) << "nobody vouches for her any more";
}

TEST_F(SiteTest, SecretsAreComparedAndNeverGivenBack) {
  ASSERT_TRUE(apply_text(kSite).ok());
  const std::string yaml = site_to_yaml(exported());
  EXPECT_EQ(yaml.find("first"), std::string::npos);
  EXPECT_NE(yaml.find("file: corp.secret"), std::string::npos) << yaml;
  Json wish = exported();
  Json& secret = wish["providers"]["corp"]["secret"];
  secret["value"] = "first";
  EXPECT_TRUE(apply(wish).value().empty());
  secret["value"] = "renewed word";
  const auto changes = apply(wish).value();
  EXPECT_THAT(told(changes), testing::ElementsAre("~providers.corp"));
  for (const Json& side : {changes.front().before, changes.front().after}) {
    EXPECT_EQ(side.dump().find("first"), std::string::npos) << side;
    EXPECT_EQ(side.dump().find("renewed word"), std::string::npos) << side;
    EXPECT_EQ(side.dump().find("mark"), std::string::npos) << side;
  }
  EXPECT_EQ(sealer_.unseal(find_provider(*store_.lease(), "corp").value()->secret, secret_words("corp")).value(),
            "renewed word");
  secret = "kept";
  wish["providers"]["corp"]["name"] = "Corp";
  EXPECT_EQ(apply(wish).value().size(), 1U);
  EXPECT_EQ(sealer_.unseal(find_provider(*store_.lease(), "corp").value()->secret, secret_words("corp")).value(),
            "renewed word");
  // One that was typed in a page has no place to be read from.
  {
    const auto connection = store_.lease();
    Provider corp = *find_provider(*connection, "corp").value();
    corp.secret_source.clear();
    ASSERT_TRUE(update_provider(*connection, corp).ok());
  }
  EXPECT_EQ(exported()["providers"]["corp"]["secret"], "kept");
  EXPECT_TRUE(apply(exported()).value().empty());
  wish["providers"]["corp"].erase("secret");
  EXPECT_EQ(apply(wish).value().size(), 1U);
  EXPECT_TRUE(find_provider(*store_.lease(), "corp").value()->secret.empty());
}

TEST_F(SiteTest, PoliciesFollowTheirGrants) {
  ASSERT_TRUE(apply_text(kSite).ok());
  const auto policy_of = [&](const char* kind) { return exported()["policies"].value(kind, Json()); };
  EXPECT_EQ(policy_of("site")["idle_limit"], 7200);
  EXPECT_EQ(policy_of("pools"),
            (Json{{"lab", {{"clipboard_out", Json::array()}, {"networks", {"10.0.0.0/8", "fd00::/8"}}}}}));
  EXPECT_EQ(policy_of("grants")["notes"]["users"]["ada"]["step_up"], 600);
  // A grant that goes takes its policy along, and one that stays keeps it, though no section speaks of policies.
  ASSERT_TRUE(apply_text("grants:\n  notes: {groups: [writers]}\n").ok());
  EXPECT_EQ(policy_of("grants"), (Json{{"notes", {{"groups", {{"writers", {{"view_only", true}}}}}}}}));
  // Both in one document: the grant goes, and what was its policy need not be there to be cleared.
  ASSERT_TRUE(apply_text("grants: {}\npolicies: {site: {idle_limit: 1h}}\n").ok());
  EXPECT_EQ(policy_of("site"), (Json{{"idle_limit", 3600}}));
  EXPECT_TRUE(policy_of("pools").is_null());
  EXPECT_EQ(told(apply_text("policies:\n").value()), std::vector<std::string>{"~policies.site"});
  EXPECT_TRUE(exported()["policies"].empty());
}

TEST_F(SiteTest, MembershipsThatAProviderGivesAreNotTheFiles) {
  ASSERT_TRUE(apply_text(kSite).ok());
  {
    const auto connection = store_.lease();
    const User eve = *find_user(*connection, "eve").value();
    ASSERT_TRUE(connection
                    ->run("INSERT INTO group_members(group_name, user_id, by_hand, by_provider) "
                          "VALUES ('empty', $1, 0, 1)",
                          {eve.id})
                    .ok());
    ASSERT_TRUE(connection->run("UPDATE group_members SET by_provider = 1 WHERE user_id = $1", {eve.id}).ok());
  }
  EXPECT_TRUE(exported()["groups"]["empty"].empty());
  ASSERT_TRUE(apply_text("groups: {writers: {members: [ada]}, empty: {}}\n").ok());
  const auto connection = store_.lease();
  EXPECT_THAT(groups_of(*connection, find_user(*connection, "eve").value()->id).value(),
              testing::ElementsAre("empty", "writers"));
  EXPECT_TRUE(apply_text("groups: {writers: {members: [ada]}, empty: {}}\n").value().empty());
}

}  // namespace
}  // namespace vitrine::broker
