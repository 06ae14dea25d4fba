// Running sessions under policies that change: over a provisioner in memory and under a clock of the test's own.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "broker/catalogue/policy_store.h"
#include "broker/provision/memory_provisioner.h"
#include "broker/session/session_service.h"
#include "broker/store/audit.h"
#include "tests/unit/broker/fixture.h"

namespace vitrine::broker {
namespace {

constexpr uint32_t kCopies = kMayCopyText | kMayCopyHtml | kMayCopyImage;
constexpr uint32_t kEverything =
    kMayView | kMayInput | kMayResize | kCopies | kMayPasteText | kMayPasteHtml | kMayPasteImage;

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr int64_t kMonday = 1'767'571'200;  // 2026-01-05 00:00 UTC

class SessionPolicyTest : public testing::Test {
 protected:
  SessionPolicyTest() {
    store_.add_catalogue({"notes"});
    ada_ = store_.add_user("ada", "correct horse battery");
    EXPECT_TRUE(add_group(*store_.lease(), "writers", false, 1).ok());
    EXPECT_TRUE(add_member(*store_.lease(), "writers", ada_).ok());
    EXPECT_TRUE(grant(*store_.lease(), "notes", kWriters, 1).ok());
  }
  void set(const Json& policy) {
    const auto done =
        set_policy(*store_.lease(), {.kind = PolicyPlace::Kind::kGrant, .resource = "notes", .to = kWriters}, policy);
    EXPECT_TRUE(done.ok()) << done.error().message;
  }
  Result<Session> open() { return service_->open(ada_, "notes", {}, asker_, now_); }
  // Opened, up, and looked at by one viewer.
  Session viewed() {
    Session opened = open().take();
    say(opened, 1, 0);
    EXPECT_TRUE(service_->ticket(opened, "https://here", asker_, now_).ok());
    enforce();
    provisioner_.take_said(opened.desktop);
    return opened;
  }
  void say(const Session& session, int viewers, uint64_t inputs) {
    DesktopReport report;
    report.id = session.desktop;
    report.phase = DesktopPhase::kRunning;
    report.viewers = viewers;
    report.measure.inputs = inputs;
    report.measure.links = 1;
    EXPECT_TRUE(service_->take_report(report, now_).ok());
  }
  void enforce() { EXPECT_TRUE(service_->enforce(now_).ok()); }
  Session row(const Session& session) { return *find_session(*store_.lease(), session.id).value(); }
  std::string end_reason(const Session& session) { return row(session).end_reason; }
  Ticket ticket(const Session& session) {
    const auto text = service_->ticket(row(session), "https://here", asker_, now_);
    EXPECT_TRUE(text.ok()) << text.error().message;
    if (!text.ok()) return {};
    const auto verifier = TicketVerifier::from_pem(signer_.public_key_pem()).take();
    return verifier.verify(base64url_decode(text.value()).take(), TicketKind::kViewer, static_cast<uint64_t>(now_))
        .take();
  }
  std::vector<std::string> said(const Session& session, DesktopVerb verb) {
    std::vector<std::string> texts;
    for (const auto& one : provisioner_.take_said(session.desktop)) {
      if (one.verb == verb) texts.push_back(one.text);
    }
    return texts;
  }
  std::vector<std::string> audit(const std::string& action) {
    std::vector<std::string> rows;
    for (const AuditRecord& one : find_audit(*store_.lease(), {.after = 0, .action = action}).take()) {
      rows.push_back(one.entry.action + " " + one.entry.outcome + " " + one.entry.address);
    }
    return rows;
  }

  const Grant kWriters{.group = true, .subject = "writers"};
  TestStore store_;
  MemoryProvisioner provisioner_;
  TicketSigner signer_ = TicketSigner::generate().take();
  std::unique_ptr<SessionService> service_ = std::make_unique<SessionService>(
      store_.database, provisioner_, signer_, [](const Resource&) { return Result<void>(); });
  User ada_;
  Asker asker_{.name = "ada", .address = "10.0.0.9", .second_factor_s = 0};
  int64_t now_ = kMonday + 12 * 3600;
};

TEST_F(SessionPolicyTest, TicketsCarryWhatOfTheClipboardMayPass) {
  const Session session = viewed();
  set({{"clipboard_in", "none"}, {"clipboard_out", "text, image"}});
  EXPECT_EQ(ticket(session).rights, kMayView | kMayInput | kMayResize | kMayCopyText | kMayCopyImage);
  set({{"clipboard_in", "html"}, {"clipboard_out", "none"}});
  EXPECT_EQ(ticket(session).rights, kMayView | kMayInput | kMayResize | kMayPasteHtml);
}

TEST_F(SessionPolicyTest, TicketsLetPagesKeepWhatTheyShowedOnlyWhereAPolicySaysSo) {
  const Session session = viewed();
  EXPECT_EQ(ticket(session).rights & kMayKeepOnDevice, 0U) << "not unless somebody decides so";
  const uint32_t before = ticket(session).generation;
  set({{"device_cache", "yes"}});
  EXPECT_EQ(ticket(session).rights, kEverything | kMayKeepOnDevice);
  set({{"device_cache", "no"}});
  enforce();
  EXPECT_EQ(said(session, DesktopVerb::kReadmit).size(), 1U) << "an open page loses it at once";
  EXPECT_EQ(ticket(session).generation, before + 2);
  EXPECT_EQ(ticket(session).rights, kEverything);
}

TEST_F(SessionPolicyTest, TicketsGrantWhatThePolicySaysAtTheirMoment) {
  const Session session = viewed();
  EXPECT_EQ(ticket(session).rights, kEverything);
  EXPECT_EQ(ticket(session).address, "") << "without networks a laptop may change its own";
  set({{"view_only", "yes"}, {"networks", "10.0.0.0/8"}});
  EXPECT_EQ(ticket(session).rights, kMayView | kCopies);
  EXPECT_EQ(ticket(session).address, "10.0.0.9");
}

TEST_F(SessionPolicyTest, ANarrowedPolicyReadmitsTheViewersOfARunningSessionAtOnce) {
  const Session session = viewed();
  const uint32_t before = ticket(session).generation;
  enforce();
  EXPECT_THAT(said(session, DesktopVerb::kReadmit), IsEmpty()) << "nothing changed";
  set({{"view_only", "yes"}});
  enforce();
  const auto orders = said(session, DesktopVerb::kReadmit);
  ASSERT_EQ(orders.size(), 1U);
  const Json order = parse_object(orders.front()).take();
  EXPECT_EQ(number_field(order, "generation"), before + 1);
  EXPECT_EQ(ticket(session).generation, before + 1) << "a ticket from before is of no use at the desktop";
  enforce();
  EXPECT_THAT(said(session, DesktopVerb::kReadmit), IsEmpty()) << "once";
  set({{"idle_limit", "1h"}});
  enforce();
  EXPECT_THAT(said(session, DesktopVerb::kReadmit), IsEmpty()) << "nothing that a ticket grants";
}

TEST_F(SessionPolicyTest, ARestartedBrokerTellsTheDesktopAgain) {
  const Session session = viewed();
  set({{"view_only", "yes"}});
  EXPECT_EQ(ticket(session).generation, 2U);
  service_ = std::make_unique<SessionService>(store_.database, provisioner_, signer_,
                                              [](const Resource&) { return Result<void>(); });
  ASSERT_TRUE(service_->reconcile(now_).ok());
  enforce();
  EXPECT_EQ(said(session, DesktopVerb::kReadmit).size(), 1U);
}

TEST_F(SessionPolicyTest, WhoIsNotEntitledAnyMoreIsOut) {
  const auto ends_with = [&](const std::function<Result<void>()>& change, const std::string& reason) {
    const Session session = viewed();
    ASSERT_TRUE(change().ok());
    enforce();
    EXPECT_THAT(end_reason(session), HasSubstr(reason));
    EXPECT_EQ(service_->ticket(session, "https://here", asker_, now_).ok(), false);
  };
  ends_with([&] { return revoke(*store_.lease(), "notes", kWriters); }, "may not open App notes any more");
  ASSERT_TRUE(grant(*store_.lease(), "notes", kWriters, 1).ok());
  ends_with([&] { return remove_member(*store_.lease(), "writers", ada_); }, "may not open App notes any more");
  ASSERT_TRUE(add_member(*store_.lease(), "writers", ada_).ok());
  ends_with([&] { return remove_group(*store_.lease(), "writers"); }, "may not open");
  ASSERT_TRUE(grant(*store_.lease(), "notes", {.group = false, .subject = "ada"}, 1).ok());
  ends_with(
      [&]() -> Result<void> {
        TRY(store_.lease()->run("UPDATE users SET disabled = 1 WHERE id = $1", {ada_.id}));
        return service_->keep_house(now_);  // finds what nobody marked as well
      },
      "disabled");
  ASSERT_TRUE(store_.lease()->run("UPDATE users SET disabled = 0 WHERE id = $1", {ada_.id}).ok());
  ends_with([&] { return remove_user(*store_.lease(), ada_); }, "removed");
}

TEST_F(SessionPolicyTest, AnIdleSessionIsWarnedThenEndedAndInputSavesIt) {
  set({{"idle_limit", "10m"}});
  const Session session = viewed();
  now_ += 539;
  enforce();
  EXPECT_THAT(said(session, DesktopVerb::kNotice), IsEmpty());
  now_ += 1;
  enforce();
  EXPECT_THAT(said(session, DesktopVerb::kNotice), ElementsAre(HasSubstr("in 1 minute")));
  now_ += 30;
  say(session, 1, 5);
  now_ += 539;
  enforce();
  EXPECT_THAT(said(session, DesktopVerb::kNotice), IsEmpty());
  now_ += 61;
  enforce();
  EXPECT_EQ(end_reason(session), "Nobody typed or pointed for 10 minutes.");
}

TEST_F(SessionPolicyTest, ASessionNobodyLooksAtIsKeptForItsLimit) {
  set({{"disconnect_limit", "1h"}, {"idle_limit", "2m"}});
  const Session session = viewed();
  say(session, 0, 0);
  now_ += 3600;
  enforce();
  EXPECT_EQ(row(session).ended_s, 0) << "idle counts while somebody looks";
  say(session, 1, 0);
  say(session, 0, 0);
  now_ += 3600;
  enforce();
  EXPECT_EQ(row(session).ended_s, 0) << "somebody was there meanwhile";
  now_ += 1;
  enforce();
  EXPECT_EQ(end_reason(session), "Nobody looked at this session for 1 hour.");
}

TEST_F(SessionPolicyTest, TheEndOfTheHoursIsSaidFiveMinutesBefore) {
  set({{"hours", "UTC mon-fri 08:00-18:00"}});
  const Session session = viewed();
  now_ = kMonday + 18 * 3600 - 301;
  say(session, 1, 9);
  enforce();
  EXPECT_THAT(said(session, DesktopVerb::kNotice), IsEmpty());
  now_ += 1;
  enforce();
  enforce();
  EXPECT_THAT(said(session, DesktopVerb::kNotice), ElementsAre(HasSubstr("ends at Monday 18:00 (UTC)")));
  now_ += 300;
  enforce();
  EXPECT_THAT(end_reason(session), HasSubstr("Tuesday 08:00"));
  EXPECT_EQ(open().error().code, ErrorCode::kForbidden);
}

TEST_F(SessionPolicyTest, OpeningAndEveryTicketAreJudgedWithAddressAndSecondFactor) {
  set({{"networks", "10.0.0.0/8"}, {"step_up", "10m"}});
  EXPECT_EQ(open().error().code, ErrorCode::kStepUpRequired);
  asker_.second_factor_s = now_ - 600;
  const Session session = viewed();
  now_ += 1;
  EXPECT_EQ(service_->ticket(session, "https://here", asker_, now_).error().code, ErrorCode::kStepUpRequired);
  EXPECT_EQ(row(session).ended_s, 0) << "a link that is open goes on";
  asker_ = {.name = "ada", .address = "192.0.2.1", .second_factor_s = now_};
  EXPECT_EQ(service_->ticket(session, "https://here", asker_, now_).error().code, ErrorCode::kForbidden);
  EXPECT_EQ(open().error().code, ErrorCode::kForbidden) << "also to a session that runs";
  EXPECT_THAT(audit("session.open"), ElementsAre("session.open step_up_required 10.0.0.9", "session.open ok 10.0.0.9",
                                                 "session.open forbidden 192.0.2.1"));
  EXPECT_THAT(audit("session.ticket"),
              ElementsAre("session.ticket step_up_required 10.0.0.9", "session.ticket forbidden 192.0.2.1"));
  const Asker administrator{.name = "root", .address = "192.0.2.1", .second_factor_s = 0};
  EXPECT_TRUE(service_->open(ada_, "notes", {}, administrator, now_).ok()) << "ada's page is judged at its ticket";
}

TEST_F(SessionPolicyTest, SessionsOfAUserAreCounted) {
  ASSERT_TRUE(grant(*store_.lease(), "desktop", kWriters, 1).ok());
  set({{"max_sessions", 1}});
  ASSERT_TRUE(service_->open(ada_, "desktop", {}, asker_, now_).ok());
  const auto second = open();
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error().code, ErrorCode::kExhausted);
}

TEST_F(SessionPolicyTest, APolicyThatCannotBeReadLetsNobodyIn) {
  const Session session = viewed();
  ASSERT_TRUE(store_.lease()->run("UPDATE entitlements SET policy = '{\"hours\":\"nonsense\"}'", {}).ok());
  EXPECT_FALSE(open().ok());
  EXPECT_FALSE(service_->ticket(session, "https://here", asker_, now_).ok());
  ASSERT_TRUE(service_->keep_house(now_).ok()) << "the other sessions are still looked after";
  EXPECT_THAT(end_reason(session), HasSubstr("cannot be read"));
}

TEST_F(SessionPolicyTest, ComingAndGoingIsInTheAudit) {
  const Session session = open().take();
  EXPECT_TRUE(service_->ticket(session, "https://here", asker_, now_).ok());
  say(session, 0, 0);
  say(session, 1, 0);
  say(session, 1, 7);
  say(session, 2, 7);
  say(session, 0, 7);
  EXPECT_THAT(audit("session.attach"), ElementsAre("session.attach ok 10.0.0.9", "session.attach ok 10.0.0.9"));
  EXPECT_THAT(audit("session.detach"), ElementsAre("session.detach ok 10.0.0.9"));
  EXPECT_TRUE(verify_audit(*store_.lease()).ok());
}

TEST_F(SessionPolicyTest, ADesktopThatDoesNotStartIsInTheAudit) {
  provisioner_.refuse_next({ErrorCode::kUnavailable, "The disk is full."});
  EXPECT_FALSE(open().ok());
  EXPECT_THAT(audit("session."),
              ElementsAre("session.open ok 10.0.0.9", "session.end ok ", "session.open unavailable 10.0.0.9"));
}

}  // namespace
}  // namespace vitrine::broker
