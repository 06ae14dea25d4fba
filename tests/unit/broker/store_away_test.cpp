// The broker while its PostgreSQL is away: who comes is told to try later, what runs goes on.
#include <gtest/gtest.h>
#include <stdlib.h>

#include "tests/unit/broker/postgres_server.h"
#include "tests/unit/broker/site_fixture.h"

namespace vitrine::broker {
namespace {

// Said before the store is made.
struct WithPostgresql {
  int set = ::setenv("VITRINE_TEST_STORE", "postgresql", 1);
};

class StoreAwayTest : private WithPostgresql, public SiteTestBase {
 protected:
  StoreAwayTest() : SiteTestBase("https://site") {
    store_.add_catalogue({"notes"});
    ada_ = store_.add_user("ada", "correct horse battery");
    EXPECT_TRUE(grant(*store_.lease(), "notes", {.group = true, .subject = "everyone"}, 1).ok());
  }
  HttpResponse log_in() {
    return answer_to({.method = "POST",
                      .target = "/api/login",
                      .headers = {{"origin", "https://site"}, {"x-forwarded-host", "site"}, {"x-vitrine", "1"}},
                      .body = R"({"username":"ada","password":"correct horse battery"})"});
  }

  User ada_;
};

TEST_F(StoreAwayTest, SigningInSaysLaterAndSessionsGoOn) {
  const Session session = sessions_.open(ada_, "notes", {}, {.name = "ada", .address = "::1"}, 10).take();
  PostgresServer::shared().stop();
  const HttpResponse refused = log_in();
  EXPECT_EQ(refused.status, 503);
  EXPECT_NE(refused.body.find("Try again later"), std::string::npos) << refused.body;
  EXPECT_EQ(answer_to({.method = "GET", .target = "/api/health"}).status, 503);
  // What a desktop reports meanwhile is not lost: whoever took it gives it again.
  const auto report = provisioner_.next_report(0);
  ASSERT_TRUE(report.has_value());
  EXPECT_EQ(sessions_.take_report(*report, 11).error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(provisioner_.running().size(), 1U) << "the desktop was taken down";

  PostgresServer::shared().start();
  EXPECT_EQ(log_in().status, 200);
  EXPECT_TRUE(sessions_.take_report(*report, 12).ok());
  EXPECT_EQ(find_session(*store_.lease(), session.id).value()->state(), DesktopLife::kAssigned);
}

}  // namespace
}  // namespace vitrine::broker
