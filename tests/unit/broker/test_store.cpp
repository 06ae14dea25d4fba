#include <cstdlib>

#include "tests/unit/broker/fixture.h"
#include "tests/unit/broker/postgres_server.h"

namespace vitrine::broker {

std::string new_store_url() {
  const char* wanted = std::getenv("VITRINE_TEST_STORE");
  if (wanted == nullptr) return "";
  CHECK(std::string_view(wanted) == "postgresql");
  return PostgresServer::shared().create_database();
}

void drop_store(const std::string& url) {
  if (!url.empty()) PostgresServer::shared().drop_database(url);
}

}  // namespace vitrine::broker
