// A whole broker but its sockets: store, provisioner in memory, services and routes. Whatever it answers is compared
// with the OpenAPI document: a status that is not there fails the test that saw it.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <utility>

#include "broker/api/openapi.h"
#include "broker/api/router.h"
#include "broker/http/curl_http_client.h"
#include "broker/identity/sign_in_providers.h"
#include "broker/provision/memory_provisioner.h"
#include "tests/unit/broker/fixture.h"

namespace vitrine::broker {

// `Http` is how providers are reached: the network, or one in memory.
template <typename Http = CurlHttpClient>
class BasicSiteTest : public testing::Test {
 protected:
  template <typename... Given>
  explicit BasicSiteTest(std::string public_url, Given&&... given)
      : http_(std::forward<Given>(given)...),
        services_{.database = store_.database,
                  .hasher = store_.hasher,
                  .sign_in = sign_in_,
                  .sessions = sessions_,
                  .sealer = sealer_,
                  .providers = providers_,
                  .public_url = std::move(public_url)} {}

  // Any thread.
  HttpResponse answer_to(const HttpRequest& request) {
    HttpResponse response = router_.answer(request);
    if (const Route* route = router_.route_of(request)) {
      const std::vector<int> known = statuses_of(*route);
      EXPECT_TRUE(std::ranges::find(known, response.status) != known.end())
          << "The document does not say that " << route->method << " " << route->pattern << " can answer "
          << response.status << ": " << response.body;
    }
    return response;
  }
  // At the machine itself.
  HttpResponse administer(const std::string& method, const std::string& target, const Json& body = Json()) {
    return answer_to({.method = method,
                      .target = target,
                      .headers = {},
                      .body = body.is_null() ? "" : body.dump(),
                      .local_admin = true});
  }

  TestStore store_;
  MemoryProvisioner provisioner_;
  TicketSigner signer_ = TicketSigner::generate().take();
  SessionService sessions_{store_.database, provisioner_, signer_, [](const Resource&) { return Result<void>(); }};
  Sealer sealer_ = Sealer::open(store_.folder.path + "/store.key").take();
  Http http_;
  SignInProviders providers_{store_.database, http_, sealer_};
  PasswordSignIn sign_in_{store_.database, store_.hasher, &providers_};
  Services services_;
  Router router_{services_};
};
using SiteTestBase = BasicSiteTest<>;

}  // namespace vitrine::broker
