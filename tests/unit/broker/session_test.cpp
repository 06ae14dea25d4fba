// Sessions over a provisioner in memory: who gets what, what becomes of it, and what a crash leaves.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "broker/catalogue/terms.h"
#include "broker/pools/desktop_life.h"
#include "broker/provision/measure_json.h"
#include "broker/provision/memory_provisioner.h"
#include "broker/session/session_reports.h"
#include "broker/session/session_service.h"
#include "broker/store/audit.h"
#include "broker/store/settings.h"
#include "tests/unit/broker/fixture.h"

namespace vitrine::broker {
namespace {

using testing::ElementsAre;

const Asker kAda{.name = "ada", .address = "::1", .second_factor_s = 0};

class SessionTest : public testing::Test {
 protected:
  SessionTest() {
    store_.add_catalogue({"notes", "paint"});
    ada_ = store_.add_user("ada", "correct horse battery");
    eve_ = store_.add_user("eve", "another long password");
    EXPECT_TRUE(grant(*store_.lease(), "notes", {.group = false, .subject = "ada"}, 1).ok());
    EXPECT_TRUE(grant(*store_.lease(), "desktop", {.group = true, .subject = "everyone"}, 1).ok());
  }

  Result<Session> open(const User& user, const std::string& resource) {
    return service_->open(user, resource, {.width = 1000, .height = 700}, {.name = user.name, .address = "::1"}, now_);
  }
  Session session(const std::string& id) { return *find_session(*store_.lease(), id).value(); }
  // Takes in all that the provisioner has to say.
  void settle() {
    while (const auto report = provisioner_.next_report(0)) EXPECT_TRUE(service_->take_report(*report, now_).ok());
  }
  void say(const Session& session, DesktopPhase phase, int viewers, const std::string& reason = "") {
    DesktopReport report;
    report.id = session.desktop;
    report.phase = phase;
    report.viewers = viewers;
    report.reason = reason;
    provisioner_.say(report);
    settle();
  }
  // A broker that was killed and comes up again over the same store and the same desktops.
  void restart() {
    service_ = std::make_unique<SessionService>(store_.database, provisioner_, signer_, check_);
    EXPECT_TRUE(service_->reconcile(now_).ok());
    settle();
  }

  TestStore store_;
  MemoryProvisioner provisioner_;
  TicketSigner signer_ = TicketSigner::generate().take();
  std::optional<Error> missing_;
  SessionService::CheckInstalled check_ = [this](const Resource&) {
    return missing_ ? Result<void>(*missing_) : Result<void>();
  };
  std::unique_ptr<SessionService> service_ =
      std::make_unique<SessionService>(store_.database, provisioner_, signer_, check_);
  User ada_;
  User eve_;
  int64_t now_ = 1'000'000;
};

TEST_F(SessionTest, OpeningStartsADesktopWithTheWantedSize) {
  const auto opened = open(ada_, "notes");
  ASSERT_TRUE(opened.ok()) << opened.error().message;
  EXPECT_EQ(opened.value().state(), DesktopLife::kProvisioning);
  ASSERT_EQ(provisioner_.running().size(), 1U);
  const DesktopOrder order = provisioner_.running().front();
  EXPECT_EQ(order.user, "ada");
  EXPECT_EQ(order.width, 1000);
  EXPECT_THAT(order.command, ElementsAre("true"));
  settle();
  EXPECT_EQ(session(opened.value().id).state(), DesktopLife::kAssigned);
}

TEST_F(SessionTest, OpeningAgainGivesTheSameSession) {
  const std::string first = open(ada_, "notes").value().id;
  EXPECT_EQ(open(ada_, "notes").value().id, first);
  EXPECT_NE(open(ada_, "desktop").value().id, first);
  EXPECT_NE(open(eve_, "desktop").value().id, first);
  EXPECT_EQ(provisioner_.running().size(), 3U);
}

TEST_F(SessionTest, WhatIsNotYoursLooksLikeWhatDoesNotExist) {
  const auto hidden = open(eve_, "notes");
  const auto unknown = open(eve_, "no-such-thing");
  ASSERT_FALSE(hidden.ok());
  EXPECT_EQ(hidden.error().code, unknown.error().code);
  EXPECT_EQ(hidden.error().message, unknown.error().message);
  ASSERT_TRUE(add_group(*store_.lease(), "writers", false, 1).ok());
  ASSERT_TRUE(grant(*store_.lease(), "notes", {.group = true, .subject = "writers"}, 1).ok());
  ASSERT_TRUE(add_member(*store_.lease(), "writers", eve_).ok());
  EXPECT_TRUE(open(eve_, "notes").ok()) << "a group's grant counts";
  ASSERT_TRUE(remove_member(*store_.lease(), "writers", eve_).ok());
  EXPECT_FALSE(find_resource_of(*store_.lease(), eve_, "notes").value().has_value());
}

TEST_F(SessionTest, TheStateFollowsTheViewers) {
  const Session opened = open(ada_, "notes").value();
  settle();
  say(opened, DesktopPhase::kRunning, 1);
  EXPECT_EQ(session(opened.id).state(), DesktopLife::kConnected);
  say(opened, DesktopPhase::kRunning, 0);
  EXPECT_EQ(session(opened.id).state(), DesktopLife::kDisconnected);
  say(opened, DesktopPhase::kRunning, 2);
  EXPECT_EQ(session(opened.id).state(), DesktopLife::kConnected);
}

TEST_F(SessionTest, WhatWasMeasuredOutlivesTheDesktopAndIsForgottenWithTheSession) {
  const Session opened = open(ada_, "notes").take();
  SessionMeasure measure;
  measure.links = 2;
  measure.reconnects = 1;
  measure.bytes_down = 123'456;
  for (int ms = 10; ms <= 100; ms += 10) measure.response.add(ms * kMillisecond);
  DesktopReport report;
  report.id = opened.desktop;
  report.phase = DesktopPhase::kEnded;
  report.measure = measure_from_json(measure_to_json(measure));
  provisioner_.say(report);
  settle();
  const auto kept = find_report(*store_.lease(), opened.id).take();
  ASSERT_TRUE(kept.has_value());
  EXPECT_EQ(kept->measure.bytes_down, 123'456U);
  EXPECT_EQ(kept->measure.response.counts(), measure.response.counts());
  const Json shown = report_to_people(kept->measure, 60);
  EXPECT_EQ(shown["reconnects"], 1);
  EXPECT_EQ(shown["response"]["share_under_100_ms"], 1.0);
  EXPECT_NEAR(shown["response"]["p50_ms"].get<double>(), 50, 7);
  now_ += 40 * 24 * 3600;
  EXPECT_TRUE(service_->keep_house(now_).ok());
  EXPECT_FALSE(find_report(*store_.lease(), opened.id).take().has_value());
}

TEST_F(SessionTest, TicketsCarryTheTermsOfTheirResource) {
  const Session opened = open(ada_, "notes").take();
  EXPECT_TRUE(set_resource_terms(*store_.lease(), opened.resource, {.target_ms = 100, .ceiling_kbit = 4'000}).ok());
  const std::string ticket = service_->ticket(opened, "https://here", kAda, now_).take();
  const auto verifier = TicketVerifier::from_pem(signer_.public_key_pem()).take();
  const auto bytes = base64url_decode(ticket).take();
  const Ticket read = verifier.verify(bytes, TicketKind::kViewer, static_cast<uint64_t>(now_)).take();
  EXPECT_EQ(read.ceiling_kbit, 4'000U);
  EXPECT_EQ(read.target_ms, 100U);
}

TEST(TermsTest, APresetIsAStartAndNumbersHaveTheirRange) {
  const Terms saver = change_terms({}, {{"preset", "saver"}, {"ceiling_kbit", 4'000}}).value();
  EXPECT_EQ(saver, (Terms{.target_ms = 100, .ceiling_kbit = 4'000, .quality_floor = 0}));
  EXPECT_EQ(change_terms(saver, {{"quality_floor", 90}}).value().ceiling_kbit, 4'000);
  for (const Json& wrong : {Json{{"preset", "best"}}, Json{{"ceiling_kbit", 5}}, Json{{"target_ms", -1}},
                            Json{{"quality_floor", 101}}, Json{{"target_ms", "much"}}}) {
    EXPECT_FALSE(change_terms({}, wrong).ok()) << wrong.dump();
  }
}

TEST_F(SessionTest, AnAppThatIsClosedEndsItsSession) {
  const Session opened = open(ada_, "notes").value();
  settle();
  say(opened, DesktopPhase::kEnding, 1, "App notes was closed.");
  EXPECT_EQ(session(opened.id).state(), DesktopLife::kEnded) << "for the user, while it is still being taken down";
  EXPECT_EQ(session(opened.id).life, DesktopLife::kRecycling);
  EXPECT_NE(open(ada_, "notes").value().id, opened.id) << "a new one can be opened at once";
  say(opened, DesktopPhase::kEnded, 0, "App notes was closed.");
  EXPECT_EQ(session(opened.id).life, DesktopLife::kEnded);
  EXPECT_EQ(session(opened.id).detail(), "App notes was closed.");
}

TEST_F(SessionTest, AFailedDesktopSaysWhy) {
  const Session opened = open(ada_, "notes").value();
  settle();
  say(opened, DesktopPhase::kFailed, 0, "The display server stopped.");
  EXPECT_EQ(session(opened.id).state(), DesktopLife::kFailed);
  EXPECT_EQ(session(opened.id).detail(), "The display server stopped.");
  EXPECT_FALSE(service_->ticket(session(opened.id), "https://x", kAda, now_).ok());
  say(opened, DesktopPhase::kRunning, 1);
  EXPECT_EQ(session(opened.id).state(), DesktopLife::kFailed) << "a late report does not bring it back";
}

TEST_F(SessionTest, ADesktopThatCannotStartLeavesNoSession) {
  provisioner_.refuse_next({ErrorCode::kUnavailable, "The disk is full."});
  const auto opened = open(ada_, "notes");
  ASSERT_FALSE(opened.ok());
  EXPECT_EQ(opened.error().message, "The disk is full.");
  EXPECT_TRUE(running_sessions(*store_.lease(), ada_.id).value().empty());
  EXPECT_EQ(count_living_desktops(*store_.lease()).value(), 0);
  EXPECT_TRUE(open(ada_, "notes").ok());
}

TEST_F(SessionTest, AMissingProgramIsNamedBeforeAnythingStarts) {
  missing_ = Error{ErrorCode::kUnavailable, "Install it with: apt install notes"};
  EXPECT_EQ(open(ada_, "notes").error().message, "Install it with: apt install notes");
  EXPECT_TRUE(running_sessions(*store_.lease(), ada_.id).value().empty());
}

TEST_F(SessionTest, AFullServerSaysSo) {
  ASSERT_TRUE(write_setting(*store_.lease(), "max_desktops", "1").ok());
  ASSERT_TRUE(open(ada_, "notes").ok());
  const auto second = open(eve_, "desktop");
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error().code, ErrorCode::kExhausted);
  EXPECT_NE(second.error().message.find("in use"), std::string::npos);
  EXPECT_TRUE(open(ada_, "notes").ok()) << "the running one is still there";
}

TEST_F(SessionTest, SigningOutEndsAllOfAUserAndNobodyElse) {
  const Session notes = open(ada_, "notes").value();
  const Session desktop = open(ada_, "desktop").value();
  const Session other = open(eve_, "desktop").value();
  ASSERT_TRUE(service_->end_all_of(ada_.id, "You signed out.", {.name = "ada", .address = ""}, now_).ok());
  settle();
  EXPECT_EQ(session(notes.id).state(), DesktopLife::kEnded);
  EXPECT_EQ(session(desktop.id).detail(), "You signed out.");
  EXPECT_EQ(session(other.id).state(), DesktopLife::kAssigned);
  EXPECT_EQ(provisioner_.running().size(), 1U);
}

TEST_F(SessionTest, ADesktopWithoutViewersIsKeptForItsLimitOnly) {
  const Session unused = open(ada_, "notes").value();
  settle();
  now_ += 24 * 3600;
  ASSERT_TRUE(service_->keep_house(now_).ok());
  EXPECT_EQ(session(unused.id).state(), DesktopLife::kAssigned);
  now_ += 10;
  ASSERT_TRUE(service_->keep_house(now_).ok());
  EXPECT_EQ(session(unused.id).state(), DesktopLife::kEnded);
  settle();
  now_ += 31 * 24 * 3600;
  ASSERT_TRUE(service_->keep_house(now_).ok());
  EXPECT_FALSE(find_session(*store_.lease(), unused.id).value().has_value()) << "old rows go";
}

TEST_F(SessionTest, TicketsNameTheSessionTheOriginAndAMinute) {
  const Session opened = open(ada_, "notes").value();
  const std::string text = service_->ticket(opened, "https://vitrine.example", kAda, now_).value();
  const TicketVerifier verifier = TicketVerifier::from_pem(signer_.public_key_pem()).take();
  const Bytes bytes = base64url_decode(text).value();
  const Ticket ticket = verifier.verify(bytes, TicketKind::kViewer, static_cast<uint64_t>(now_)).value();
  EXPECT_EQ(ticket.kind, TicketKind::kViewer);
  EXPECT_EQ(ticket.desktop, opened.desktop);
  EXPECT_EQ(ticket.session, opened.id);
  EXPECT_EQ(ticket.origin, "https://vitrine.example");
  EXPECT_EQ(ticket.expires_s - ticket.issued_s, 60U);
  EXPECT_FALSE(verifier.verify(bytes, TicketKind::kViewer, static_cast<uint64_t>(now_ + 60)).ok());
}

TEST_F(SessionTest, OneTimeCodesWorkOnceAndForFiveMinutes) {
  const Session opened = open(ada_, "notes").value();
  const auto make = [&] { return make_one_time_code(*store_.lease(), ada_.id, opened.id, now_).value(); };
  const auto redeem = [&](const std::string& code) {
    return redeem_one_time_code(*store_.lease(), code, now_).value();
  };
  const std::string code = make();
  EXPECT_EQ(redeem(code)->session, opened.id);
  EXPECT_FALSE(redeem(code).has_value());
  const std::string late = make();
  now_ += kOneTimeCodeLifetimeS;
  EXPECT_FALSE(redeem(late).has_value());
  EXPECT_FALSE(redeem("").has_value());
  EXPECT_FALSE(redeem(std::string(10'000, 'a')).has_value());
}

TEST_F(SessionTest, ARestartedBrokerTakesOverWhatRuns) {
  const Session opened = open(ada_, "notes").value();
  settle();
  say(opened, DesktopPhase::kRunning, 1);
  restart();
  EXPECT_EQ(open(ada_, "notes").value().id, opened.id);
  EXPECT_EQ(provisioner_.running().size(), 1U);
}

TEST_F(SessionTest, WhatABrokerDidNotLiveToStartIsStartedByTheNext) {
  // What insert_rows() leaves when the process dies right after it.
  const Session half{.id = "half",
                     .user_id = ada_.id,
                     .user = "ada",
                     .resource = "notes",
                     .name = "Notes",
                     .desktop = "halfdesktop",
                     .started_s = now_,
                     .ended_s = 0,
                     .end_reason = "",
                     .life = DesktopLife::kProvisioning,
                     .desktop_detail = "",
                     .changed_s = now_};
  ASSERT_TRUE(insert_desktop(*store_.lease(), {.id = half.desktop,
                                               .pool = "desktop",
                                               .resource = "notes",
                                               .provisioner = "local",
                                               .life = half.life,
                                               .detail = "",
                                               .created_s = now_,
                                               .changed_s = now_})
                  .ok());
  ASSERT_TRUE(insert_session(*store_.lease(), half).ok());
  restart();
  EXPECT_EQ(session("half").state(), DesktopLife::kAssigned);
  ASSERT_EQ(provisioner_.running().size(), 1U);
  EXPECT_EQ(provisioner_.running().front().user, "ada");
  EXPECT_EQ(open(ada_, "notes").value().id, "half");
}

TEST_F(SessionTest, ADesktopThatNoRowKnowsIsEnded) {
  DesktopOrder stray;
  stray.id = "stray";
  ASSERT_TRUE(provisioner_.start(stray).ok());
  restart();
  EXPECT_TRUE(provisioner_.running().empty());
}

TEST_F(SessionTest, ADesktopThatDiedWhileNoBrokerRanIsEnded) {
  const Session opened = open(ada_, "notes").value();
  settle();
  ASSERT_TRUE(provisioner_.command(opened.desktop, DesktopVerb::kEnd, "").ok());
  while (provisioner_.next_report(0)) {  // nobody was there to hear it
  }
  restart();
  EXPECT_EQ(session(opened.id).state(), DesktopLife::kEnded);
}

TEST_F(SessionTest, WhatAnotherBrokerBeganIsItsOwnForALeaseAndThenAnybodys) {
  ASSERT_TRUE(insert_desktop(*store_.lease(), {.id = "theirs",
                                               .pool = "desktop",
                                               .resource = "desktop",
                                               .provisioner = "local",
                                               .life = DesktopLife::kProvisioning,
                                               .detail = "",
                                               .created_s = now_,
                                               .changed_s = now_,
                                               .lease_owner = "another",
                                               .lease_until_s = now_ + kLeaseS})
                  .ok());
  const auto life = [&] { return find_desktop(*store_.lease(), "theirs").value()->life; };
  now_ += kLeaseS;
  ASSERT_TRUE(service_->reconcile(now_).ok());
  EXPECT_EQ(life(), DesktopLife::kProvisioning);
  ASSERT_TRUE(renew_leases(*store_.lease(), "another", now_).ok());
  now_ += kLeaseS;
  ASSERT_TRUE(service_->reconcile(now_).ok());
  EXPECT_EQ(life(), DesktopLife::kProvisioning) << "it lives and renewed its lease";
  now_ += 1;
  ASSERT_TRUE(service_->reconcile(now_).ok());
  EXPECT_EQ(life(), DesktopLife::kEnded) << "nobody's, so it is not started again";
}

TEST(DesktopLifeTest, NothingComesBackFromBeingOver) {
  for (const LifeChange& change : allowed_changes()) {
    EXPECT_FALSE(is_over(change.from)) << life_name(change.from);
    EXPECT_NE(change.from, change.to);
  }
  // Whatever state a desktop is in, it can be lost.
  for (const DesktopLife life : {DesktopLife::kProvisioning, DesktopLife::kReady, DesktopLife::kAssigned,
                                 DesktopLife::kConnected, DesktopLife::kDisconnected, DesktopLife::kRecycling}) {
    EXPECT_TRUE(may_change(life, DesktopLife::kFailed)) << life_name(life);
    EXPECT_TRUE(may_change(life, DesktopLife::kEnded)) << life_name(life);
    EXPECT_EQ(life_from_name(life_name(life)), life);
  }
}

TEST(DesktopLifeTest, TheStoreAllowsWhatTheTableAllows) {
  TestStore store;
  const DesktopLife all[] = {DesktopLife::kProvisioning, DesktopLife::kReady,        DesktopLife::kAssigned,
                             DesktopLife::kConnected,    DesktopLife::kDisconnected, DesktopLife::kRecycling,
                             DesktopLife::kFailed,       DesktopLife::kEnded};
  for (const DesktopLife from : all) {
    for (const DesktopLife to : all) {
      const std::string id = random_id();
      ASSERT_TRUE(insert_desktop(*store.lease(), {.id = id,
                                                  .pool = "p",
                                                  .resource = "p",
                                                  .provisioner = "local",
                                                  .life = from,
                                                  .detail = "",
                                                  .created_s = 1,
                                                  .changed_s = 1})
                      .ok());
      if (to == DesktopLife::kProvisioning) continue;  // only ever the first state
      EXPECT_EQ(change_life(*store.lease(), id, to, "", 2).value(), may_change(from, to))
          << life_name(from) << " to " << life_name(to);
    }
  }
}

}  // namespace
}  // namespace vitrine::broker
