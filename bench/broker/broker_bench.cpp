// How much a broker does in a second, over SQLite and over PostgreSQL: whole requests through the router, from several
// threads, with everything they really do (Argon2id at its real cost, the audit log, commits that reach the disk); only
// desktops are those of the provisioner in memory. One line of JSON for each store and case.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <atomic>
#include <ctime>
#include <functional>
#include <thread>

#include "broker/api/router.h"
#include "broker/http/curl_http_client.h"
#include "broker/identity/sign_in_providers.h"
#include "broker/provision/memory_provisioner.h"
#include "broker/store/audit.h"
#include "broker/store/settings.h"
#include "protocol/base/time.h"
#include "tests/unit/broker/fixture.h"
#include "tests/unit/broker/postgres_server.h"

namespace vitrine::broker {
namespace {

struct Sizes {
  int threads = 2;
  int sign_ins = 60;
  int launches = 1000;
  int catalogues = 200;
  int groups = 200;
  int apps = 300;
  int sessions = 10'000;
  int lists = 5;
};

constexpr const char* kPassword = "correct horse battery";

class Bench {
 public:
  Bench(const std::string& store, std::string url, const Sizes& sizes)
      : store_(store), sizes_(sizes), database_(connector(url, folder_.path, "vitrine bench").take()) {
    const auto connection = database_.lease().take();
    CHECK(migrate(*connection, all_migrations(), 1).ok());
    fill(*connection);
  }

  void run_all() {
    run("sign_in", sizes_.sign_ins, [this](int) {
      return router_.answer({.method = "POST",
                             .target = "/api/login",
                             .headers = {{"origin", "https://site"}, {"x-forwarded-host", "site"}, {"x-vitrine", "1"}},
                             .body = Json{{"username", "user0"}, {"password", kPassword}}.dump()});
    });
    run("launch", sizes_.launches, [this](int i) {
      return signed_in(i, "POST", "/api/sessions", Json{{"resource", "desktop"}}.dump());
    });
    run("catalogue_200_groups", sizes_.catalogues, [this](int) { return signed_in(0, "GET", "/api/catalogue", ""); });
    add_sessions();
    run("admin_sessions_first_1000", sizes_.lists * 4, [this](int) { return administer("/api/admin/sessions"); });
    run("admin_sessions_all_10000", sizes_.lists, [this](int) { return walk("/api/admin/sessions"); });
    run("admin_users_first_1000", sizes_.lists * 4, [this](int) { return administer("/api/admin/users"); });
    run("admin_groups", sizes_.lists * 4, [this](int) { return administer("/api/admin/groups"); });
    run("admin_resources", sizes_.lists * 4, [this](int) { return administer("/api/admin/resources"); });
  }

 private:
  void fill(SqlConnection& connection) {
    SqlTransaction transaction = SqlTransaction::begin(connection).take();
    const std::string phc = hasher_.hash(kPassword).take();
    CHECK(add_group(connection, "everyone", true, 1).ok());
    CHECK(write_setting(connection, "max_desktops", "1000000").ok());
    Resource pool{.id = "desktop", .app = false, .pool = "desktop", .name = "Desktop", .provisioner = "local"};
    CHECK(add_resource(connection, pool, 1).ok());
    CHECK(grant(connection, "desktop", {.group = true, .subject = "everyone"}, 1).ok());
    for (int i = 0; i < std::max(sizes_.launches, 1); ++i) {
      User user{.id = random_id(), .name = fmt::format("user{}", i), .display_name = "A user", .password = phc};
      CHECK(add_user(connection, user).ok());
      cookies_.push_back(open_web_session(connection, user.id, "", {}, std::time(nullptr)).take());
      users_.push_back(std::move(user));
    }
    for (int i = 0; i < sizes_.groups; ++i) {
      const std::string group = fmt::format("group{}", i);
      CHECK(add_group(connection, group, false, 1).ok());
      for (size_t k = 0; k < users_.size(); k += k == 0 ? 1 : 20) CHECK(add_member(connection, group, users_[k]).ok());
    }
    for (int i = 0; i < sizes_.apps; ++i) {
      Resource app = pool;
      app.id = fmt::format("app{}", i);
      app.app = true;
      app.name = app.id;
      app.command = {"true"};
      CHECK(add_resource(connection, app, 1).ok());
      const std::string group = fmt::format("group{}", i % sizes_.groups);
      CHECK(grant(connection, app.id, {.group = true, .subject = group}, 1).ok());
    }
    CHECK(transaction.commit().ok());
  }

  void add_sessions() {
    const auto connection = database_.lease().take();
    SqlTransaction transaction = SqlTransaction::begin(*connection).take();
    for (int i = sizes_.launches; i < sizes_.sessions; ++i) {
      const User& user = users_[static_cast<size_t>(i) % users_.size()];
      const std::string id = random_id();
      DesktopRow desktop{.id = id, .pool = "desktop", .resource = "app", .life = DesktopLife::kConnected};
      CHECK(insert_desktop(*connection, desktop).ok());
      Session session{.id = id, .user_id = user.id, .user = user.name, .name = "An app", .desktop = id};
      session.resource = fmt::format("app{}", static_cast<size_t>(i) / users_.size());
      session.started_s = i;
      CHECK(insert_session(*connection, session).ok());
    }
    CHECK(transaction.commit().ok());
  }

  HttpResponse signed_in(int user, const char* method, const char* target, const std::string& body) {
    const std::string& cookie = cookies_[static_cast<size_t>(user)];
    return router_.answer({.method = method,
                           .target = target,
                           .headers = {{"cookie", "__Host-vitrine=" + cookie}, {"x-csrf-token", csrf_token(cookie)}},
                           .body = body});
  }
  HttpResponse administer(const std::string& target) {
    return router_.answer({.method = "GET", .target = target, .headers = {}, .body = "", .local_admin = true});
  }
  HttpResponse walk(const std::string& target) {
    HttpResponse answer;
    std::string after;
    do {
      answer = administer(target + (after.empty() ? "" : "?after=" + after));
      if (answer.status != 200) return answer;
      after = text_field(Json::parse(answer.body), "next");
    } while (!after.empty());
    return answer;
  }

  void run(const char* name, int count, const std::function<HttpResponse(int)>& request) {
    std::vector<Micros> times(static_cast<size_t>(count));
    std::atomic<int> next = 0;
    const Micros begin = monotonic_now();
    {
      std::vector<std::jthread> threads;
      for (int t = 0; t < sizes_.threads; ++t) {
        threads.emplace_back([&] {
          for (int i = next++; i < count; i = next++) {
            const Micros start = monotonic_now();
            const HttpResponse response = request(i);
            times[static_cast<size_t>(i)] = monotonic_now() - start;
            if (response.status >= 300) fmt::print(stderr, "{}: {}\n", name, response.body);
            CHECK(response.status < 300);
          }
        });
      }
    }
    const double seconds = static_cast<double>(monotonic_now() - begin) / kSecond;
    std::ranges::sort(times);
    const auto ms = [&](size_t percent) {
      return static_cast<double>(times[(times.size() - 1) * percent / 100]) / kMillisecond;
    };
    const Json line = {{"bench", "broker"},         {"store", store_},          {"case", name},     {"count", count},
                       {"threads", sizes_.threads}, {"per_s", count / seconds}, {"p50_ms", ms(50)}, {"p95_ms", ms(95)}};
    fmt::print("{}\n", line.dump());
    std::fflush(stdout);
  }

  std::string store_;
  Sizes sizes_;
  TemporaryFolder folder_;
  Database database_;
  PasswordHasher hasher_{PasswordCost{}};
  MemoryProvisioner provisioner_;
  TicketSigner signer_ = TicketSigner::generate().take();
  SessionService sessions_{database_, provisioner_, signer_, [](const Resource&) { return Result<void>(); }};
  PasswordSignIn sign_in_{database_, hasher_};
  Sealer sealer_{random_bytes(32)};
  CurlHttpClient http_;
  SignInProviders providers_{database_, http_, sealer_};
  Services services_{.database = database_,
                     .hasher = hasher_,
                     .sign_in = sign_in_,
                     .sessions = sessions_,
                     .sealer = sealer_,
                     .providers = providers_,
                     .public_url = "https://site"};
  Router router_{services_};
  std::vector<User> users_;
  std::vector<std::string> cookies_;
};

int main_of(int argc, char** argv) {
  CLI::App program("Measures a broker over both stores; JSON lines");
  Sizes sizes;
  std::string only;
  program.add_option("--threads", sizes.threads, "That ask at once")->capture_default_str()->check(CLI::Range(1, 64));
  program.add_option("--store", only, "sqlite or postgresql; both when not given");
  bool quick = false;
  program.add_flag("--quick", quick, "Small numbers, to see that it works");
  CLI11_PARSE(program, argc, argv);
  if (quick) {
    sizes = {.threads = sizes.threads,
             .sign_ins = 2,
             .launches = 20,
             .catalogues = 2,
             .groups = 5,
             .apps = 6,
             .sessions = 60,
             .lists = 1};
  }
  if (only.empty() || only == "sqlite") Bench("sqlite", "", sizes).run_all();
  if (only.empty() || only == "postgresql") {
    PostgresServer server(PostgresServer::Durability::kDisk);
    Bench("postgresql", server.create_database(), sizes).run_all();
  }
  return 0;
}

}  // namespace
}  // namespace vitrine::broker

int main(int argc, char** argv) {
  return vitrine::broker::main_of(argc, argv);
}
