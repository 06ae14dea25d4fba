// The API over its real sockets, with browsers behind a gateway and an administrator at the machine.
#pragma once

#include <gtest/gtest.h>

#include "broker/api/http_server.h"
#include "tests/unit/broker/http_client.h"
#include "tests/unit/broker/site_fixture.h"

namespace vitrine::broker {

inline constexpr const char* kOrigin = "https://vitrine.example:8443";

class ApiTest : public SiteTestBase {
 protected:
  ApiTest() : SiteTestBase(kOrigin) {
    store_.add_catalogue({"notes", "paint"});
    store_.add_user("ada", "correct horse battery");
    store_.add_user("eve", "another long password");
    store_.add_user("root", "administrator pass", true);
    EXPECT_TRUE(grant(*store_.lease(), "notes", {.group = false, .subject = "ada"}, 1).ok());
    EXPECT_TRUE(grant(*store_.lease(), "desktop", {.group = true, .subject = "everyone"}, 1).ok());
    server_ = HttpServer::start({{gateway_, false}, {admin_, true}}, [this](const HttpRequest& request) {
                return answer_to(request);
              }).take();
  }

  // A browser behind the gateway.
  struct Browser {
    std::string cookie;
    std::string csrf;
    std::string origin = kOrigin;
    std::string address = "10.1.1.1";
  };
  HttpAnswer send(const Browser& browser, const std::string& method, const std::string& target,
                  const Json& body = Json(), HttpHeaders extra = {}) {
    HttpHeaders headers = {{"X-Forwarded-Host", "vitrine.example:8443"},
                           {"X-Forwarded-Proto", "https"},
                           {"X-Forwarded-For", browser.address}};
    if (!browser.cookie.empty()) headers["Cookie"] = "other=1; __Host-vitrine=" + browser.cookie;
    if (!browser.csrf.empty()) headers["X-CSRF-Token"] = browser.csrf;
    if (!browser.origin.empty()) headers["Origin"] = browser.origin;
    for (auto& [name, value] : extra) headers[name] = value;
    return ask(gateway_, method, target, headers, body.is_null() ? "" : body.dump());
  }
  HttpAnswer administer(const std::string& method, const std::string& target, const Json& body = Json()) {
    return ask(admin_, method, target, {}, body.is_null() ? "" : body.dump());
  }
  static std::string cookie_of(const HttpAnswer& answer) {
    const auto found = answer.headers.find("Set-Cookie");
    if (found == answer.headers.end()) return "";
    const std::string value = found->second.substr(found->second.find('=') + 1);
    return value.substr(0, value.find(';'));
  }
  HttpAnswer log_in(Browser& browser, const std::string& name, const std::string& password) {
    HttpAnswer answer =
        send(browser, "POST", "/api/login", {{"username", name}, {"password", password}}, {{"X-Vitrine", "1"}});
    if (answer.status == 200) {
      browser.cookie = cookie_of(answer);
      browser.csrf = text_field(answer.json(), "csrf");
    }
    return answer;
  }
  Browser signed_in(const std::string& name, const std::string& password) {
    Browser browser;
    EXPECT_EQ(log_in(browser, name, password).status, 200);
    return browser;
  }
  Browser ada() { return signed_in("ada", "correct horse battery"); }
  Browser eve() { return signed_in("eve", "another long password"); }
  static Json open_body(const std::string& resource) {
    return {{"resource", resource}, {"width", 800}, {"height", 600}, {"scale_percent", 100}};
  }
  // A browser that came by a one-time link to ada's notes.
  Browser guest() {
    const HttpAnswer made = administer("POST", "/api/admin/sessions", {{"user", "ada"}, {"resource", "notes"}});
    const std::string link = text_field(made.json(), "link");
    Browser browser;
    const HttpAnswer answer =
        send(browser, "POST", "/api/redeem", {{"code", link.substr(link.find('=') + 1)}}, {{"X-Vitrine", "1"}});
    EXPECT_EQ(answer.status, 200) << answer.body;
    browser.cookie = cookie_of(answer);
    browser.csrf = text_field(answer.json(), "csrf");
    return browser;
  }

  std::string gateway_ = store_.folder.path + "/broker.sock";
  std::string admin_ = store_.folder.path + "/admin.sock";
  std::unique_ptr<HttpServer> server_;
};

}  // namespace vitrine::broker
