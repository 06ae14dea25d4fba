#include <thread>

#include "tests/unit/gateway/gateway_fixture.h"

namespace vitrine {
namespace {

using GatewayLinkTest = GatewayTest;

TEST_F(GatewayLinkTest, PairsAndRelaysBothWays) {
  start();
  auto viewer = this->viewer();
  EXPECT_EQ(viewer->next<DesktopStatus>().state, DesktopState::kStarting);
  auto agent = this->agent();
  EXPECT_EQ(agent->next<ViewerJoined>().user, "ann");
  EXPECT_EQ(viewer->next<DesktopStatus>().state, DesktopState::kConnected);

  agent->say(SurfaceReset{.epoch = 1, .width = 640, .height = 480});
  EXPECT_EQ(viewer->next<SurfaceReset>().width, 640);
  viewer->say(Key{.sequence = 1, .down = true, .code = "KeyA", .key = "a"});
  EXPECT_EQ(agent->next<Key>().key, "a");
  viewer->say(Ping{.time_us = 42});
  EXPECT_EQ(agent->next<Ping>().time_us, 42);
}

TEST_F(GatewayLinkTest, RelaysTheLargestUpdateWhole) {
  start();
  auto viewer = this->viewer();
  auto agent = this->agent();
  viewer->next<DesktopStatus>();
  viewer->next<DesktopStatus>();
  agent->next<ViewerJoined>();
  Update update{.id = 1, .body = Bytes(kMaxUpdateBody)};
  for (size_t i = 0; i < update.body.size(); ++i) update.body[i] = static_cast<uint8_t>(i * 31 >> 3);
  std::jthread sender([&] { agent->say(update); });
  EXPECT_EQ(viewer->next<Update>(), update);
}

TEST_F(GatewayLinkTest, DesktopsOnSeveralThreadsStayApart) {
  options_.threads = 4;
  start();
  for (int i = 0; i < 12; ++i) {
    const std::string desktop = "desktop-" + std::to_string(i);
    auto agent = this->agent(desktop);
    auto viewer = this->viewer(desktop);
    agent->next<ViewerJoined>();
    viewer->next<DesktopStatus>();
    agent->say(Notice{.text = desktop});
    EXPECT_EQ(viewer->next<Notice>().text, desktop);
  }
}

TEST_F(GatewayLinkTest, RefusesATicketThatWasUsed) {
  start();
  const Bytes ticket = signed_ticket(viewer_ticket());
  auto first = open_viewer();
  first->say(ViewerHello{.ticket = ticket});
  first->next<Welcome>();
  auto second = open_viewer();
  second->say(ViewerHello{.ticket = ticket});
  EXPECT_EQ(second->next_close().code, CloseCode::kBadTicket);
  EXPECT_EQ(metric("vitrine_gateway_refused_hellos_total{reason=\"used\"}"), 1);
}

TEST_F(GatewayLinkTest, RefusesExpiredAndForgedTicketsAndCredentials) {
  start();
  Ticket expired = viewer_ticket();
  expired.issued_s -= 59;
  expired.expires_s = unix_now_s();
  auto late = open_viewer();
  late->say(ViewerHello{.ticket = signed_ticket(expired)});
  EXPECT_EQ(late->next_close().code, CloseCode::kBadTicket);

  const auto stranger = TicketSigner::generate().take();
  auto forged = open_viewer();
  forged->say(ViewerHello{.ticket = stranger.sign(viewer_ticket()).take()});
  EXPECT_EQ(forged->next_close().code, CloseCode::kBadTicket);

  auto other_kind = open_agent();
  other_kind->say(AgentHello{.credential = signed_ticket(viewer_ticket())});
  EXPECT_EQ(other_kind->next_close().code, CloseCode::kBadTicket);
}

TEST_F(GatewayLinkTest, RefusesPagesOfOtherOrigins) {
  start();
  EXPECT_EQ(TestLink(port(), {.path = "/ws/view", .origin = "https://evil.example"}).status(), 403);
  EXPECT_EQ(TestLink(port(), {.path = "/ws/view"}).status(), 403);
  EXPECT_EQ(TestLink(port(), {.path = "/ws/agent", .origin = origin()}).status(), 403) << "an agent is no page";
  EXPECT_EQ(TestLink(port(), {.path = "/ws/other", .origin = origin()}).status(), 404);

  Ticket elsewhere = viewer_ticket();
  elsewhere.origin = "https://elsewhere.example";
  auto link = open_viewer();
  link->say(ViewerHello{.ticket = signed_ticket(elsewhere)});
  EXPECT_EQ(link->next_close().code, CloseCode::kBadTicket);
}

TEST_F(GatewayLinkTest, RefusesAnUnknownVersion) {
  start();
  auto link = open_viewer();
  link->say(ViewerHello{.oldest_version = 90, .newest_version = 99, .ticket = signed_ticket(viewer_ticket())});
  EXPECT_EQ(link->next_close().code, CloseCode::kUnsupported);
}

TEST_F(GatewayLinkTest, ClosesALinkThatDoesNotSayHello) {
  options_.limits.hello_timeout = 20 * kMillisecond;
  start();
  auto link = open_viewer();
  EXPECT_EQ(link->next_close().code, CloseCode::kTimeout);
  EXPECT_EQ(metric("vitrine_gateway_refused_hellos_total{reason=\"timeout\"}"), 1);
}

TEST_F(GatewayLinkTest, ClosesWithAReasonWhateverComesFirst) {
  start();
  const std::vector<Bytes> bad = {
      {}, {0xff}, {1}, serialize(Ping{}), Bytes(1000, 0x80), Bytes(kMaxViewerMessage + 1, 1)};
  for (const Bytes& message : bad) {
    auto link = open_viewer();
    link->send(message);
    const CloseCode code = link->next_close().code;
    EXPECT_TRUE(code == CloseCode::kProtocolError || code == CloseCode::kLimit) << message.size();
  }
  auto text = open_viewer();
  text->send({'h', 'i'}, false);
  EXPECT_EQ(text->next_close().code, CloseCode::kProtocolError);
}

TEST_F(GatewayLinkTest, AFaultDisturbsNobodyElse) {
  start();
  auto good_agent = agent();
  auto good = viewer();
  good_agent->next<ViewerJoined>();
  good->next<DesktopStatus>();
  auto bad_agent = agent();
  auto bad = viewer();
  bad_agent->next<ViewerJoined>();
  bad->next<DesktopStatus>();

  bad->send(Bytes(kMaxViewerMessage * 4, 40));
  EXPECT_EQ(bad->next_close().code, CloseCode::kLimit);
  EXPECT_EQ(bad_agent->next_close().code, CloseCode::kNormal);
  good->say(PointerMove{.sequence = 1, .x = 3});
  EXPECT_EQ(good_agent->next<PointerMove>().x, 3);
}

TEST_F(GatewayLinkTest, RefusesAnAgentsMessageOverTheLimit) {
  start();
  auto agent = this->agent();
  std::jthread sender([&] { agent->send_within(Bytes(kMaxMessage + 1, 17), std::chrono::seconds(5)); });
  sender.join();
  EXPECT_EQ(agent->next_close().code, CloseCode::kLimit);
}

TEST_F(GatewayLinkTest, AViewerKeepsItsLinkWhenItsAgentIsCut) {
  start();
  auto viewer = this->viewer();
  auto agent = this->agent();
  viewer->next<DesktopStatus>();
  viewer->next<DesktopStatus>();
  agent->cut();
  EXPECT_EQ(viewer->next<DesktopStatus>().state, DesktopState::kLost);
  const auto ping = viewer->next<Ping>();
  viewer->say(Pong{.time_us = ping.time_us});
  auto next = this->agent();
  EXPECT_EQ(next->next<ViewerJoined>().user, "ann");
  EXPECT_EQ(viewer->next<DesktopStatus>().state, DesktopState::kConnected);
  next->say(SurfaceReset{.epoch = 1, .width = 10, .height = 10});
  EXPECT_EQ(viewer->next<SurfaceReset>().width, 10);
}

TEST_F(GatewayLinkTest, AnAgentHearsOfAViewerThatIsCut) {
  start();
  auto agent = this->agent();
  auto viewer = this->viewer();
  agent->next<ViewerJoined>();
  viewer->cut();
  EXPECT_EQ(agent->next_close().code, CloseCode::kNormal);
  wait_for_metric("vitrine_gateway_links{role=\"viewer\"}", 0);
  wait_for_metric("vitrine_gateway_links{role=\"agent\"}", 0);
}

TEST_F(GatewayLinkTest, LimitsViewersOfADesktop) {
  options_.switchboard.pairing.viewers_per_desktop = 1;
  start();
  auto first = viewer();
  auto second = open_viewer();
  second->say(ViewerHello{.ticket = signed_ticket(viewer_ticket())});
  EXPECT_EQ(second->next_close().code, CloseCode::kLimit);
}

TEST_F(GatewayLinkTest, AViewerThatDoesNotReadStopsItsAgentInBoundedMemory) {
  start();
  auto agent = this->agent();
  auto viewer = this->viewer("d1", 4096);
  agent->next<ViewerJoined>();
  // 64 MB are more than all kernel buffers on the way; the agent must come to a stand before.
  const Bytes update = serialize(Update{.id = 1, .body = Bytes(256 * 1024)});
  uint64_t most_queued = 0;
  int sent = 0;
  while (sent < 256 && agent->send_within(update, std::chrono::milliseconds(200))) {
    ++sent;
    most_queued = std::max(most_queued, metric("vitrine_gateway_relay_queued_bytes"));
  }
  EXPECT_LT(sent, 256) << "nothing stopped the agent";
  EXPECT_LE(most_queued, kRelayBytes + kMaxMessage);

  // And somebody else is served as ever.
  auto other_agent = this->agent("d2");
  auto other = this->viewer("d2");
  other_agent->next<ViewerJoined>();
  other->next<DesktopStatus>();
  other_agent->say(Notice{.text = "hello"});
  EXPECT_EQ(other->next<Notice>().text, "hello");
}

TEST_F(GatewayLinkTest, PingsIdleAgentsAndGivesUpSilentOnes) {
  options_.switchboard.ping_after = 100 * kMillisecond;
  options_.switchboard.peer_timeout = 3 * kSecond;  // a busy machine has to answer within it
  start();
  auto agent = this->agent();
  agent->say(Pong{.time_us = agent->next<Ping>().time_us});
  agent->next<Ping>();
  EXPECT_EQ(agent->next_close().code, CloseCode::kTimeout);
}

TEST_F(GatewayLinkTest, TellsEverybodyThatItShutsDown) {
  start();
  auto agent = this->agent();
  auto viewer = this->viewer();
  agent->next<ViewerJoined>();
  auto greeting = open_viewer();
  auto waiting = this->viewer("d2");
  std::atomic<bool> done = false;
  gateway_->drain([&] { done = true; });
  EXPECT_EQ(viewer->next_close().code, CloseCode::kShuttingDown);
  EXPECT_EQ(waiting->next_close().code, CloseCode::kShuttingDown);
  EXPECT_EQ(greeting->next_close().code, CloseCode::kShuttingDown);
  agent->next_close();
  const Micros until = monotonic_now() + 60 * kSecond;
  while (!done && monotonic_now() < until) std::this_thread::yield();
  EXPECT_TRUE(done) << "all have gone";
}

TEST_F(GatewayLinkTest, TwoHundredLinksAtOnce) {
  start();
  std::vector<std::unique_ptr<TestLink>> agents;
  std::vector<std::unique_ptr<TestLink>> viewers;
  for (int i = 0; i < 100; ++i) {
    const std::string desktop = "desktop-" + std::to_string(i);
    agents.push_back(agent(desktop));
    viewers.push_back(viewer(desktop));
  }
  EXPECT_EQ(metric("vitrine_gateway_pairs"), 100);
  for (int i = 0; i < 100; ++i) {
    agents[i]->next<ViewerJoined>();
    viewers[i]->next<DesktopStatus>();
    agents[i]->say(Notice{.text = std::to_string(i)});
  }
  for (int i = 0; i < 100; ++i) EXPECT_EQ(viewers[i]->next<Notice>().text, std::to_string(i));
}

}  // namespace
}  // namespace vitrine
