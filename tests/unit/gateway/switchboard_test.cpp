#include "gateway/switchboard.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <map>

#include "protocol/wire.h"

namespace vitrine {
namespace {

constexpr uint64_t kNowS = 1'800'000'000;
constexpr uint32_t kAllRights = kMayView | kMayInput | kMayResize;

// Drives a switchboard under virtual time. What a link is sent piles up in `got` until it is looked at, unless its
// socket is stuck.
class SwitchboardTest : public testing::Test {
 protected:
  void viewer(LinkId id, const std::string& desktop = "d", uint32_t rights = kAllRights) {
    ViewerAdmission admission;
    admission.ticket = {.id = Bytes(16, static_cast<uint8_t>(id)),
                        .desktop = desktop,
                        .session = "s" + desktop,
                        .user = "ann",
                        .rights = rights,
                        .issued_s = kNowS - 1,
                        .expires_s = kNowS + 30};
    admission.hello = {.width = 800, .height = 600, .browser = "Test 1"};
    admit(id, admission);
  }
  void admit(LinkId id, const ViewerAdmission& admission) {
    board_.add_viewer(id, admission, now_, kNowS);
    settle();
  }
  void agent(LinkId id, const std::string& desktop = "d") {
    AgentAdmission admission;
    admission.ticket = {.kind = TicketKind::kAgent, .desktop = desktop};
    board_.add_agent(id, admission, now_);
    settle();
  }
  template <class M>
  void say(LinkId id, const M& message) {
    board_.receive(id, serialize(message), now_);
    settle();
  }
  void gone(LinkId id) {
    board_.remove(id, now_);
    settle();
  }
  void pass(Micros time) {
    const Micros until = now_ + time;
    while (board_.next_deadline() <= until) {
      now_ = std::max(now_, board_.next_deadline());
      board_.tick(now_);
      settle();
    }
    now_ = until;
  }
  void settle() {
    for (const LinkId id : board_.take_woken()) {
      while (!stuck_.contains(id)) {
        auto message = board_.take_output(id, now_);
        if (!message) break;
        got_[id].push_back(std::move(*message));
        board_.written(id, now_);
      }
    }
    if (const auto more = board_.take_woken(); !more.empty()) settle();
  }
  void unstick(LinkId id) {
    stuck_.erase(id);
    while (auto message = board_.take_output(id, now_)) {
      got_[id].push_back(std::move(*message));
      board_.written(id, now_);
    }
    settle();
  }

  // The next message a link was sent, which must be an M.
  template <class M>
  M next(LinkId id) {
    EXPECT_FALSE(got_[id].empty()) << "nothing was sent to link " << id << ", expected " << M::kName;
    if (got_[id].empty()) return {};
    auto message = parse<M>(got_[id].front());
    EXPECT_TRUE(message.ok()) << message.error().message;
    got_[id].pop_front();
    return message.ok() ? message.take() : M{};
  }
  bool quiet(LinkId id) { return got_[id].empty(); }
  DesktopState next_state(LinkId id) { return next<DesktopStatus>(id).state; }

  // A viewer 1 and an agent 10 that are paired, their greetings read.
  void pair() {
    viewer(1);
    agent(10);
    got_.clear();
  }

  Switchboard::Options options() {
    return {.pairing = {.viewers_per_desktop = 2}, .queue = {.bytes = 1000, .messages = 4}, .started_s = kNowS - 10};
  }

  RelayCounters counters_;
  Switchboard board_{options(), counters_};
  Micros now_ = 1 * kSecond;
  std::map<LinkId, std::deque<Bytes>> got_;
  std::map<LinkId, bool> stuck_;
};

TEST_F(SwitchboardTest, AViewerWaitsUntilItsAgentComes) {
  viewer(1);
  EXPECT_EQ(next<Welcome>(1).session, "sd");
  EXPECT_EQ(next_state(1), DesktopState::kStarting);
  agent(10);
  EXPECT_EQ(next<Welcome>(10).session, "");
  const auto joined = next<ViewerJoined>(10);
  EXPECT_EQ(joined.viewer, 1);
  EXPECT_EQ(joined.user, "ann");
  EXPECT_EQ(joined.width, 800);
  EXPECT_EQ(joined.rights, kAllRights);
  EXPECT_EQ(next_state(1), DesktopState::kConnected);
}

TEST_F(SwitchboardTest, AnIdleAgentIsJoinedAtOnce) {
  agent(10);
  viewer(1);
  next<Welcome>(1);
  EXPECT_EQ(next_state(1), DesktopState::kConnected);
  EXPECT_TRUE(quiet(1));
}

TEST_F(SwitchboardTest, RelaysBothWaysUnread) {
  pair();
  say(10, SurfaceReset{.epoch = 1, .width = 800, .height = 600});
  EXPECT_EQ(next<SurfaceReset>(1).width, 800);
  say(1, Key{.sequence = 1, .down = true, .code = "KeyA", .key = "a"});
  EXPECT_EQ(next<Key>(10).key, "a");
  // A type of the right range that this gateway does not know, with a body that means nothing to it.
  board_.receive(10, Bytes{31, 1, 2, 3}, now_);
  settle();
  EXPECT_EQ(got_[1].front(), (Bytes{31, 1, 2, 3}));
}

TEST_F(SwitchboardTest, PingsOfPairedEndsGoToTheOtherEnd) {
  pair();
  say(1, Ping{.time_us = 5});
  EXPECT_EQ(next<Ping>(10).time_us, 5);
  say(10, Pong{.time_us = 5});
  EXPECT_EQ(next<Pong>(1).time_us, 5);
}

TEST_F(SwitchboardTest, PingsOfOthersAreAnsweredHere) {
  agent(10);
  next<Welcome>(10);
  say(10, Ping{.time_us = 7});
  EXPECT_EQ(next<Pong>(10).time_us, 7);
}

TEST_F(SwitchboardTest, DropsWhatThePolicyDoesNotGrant) {
  viewer(1, "d", kMayView);
  agent(10);
  got_.clear();
  say(1, Key{.sequence = 1});
  say(1, Resize{.width = 1, .height = 1});
  EXPECT_TRUE(quiet(10));
  say(1, FrameAck{.update_id = 1});
  EXPECT_EQ(next<FrameAck>(10).update_id, 1);
  EXPECT_EQ(counters_.not_granted.get(), 2);
}

TEST_F(SwitchboardTest, ALostAgentIsReplacedByItsNextLink) {
  pair();
  gone(10);
  EXPECT_EQ(next_state(1), DesktopState::kLost);
  const auto barrier = next<Ping>(1);
  say(1, Resize{.width = 1024, .height = 768, .scale_percent = 200, .left = -7, .top = 9});
  say(1, Visibility{.visible = false});
  say(1, Pong{.time_us = barrier.time_us});
  agent(11);
  next<Welcome>(11);
  const auto joined = next<ViewerJoined>(11);
  EXPECT_EQ(joined.viewer, 1);
  EXPECT_EQ(joined.width, 1024) << "the size the viewer has now";
  EXPECT_EQ(joined.scale_percent, 200);
  EXPECT_EQ(joined.left, -7);
  EXPECT_EQ(joined.top, 9);
  EXPECT_FALSE(next<Visibility>(11).visible);
  EXPECT_EQ(next_state(1), DesktopState::kConnected);
}

TEST_F(SwitchboardTest, WhatWasMeantForALostAgentDoesNotReachTheNext) {
  pair();
  agent(11);
  next<Welcome>(11);
  gone(10);
  EXPECT_EQ(next_state(1), DesktopState::kLost);
  const auto barrier = next<Ping>(1);
  EXPECT_EQ(next_state(1), DesktopState::kConnected);
  next<ViewerJoined>(11);
  say(1, FrameAck{.update_id = 99});
  say(1, Pong{.time_us = 3});
  EXPECT_TRUE(quiet(11)) << "sent before the viewer could know";
  say(1, Pong{.time_us = barrier.time_us});
  EXPECT_TRUE(quiet(11)) << "the barrier's answer is the gateway's";
  say(1, FrameAck{.update_id = 1});
  EXPECT_EQ(next<FrameAck>(11).update_id, 1);
}

TEST_F(SwitchboardTest, WhatAViewerStillHasIsGivenToTheNextAgentLinkOnce) {
  ViewerAdmission admission;
  admission.ticket = {
      .id = Bytes(16, 1), .desktop = "d", .rights = kAllRights, .issued_s = kNowS, .expires_s = kNowS + 30};
  admission.hello.holdings = {1, 2, 3};
  admit(1, admission);
  agent(10);
  next<Welcome>(10);
  EXPECT_EQ(next<ViewerJoined>(10).holdings, (Bytes{1, 2, 3}));
  // Now the picture is what that link makes of it.
  say(1, Holdings{.width = 5});
  EXPECT_TRUE(quiet(10));
  gone(10);
  agent(11);
  next<Welcome>(11);
  EXPECT_TRUE(next<ViewerJoined>(11).holdings.empty());
}

TEST_F(SwitchboardTest, WhatAViewerHasIsHeardOnlyAfterItKnowsOfTheLoss) {
  pair();
  gone(10);
  next_state(1);
  const auto barrier = next<Ping>(1);
  say(1, Holdings{.width = 5});
  say(1, Pong{.time_us = barrier.time_us});
  say(1, Holdings{.width = 6});
  agent(11);
  next<Welcome>(11);
  EXPECT_EQ(next<ViewerJoined>(11).holdings, serialize(Holdings{.width = 6}));
}

TEST_F(SwitchboardTest, AViewerThatGoesClosesItsAgentLinkAfterItsLastInput) {
  pair();
  stuck_[10] = true;
  say(1, Key{.sequence = 1});
  gone(1);
  unstick(10);
  next<Key>(10);
  EXPECT_EQ(next<Close>(10).code, CloseCode::kNormal);
  EXPECT_EQ(board_.state(10), Switchboard::LinkState::kFlushing);
}

TEST_F(SwitchboardTest, AnAgentsReasonReachesTheViewer) {
  pair();
  say(10, Close{.code = CloseCode::kSessionEnded, .reason = "You signed out."});
  const auto close = next<Close>(1);
  EXPECT_EQ(close.code, CloseCode::kSessionEnded);
  EXPECT_EQ(close.reason, "You signed out.");
  EXPECT_EQ(board_.state(1), Switchboard::LinkState::kFlushing);
  EXPECT_EQ(board_.state(10), Switchboard::LinkState::kFlushing);
}

TEST_F(SwitchboardTest, AnAgentThatRestartsKeepsItsViewer) {
  pair();
  say(10, Close{.code = CloseCode::kShuttingDown});
  EXPECT_EQ(next_state(1), DesktopState::kLost);
  EXPECT_EQ(board_.state(1), Switchboard::LinkState::kOpen);
}

TEST_F(SwitchboardTest, AViewersCloseReachesTheAgent) {
  pair();
  say(1, Close{.code = CloseCode::kNormal, .reason = "Tab closed."});
  EXPECT_EQ(next<Close>(10).reason, "Tab closed.");
}

TEST_F(SwitchboardTest, AFaultEndsThatLinkAlone) {
  pair();
  viewer(2);
  agent(11);
  got_.clear();
  say(1, Update{});
  EXPECT_EQ(next<Close>(1).code, CloseCode::kProtocolError);
  EXPECT_EQ(next<Close>(10).code, CloseCode::kNormal);
  say(2, Key{.sequence = 1});
  next<Key>(11);
  EXPECT_EQ(counters_.closed_for_fault.get(), 1);
}

TEST_F(SwitchboardTest, CountsWhatAgentsReportAndRelaysNoneOfIt) {
  viewer(1);
  agent(10);
  SessionReport report{.inputs = 3, .counts = std::vector<uint32_t>(kReportedTimes * kLatencyBuckets), .sums_us = {}};
  report.counts[7] = 3;
  report.sums_us = std::vector<uint32_t>(kReportedTimes, 5'000);
  got_.clear();
  say(10, report);
  say(10, report);
  EXPECT_TRUE(got_[1].empty());
  EXPECT_EQ(counters_.times[0].counts[7].get(), 6U);
  EXPECT_EQ(counters_.times[8].sum_us.get(), 10'000U);
  report.counts.pop_back();
  say(10, report);
  EXPECT_EQ(next<Close>(10).code, CloseCode::kProtocolError);
}

TEST_F(SwitchboardTest, AViewerReportsNothingToTheGateway) {
  viewer(1);
  say(1, SessionReport{});
  EXPECT_EQ(board_.state(1), Switchboard::LinkState::kFlushing);
}

TEST_F(SwitchboardTest, RefusesMessagesOverTheLimitOfTheirSide) {
  pair();
  board_.receive(1, Bytes(kMaxViewerMessage + 1, 40), now_);
  settle();
  EXPECT_EQ(next<Close>(1).code, CloseCode::kLimit);
}

TEST_F(SwitchboardTest, RefusesMalformedControlMessages) {
  pair();
  board_.receive(1, Bytes{}, now_);
  settle();
  EXPECT_EQ(next<Close>(1).code, CloseCode::kProtocolError);
  viewer(2);
  got_.clear();
  board_.receive(2, Bytes{6, 99}, now_);
  settle();
  EXPECT_EQ(next<Close>(2).code, CloseCode::kProtocolError);
}

TEST_F(SwitchboardTest, PixelsBeforeAViewerAreAFault) {
  agent(10);
  got_.clear();
  say(10, SurfaceReset{});
  EXPECT_EQ(next<Close>(10).code, CloseCode::kProtocolError);
}

TEST_F(SwitchboardTest, ATicketWorksOnce) {
  viewer(1);
  ViewerAdmission again;
  again.ticket = {.id = Bytes(16, 1), .desktop = "d", .issued_s = kNowS - 1, .expires_s = kNowS + 30};
  admit(2, again);
  EXPECT_EQ(next<Close>(2).code, CloseCode::kBadTicket);
  EXPECT_TRUE(got_[2].empty());
  EXPECT_EQ(counters_.refused[static_cast<size_t>(Refusal::kUsed)].get(), 1);
}

TEST_F(SwitchboardTest, ATicketOlderThanTheGatewayIsRefused) {
  ViewerAdmission old;
  old.ticket = {.id = Bytes(16, 1), .desktop = "d", .issued_s = kNowS - 10, .expires_s = kNowS + 30};
  admit(1, old);
  EXPECT_EQ(next<Close>(1).code, CloseCode::kBadTicket);
}

TEST_F(SwitchboardTest, RefusesOneViewerTooMany) {
  viewer(1);
  viewer(2);
  viewer(3);
  EXPECT_EQ(next<Close>(3).code, CloseCode::kLimit);
}

TEST_F(SwitchboardTest, ReplacesTheOldestOfTooManyIdleLinks) {
  agent(10);
  agent(11);
  agent(12);
  next<Welcome>(10);
  EXPECT_EQ(next<Close>(10).code, CloseCode::kReplaced);
  viewer(1);
  next<Welcome>(12);
  next<ViewerJoined>(12);
}

// --- back-pressure ---------------------------------------------------------------------------------------------

TEST_F(SwitchboardTest, StopsReadingASideWhoseOtherSideDoesNotDrain) {
  pair();
  stuck_[1] = true;
  size_t accepted = 0;
  while (board_.may_read(10)) {
    say(10, Update{.id = 1, .body = Bytes(400)});
    ++accepted;
  }
  EXPECT_EQ(accepted, 3);
  EXPECT_LT(board_.queued_bytes(1), 2000);
  EXPECT_TRUE(board_.may_read(1)) << "the other direction goes on";
  say(1, Key{.sequence = 1});
  next<Key>(10);

  (void)board_.take_woken();
  ASSERT_TRUE(board_.take_output(1, now_));
  EXPECT_TRUE(board_.may_read(10));
  const auto woken = board_.take_woken();
  EXPECT_NE(std::ranges::find(woken, LinkId{10}), woken.end()) << "the driver is told to read again";
  EXPECT_EQ(board_.take_output(1, now_), std::nullopt) << "one write at a time";
}

TEST_F(SwitchboardTest, CountsHowLongMessagesWereHeldAndNotItsOwn) {
  pair();
  say(1, Key{.sequence = 1, .down = true});
  stuck_[1] = true;
  say(10, Update{.id = 1});
  pass(30 * kMillisecond);
  unstick(1);
  const auto total = [](const HeldCounters& held) {
    uint64_t all = 0;
    for (const Counter& count : held.counts) all += count.get();
    return all;
  };
  EXPECT_EQ(total(counters_.held_to_agent), 1U);
  EXPECT_EQ(counters_.held_to_agent.sum_us.get(), 0U);
  EXPECT_EQ(total(counters_.held_to_viewer), 1U);
  EXPECT_EQ(counters_.held_to_viewer.sum_us.get(), 30'000U);
  EXPECT_EQ(counters_.held_to_viewer.counts[10].get(), 1U);  // above 25.6 ms, up to 51.2
}

TEST_F(SwitchboardTest, APeerThatDoesNotReadItsPongsIsNotReadEither) {
  agent(10);
  got_.clear();
  stuck_[10] = true;
  int sent = 0;
  while (board_.may_read(10) && sent < 100) {
    say(10, Ping{.time_us = 1});
    ++sent;
  }
  EXPECT_LE(sent, 4);
}

TEST_F(SwitchboardTest, GivesUpALinkThatTakesNothing) {
  pair();
  say(10, Update{.id = 1});
  got_.clear();
  stuck_[1] = true;
  say(10, Update{.id = 2});
  (void)board_.take_output(1, now_);  // the socket has it, and never finishes
  pass(kPeerTimeout + kSecond);
  EXPECT_EQ(board_.state(1), Switchboard::LinkState::kFlushing);
  pass(kCloseTimeout + 2 * kSecond);
  EXPECT_EQ(board_.state(1), Switchboard::LinkState::kDead);
}

// --- time ------------------------------------------------------------------------------------------------------

TEST_F(SwitchboardTest, PingsIdleLinksAndGivesSilentOnesUp) {
  agent(10);
  got_.clear();
  pass(kPingAfter + kSecond);
  const auto ping = next<Ping>(10);
  say(10, Pong{.time_us = ping.time_us});
  EXPECT_TRUE(quiet(10));
  pass(kPingAfter + kSecond);
  next<Ping>(10);
  pass(kPeerTimeout);
  next<Ping>(10);
  EXPECT_EQ(next<Close>(10).code, CloseCode::kTimeout);
}

TEST_F(SwitchboardTest, APongToTheGatewayIsNotRelayed) {
  viewer(1);
  got_.clear();
  pass(kPingAfter + kSecond);
  const auto ping = next<Ping>(1);
  agent(10);
  got_.clear();
  say(1, Pong{.time_us = ping.time_us});
  EXPECT_TRUE(quiet(10));
}

TEST_F(SwitchboardTest, PairedLinksAreNotPingedByTheGatewayButSilenceEndsThem) {
  pair();
  pass(kPeerTimeout);
  EXPECT_TRUE(quiet(1));
  EXPECT_TRUE(quiet(10));
  say(1, Ping{.time_us = 1});
  got_.clear();
  pass(kPingAfter + 2 * kSecond);
  EXPECT_EQ(next<Close>(10).code, CloseCode::kTimeout) << "the agent has not answered";
  EXPECT_EQ(next_state(1), DesktopState::kLost);
}

TEST_F(SwitchboardTest, AnAgentThatIsNotReadIsNotBlamedForItsSilence) {
  pair();
  stuck_[1] = true;
  while (board_.may_read(10)) say(10, Update{.id = 1, .body = Bytes(400)});
  for (int i = 0; i < 10; ++i) {
    pass(kPingAfter);
    say(1, Ping{.time_us = 1});
  }
  EXPECT_EQ(board_.state(10), Switchboard::LinkState::kOpen);
}

TEST_F(SwitchboardTest, AViewerDoesNotWaitForEver) {
  viewer(1);
  next<Welcome>(1);
  next_state(1);
  for (Micros waited = 0; waited <= kAgentWait; waited += kPingAfter) {
    pass(kPingAfter);
    while (!quiet(1) && message_type(got_[1].front()).value() == Ping::kType) {
      say(1, Pong{.time_us = next<Ping>(1).time_us});
    }
  }
  EXPECT_EQ(next<Close>(1).code, CloseCode::kTimeout);
}

TEST_F(SwitchboardTest, ALinkThatDoesNotFinishClosingIsDropped) {
  agent(10);
  board_.end(10, {CloseCode::kLimit, "Too much."}, now_);
  settle();
  EXPECT_EQ(board_.state(10), Switchboard::LinkState::kFlushing);
  pass(kCloseTimeout + kSecond);
  EXPECT_EQ(board_.state(10), Switchboard::LinkState::kDead);
}

TEST_F(SwitchboardTest, TellsEverybodyWhenItShutsDown) {
  pair();
  viewer(2, "e");
  agent(12, "f");
  got_.clear();
  board_.end_all({CloseCode::kShuttingDown, "Bye."}, now_);
  settle();
  for (const LinkId id : {1, 2, 12}) EXPECT_EQ(next<Close>(id).code, CloseCode::kShuttingDown) << id;
  next<Close>(10);
  EXPECT_TRUE(quiet(1)) << "nobody is told that its desktop was lost";
}

TEST_F(SwitchboardTest, CountsGoBackToNothing) {
  pair();
  viewer(2);
  stuck_[1] = true;
  say(10, Update{.id = 1, .body = Bytes(100)});
  EXPECT_GT(counters_.queued_bytes.get(), 100);
  for (const LinkId id : {1, 2, 10}) gone(id);
  EXPECT_EQ(counters_.queued_bytes.get(), 0);
  EXPECT_EQ(counters_.viewers.get(), 0);
  EXPECT_EQ(counters_.agents.get(), 0);
  EXPECT_EQ(counters_.pairs.get(), 0);
  EXPECT_EQ(board_.next_deadline(), kNever);
}

TEST(CloseMessageTest, CutsALongReasonBetweenCharacters) {
  std::string text(kMaxReason - 1, 'a');
  text += "\xc3\xa9";
  const auto close = parse<Close>(close_message({CloseCode::kLimit, text}));
  ASSERT_TRUE(close.ok());
  EXPECT_EQ(close.value().reason, std::string(kMaxReason - 1, 'a'));
}

}  // namespace
}  // namespace vitrine
