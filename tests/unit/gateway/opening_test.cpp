// Sessions that links open by themselves, with the upgrade or with their first message.
#include "gateway/opening.h"

#include <gtest/gtest.h>

#include <mutex>
#include <nlohmann/json.hpp>
#include <vector>

#include "tests/unit/gateway/gateway_fixture.h"

namespace vitrine {
namespace {

using Json = nlohmann::json;

Bytes opening(const std::string& resource = "mousepad", const std::string& session = "") {
  return serialize(ViewerOpening{
      .resource = resource,
      .session = session,
      .csrf = "tok-en_1",
      .hello = serialize(ViewerHello{.width = 801, .height = 602, .time_zone = "Europe/Berlin", .locale = "de"})});
}

std::string offer(const Bytes& message) {
  return "vitrine, vitrine-open." + base64url_encode(message);
}

// The broker answers what the test says, and what it was asked is kept.
class OpeningTest : public GatewayTest {
 protected:
  void start_with(unsigned status, const Json& body) {
    broker_.emplace(folder_.path() / "broker.sock", [this, status, body](const TestBroker::Request& request) {
      const std::lock_guard lock(mutex_);
      asked_.push_back(request);
      TestBroker::Response response{http::status(status), 11};
      Json answer = body;
      if (status == 200) answer["ticket"] = base64url_encode(signed_ticket(viewer_ticket()));
      response.body() = answer.dump();
      return response;
    });
    start();
  }
  std::unique_ptr<TestLink> open(const std::string& subprotocols) {
    return std::make_unique<TestLink>(
        port(), TestLink::Request{.origin = origin(), .subprotocols = subprotocols, .cookie = "__Host-vitrine=abc"});
  }
  TestBroker::Request asked() {
    const std::lock_guard lock(mutex_);
    EXPECT_EQ(asked_.size(), 1);
    return asked_.empty() ? TestBroker::Request{} : asked_.front();
  }

 private:
  std::mutex mutex_;
  std::vector<TestBroker::Request> asked_;
  std::optional<TestBroker> broker_;
};

const Json kSession = {{"session", {{"id", "s1"}}}};

TEST_F(OpeningTest, TheUpgradeBringsEverythingAndPicturesFollowIt) {
  options_.threads = 4;
  start_with(200, kSession);
  auto agent = this->agent();
  auto link = open(offer(opening()));
  ASSERT_EQ(link->status(), 101);
  // Nothing is said; the agent hears of the viewer, and its picture comes.
  const auto joined = agent->next<ViewerJoined>();
  EXPECT_EQ(joined.user, "ann");
  EXPECT_EQ(joined.width, 801);
  agent->say(SurfaceReset{.epoch = 1, .width = 640, .height = 480});
  const auto answer = link->next<OpeningAnswer>();
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(Json::parse(answer.body), kSession) << "without the ticket";
  EXPECT_EQ(link->next<Welcome>().session, "s1");
  EXPECT_EQ(link->next<DesktopStatus>().state, DesktopState::kConnected);
  EXPECT_EQ(link->next<SurfaceReset>().width, 640);
  link->say(Key{.sequence = 1, .down = true, .code = "KeyA", .key = "a"});
  EXPECT_EQ(agent->next<Key>().key, "a");
}

TEST_F(OpeningTest, TheBrokerIsAskedAsByThePage) {
  start_with(200, kSession);
  open(offer(opening()))->next<OpeningAnswer>();
  const auto request = asked();
  EXPECT_EQ(request.method(), http::verb::post);
  EXPECT_EQ(request.target(), "/api/sessions");
  EXPECT_EQ(request[http::field::cookie], "__Host-vitrine=abc");
  EXPECT_EQ(request[http::field::origin], origin());
  EXPECT_EQ(request["X-CSRF-Token"], "tok-en_1");
  EXPECT_EQ(request["X-Forwarded-For"], "127.0.0.1");
  EXPECT_EQ("https://" + std::string(request["X-Forwarded-Host"]), origin());
  EXPECT_EQ(Json::parse(request.body()), Json({{"resource", "mousepad"},
                                               {"width", 801},
                                               {"height", 602},
                                               {"scale_percent", 100},
                                               {"time_zone", "Europe/Berlin"},
                                               {"language", "de"},
                                               {"wait", true}}));
}

TEST_F(OpeningTest, ASessionThatIsKnownGetsATicketOnly) {
  start_with(200, kSession);
  open(offer(opening("", "s-1_A")))->next<OpeningAnswer>();
  EXPECT_EQ(asked().target(), "/api/sessions/s-1_A/ticket");
  EXPECT_EQ(asked().body(), "{}");
}

TEST_F(OpeningTest, TheFirstMessageDoesTheSame) {
  start_with(200, kSession);
  auto link = open("");
  link->send(opening());
  EXPECT_EQ(link->next<OpeningAnswer>().status, 200);
  EXPECT_EQ(link->next<Welcome>().session, "s1");
}

TEST_F(OpeningTest, ARefusalIsToldAndATicketIsStillTaken) {
  const Json problem = {{"status", 403}, {"code", "step_up_required"}, {"detail", "Prove it."}};
  start_with(403, problem);
  auto link = open(offer(opening()));
  const auto answer = link->next<OpeningAnswer>();
  EXPECT_EQ(answer.status, 403);
  EXPECT_EQ(Json::parse(answer.body), problem);
  link->say(ViewerHello{.ticket = signed_ticket(viewer_ticket()), .width = 800, .height = 600});
  EXPECT_EQ(link->next<Welcome>().session, "s1");
  EXPECT_EQ(metric("vitrine_gateway_openings_refused_total"), 1);
}

TEST_F(OpeningTest, AfterARefusalTheHelloIsWaitedForAsEver) {
  options_.limits.hello_timeout = 50 * kMillisecond;
  start_with(202, {{"waiting", Json::object()}});
  auto link = open(offer(opening()));
  EXPECT_EQ(link->next<OpeningAnswer>().status, 202);
  EXPECT_EQ(link->next_close().code, CloseCode::kTimeout);
}

TEST_F(OpeningTest, WithoutABrokerItSaysSo) {
  start();
  auto link = open(offer(opening()));
  const auto answer = link->next<OpeningAnswer>();
  EXPECT_EQ(answer.status, 503);
  EXPECT_EQ(Json::parse(answer.body).at("code"), "broker_unavailable");
}

TEST_F(OpeningTest, AnotherSitesPageOpensNothing) {
  start_with(200, kSession);
  EXPECT_EQ(
      TestLink(port(), {.origin = "https://evil.example", .subprotocols = offer(opening()), .cookie = "a=b"}).status(),
      403);
  EXPECT_EQ(metric("vitrine_gateway_openings_total"), 0);
}

TEST_F(OpeningTest, HostileOpeningsAreRefusedBeforeTheUpgrade) {
  start_with(200, kSession);
  EXPECT_EQ(open("vitrine, vitrine-open.!!!")->status(), 400);
  EXPECT_EQ(open("vitrine, vitrine-open.")->status(), 400);
  EXPECT_EQ(open("vitrine, " + offer(opening()) + "," + offer(opening()))->status(), 400);
  EXPECT_EQ(open("vitrine-open." + base64url_encode(opening()))->status(), 400) << "nothing to choose";
  EXPECT_EQ(open(offer(Bytes(kMaxOpening + 3)))->status(), 431);
  EXPECT_EQ(open(offer(opening("", "")))->status(), 400);
  EXPECT_EQ(open(offer(opening("a", "b")))->status(), 400);
  EXPECT_EQ(open(offer(opening("", "../users")))->status(), 400) << "no path of another request";
  EXPECT_EQ(metric("vitrine_gateway_openings_total"), 0);
}

TEST_F(OpeningTest, AMalformedFirstMessageClosesTheLink) {
  start_with(200, kSession);
  auto link = open("vitrine");
  ASSERT_EQ(link->status(), 101);
  link->send(opening("", ""));
  EXPECT_EQ(link->next_close().code, CloseCode::kProtocolError);
}

TEST(OpeningReaderTest, ATokenCannotBecomeAHeader) {
  const Bytes hello = serialize(ViewerHello{});
  EXPECT_FALSE(read_opening(serialize(ViewerOpening{.resource = "a", .csrf = "x\r\nCookie: y", .hello = hello})).ok());
  EXPECT_TRUE(read_opening(serialize(ViewerOpening{.resource = "a", .csrf = "x", .hello = hello})).ok());
}

TEST(OpeningReaderTest, AHelloWithATicketIsNoOpening) {
  const Bytes hello = serialize(ViewerHello{.ticket = Bytes(3)});
  EXPECT_FALSE(read_opening(serialize(ViewerOpening{.resource = "a", .hello = hello})).ok());
}

TEST(OpeningOutcomeTest, AnAnswerThatIsNoneOpensNothing) {
  const Opening wish = read_opening(opening()).take();
  http::response<http::string_body> response{http::status::ok, 11};
  for (const char* body : {"", "[]", "{}", R"({"ticket":7})", R"({"ticket":"!"})"}) {
    response.body() = body;
    const auto outcome = outcome_of(wish, response);
    EXPECT_FALSE(outcome.hello) << body;
    EXPECT_EQ(parse<OpeningAnswer>(outcome.answer).value().status, 502) << body;
  }
  response.result(http::status::forbidden);
  response.body() = "\"" + std::string(kMaxOpeningAnswer, 'x') + "\"";
  EXPECT_EQ(parse<OpeningAnswer>(outcome_of(wish, response).answer).value().body, "");
}

}  // namespace
}  // namespace vitrine
