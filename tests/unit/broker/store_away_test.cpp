// The broker while its PostgreSQL is away: who comes is told to try later, what runs goes on.
#include <gtest/gtest.h>
#include <stdlib.h>

#include "broker/api/router.h"
#include "broker/http/curl_http_client.h"
#include "broker/identity/sign_in_providers.h"
#include "broker/provision/memory_provisioner.h"
#include "tests/unit/broker/fixture.h"
#include "tests/unit/broker/postgres_server.h"

namespace vitrine::broker {
namespace {

class StoreAwayTest : public testing::Test {
 protected:
  StoreAwayTest() {
    store_.add_catalogue({"notes"});
    ada_ = store_.add_user("ada", "correct horse battery");
    EXPECT_TRUE(grant(*store_.lease(), "notes", {.group = true, .subject = "everyone"}, 1).ok());
  }
  HttpResponse log_in() {
    return router_.answer({.method = "POST",
                           .target = "/api/login",
                           .headers = {{"origin", "https://site"}, {"x-forwarded-host", "site"}, {"x-vitrine", "1"}},
                           .body = R"({"username":"ada","password":"correct horse battery"})"});
  }

  int set_ = ::setenv("VITRINE_TEST_STORE", "postgresql", 1);  // before the store is made
  TestStore store_;
  MemoryProvisioner provisioner_;
  TicketSigner signer_ = TicketSigner::generate().take();
  SessionService sessions_{store_.database, provisioner_, signer_, [](const Resource&) { return Result<void>(); }};
  PasswordSignIn sign_in_{store_.database, store_.hasher};
  Sealer sealer_{random_bytes(32)};
  CurlHttpClient http_;
  SignInProviders providers_{store_.database, http_, sealer_};
  Services services_{.database = store_.database,
                     .hasher = store_.hasher,
                     .sign_in = sign_in_,
                     .sessions = sessions_,
                     .sealer = sealer_,
                     .providers = providers_,
                     .public_url = "https://site"};
  Router router_{services_};
  User ada_;
};

TEST_F(StoreAwayTest, SigningInSaysLaterAndSessionsGoOn) {
  const Session session = sessions_.open(ada_, "notes", {}, {.name = "ada", .address = "::1"}, 10).take();
  PostgresServer::shared().stop();
  const HttpResponse refused = log_in();
  EXPECT_EQ(refused.status, 503);
  EXPECT_NE(refused.body.find("Try again later"), std::string::npos) << refused.body;
  EXPECT_EQ(router_.answer({.method = "GET", .target = "/api/health"}).status, 503);
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
