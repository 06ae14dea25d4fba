// The proxy with several brokers behind real sockets: which one is asked, and what is asked twice.
#include "gateway/broker_proxy.h"

#include <boost/asio/write.hpp>

#include "tests/unit/gateway/gateway_fixture.h"

namespace vitrine {
namespace {

using Local = asio::local::stream_protocol;
using Response = BrokerProxy::Response;

// Reads requests, says `words`, and closes: a broker that dies on the way.
class DyingBroker {
 public:
  explicit DyingBroker(const std::filesystem::path& socket, std::string words = "")
      : acceptor_(context_, Local::endpoint(socket)), words_(std::move(words)) {
    thread_ = std::jthread([this](const std::stop_token& stop) {
      while (!stop.stop_requested()) {
        Local::socket peer(context_);
        boost::system::error_code error;
        acceptor_.accept(peer, error);
        if (!error && !stop.stop_requested()) serve(peer);
      }
    });
  }
  ~DyingBroker() {
    thread_.request_stop();
    ::shutdown(acceptor_.native_handle(), SHUT_RDWR);
  }
  [[nodiscard]] int asked() const { return asked_; }

 private:
  void serve(Local::socket& peer) {
    beast::flat_buffer buffer;
    http::request<http::string_body> request;
    boost::system::error_code error;
    http::read(peer, buffer, request, error);
    ++asked_;
    asio::write(peer, asio::buffer(words_), error);
  }

  asio::io_context context_;
  Local::acceptor acceptor_;
  const std::string words_;
  std::atomic<int> asked_ = 0;
  std::jthread thread_;
};

class BrokerProxyTest : public testing::Test {
 protected:
  struct Outcome {
    Response response;
    bool answered = false;
  };

  // A broker that answers with its name and keeps its connections.
  std::unique_ptr<TestBroker> broker(const std::string& name) {
    return std::make_unique<TestBroker>(socket(name), [this, name](const TestBroker::Request&) {
      ++asked_[name];
      Response response{http::status::ok, 11};
      response.set("X-Keep", "yes");
      response.body() = name;
      return response;
    });
  }
  [[nodiscard]] std::string socket(const std::string& name) const { return folder_.path() / name; }
  // As SIGKILL leaves it: the file is there and nobody listens.
  void leave_dead_socket(const std::string& name) {
    const Local::acceptor dead(context_, Local::endpoint(socket(name)));
  }
  void use(const std::vector<std::string>& names) {
    std::vector<std::string> sockets;
    for (const std::string& name : names) sockets.push_back(socket(name));
    proxy_ = std::make_unique<BrokerProxy>(context_, sockets, limits_);
  }

  Outcome ask(http::verb method, const std::string& target) {
    BrokerProxy::Request request{method, target, 11};
    request.set(http::field::host, "localhost");
    request.prepare_payload();
    std::optional<Outcome> outcome;
    proxy_->forward(std::move(request), [&](Response response, bool answered) {
      EXPECT_FALSE(outcome) << "answered twice";
      outcome = Outcome{std::move(response), answered};
    });
    context_.restart();
    context_.run();
    EXPECT_TRUE(outcome);
    return outcome.value_or(Outcome{});
  }
  std::string who_answers(http::verb method, const std::string& target) {
    const Outcome outcome = ask(method, target);
    return outcome.answered ? outcome.response.body() : std::to_string(outcome.response.result_int());
  }

  TemporaryFolder folder_;
  asio::io_context context_;
  BrokerProxy::Limits limits_;
  std::unique_ptr<BrokerProxy> proxy_;
  std::map<std::string, std::atomic<int>> asked_ = [] {
    std::map<std::string, std::atomic<int>> none;
    for (const char* name : {"one", "two", "three"}) none[name] = 0;
    return none;
  }();
};

TEST_F(BrokerProxyTest, AsksTheFirstWhileItAnswers) {
  const auto one = broker("one");
  const auto two = broker("two");
  use({"one", "two"});
  for (int i = 0; i < 3; ++i) EXPECT_EQ(who_answers(http::verb::post, "/api/login"), "one");
  EXPECT_EQ(asked_["two"], 0);
}

TEST_F(BrokerProxyTest, AnythingGoesToTheNextWhenTheFirstCannotBeReached) {
  leave_dead_socket("one");
  const auto three = broker("three");
  use({"one", "never-there", "three"});
  EXPECT_EQ(who_answers(http::verb::post, "/api/login"), "three");
  EXPECT_EQ(asked_["three"], 1);
}

TEST_F(BrokerProxyTest, StaysWithTheOneThatAnsweredLast) {
  const auto two = broker("two");
  use({"one", "two"});
  EXPECT_EQ(who_answers(http::verb::get, "/api/me"), "two");
  const auto one = broker("one");
  EXPECT_EQ(who_answers(http::verb::get, "/api/me"), "two");
  EXPECT_EQ(asked_["one"], 0);
}

TEST_F(BrokerProxyTest, ComesBackToTheFirstWhenTheSecondGoes) {
  auto two = broker("two");
  use({"one", "two"});
  EXPECT_EQ(who_answers(http::verb::get, "/api/me"), "two");
  const auto one = broker("one");
  two.reset();
  EXPECT_EQ(who_answers(http::verb::post, "/api/login"), "one")
      << "the connection that was kept is seen to be closed, so the second has not been asked";
}

TEST_F(BrokerProxyTest, RepeatsOnlyWhatMayBeWhenNothingOfTheAnswerCame) {
  struct Case {
    http::verb method;
    const char* target;
    bool repeated;
  };
  const DyingBroker one(socket("one"));
  const auto two = broker("two");
  int asked = 0;
  for (const Case& example : std::initializer_list<Case>{
           {http::verb::get, "/api/sessions/a1", true},
           {http::verb::put, "/api/admin/settings", true},
           {http::verb::delete_, "/api/sessions/a1", true},
           {http::verb::post, "/api/sessions", true},
           {http::verb::post, "/api/sessions?x=1", true},
           {http::verb::post, "/api/sessions/a1/ticket", true},
           {http::verb::post, "/api/login", false},
           {http::verb::post, "/api/sessions/ticket", false},
           {http::verb::post, "/api/sessions//ticket", false},
           {http::verb::post, "/api/sessions/a1/b2/ticket", false},
           {http::verb::post, "/api/sessionsa1/ticket", false},
           {http::verb::post, "/api/sessions/a1/ticket/", false},
           {http::verb::post, "/api/x?/api/sessions/a1/ticket", false},
           {http::verb::post, "/api/admin/sessions", false},
           {http::verb::patch, "/api/sessions", false},
       }) {
    use({"one", "two"});
    EXPECT_EQ(who_answers(example.method, example.target), example.repeated ? "two" : "503") << example.target;
    EXPECT_EQ(one.asked(), ++asked) << example.target;
  }
}

TEST_F(BrokerProxyTest, DoesNotRepeatOnceTheAnswerBegan) {
  const DyingBroker one(socket("one"), "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf");
  const auto two = broker("two");
  use({"one", "two"});
  EXPECT_EQ(who_answers(http::verb::get, "/api/me"), "503");
  EXPECT_EQ(asked_["two"], 0);
}

TEST_F(BrokerProxyTest, AsksEachBrokerOnce) {
  const DyingBroker one(socket("one"));
  const DyingBroker two(socket("two"));
  const DyingBroker three(socket("three"));
  use({"one", "two", "three"});
  const Outcome outcome = ask(http::verb::get, "/api/me");
  EXPECT_EQ(outcome.response.result_int(), 503);
  EXPECT_FALSE(outcome.answered);
  for (const DyingBroker* each : {&one, &two, &three}) EXPECT_EQ(each->asked(), 1);
}

TEST_F(BrokerProxyTest, ABrokerThatIsSilentIsNotAskedTwice) {
  limits_.answer_timeout = 50 * kMillisecond;
  const Local::acceptor silent(context_, Local::endpoint(socket("one")));
  const auto two = broker("two");
  use({"one", "two"});
  EXPECT_EQ(who_answers(http::verb::get, "/api/me"), "504");
  EXPECT_EQ(asked_["two"], 0) << "it may still be at it";
}

}  // namespace
}  // namespace vitrine
