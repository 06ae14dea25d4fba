// A real PostgreSQL for tests: in a temporary folder, on a unix socket, for as long as the process lives.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>

namespace vitrine::broker {

// One thread. It ends with the thread that started it, however that ends.
class PostgresServer {
 public:
  // The one of this process, started at the first call.
  static PostgresServer& shared();
  enum class Durability : uint8_t {
    kNone,  // tests: nothing is to outlive the process
    kDisk,  // benchmarks: a commit reaches the disk, as in real life
  };
  explicit PostgresServer(Durability durability = Durability::kNone);
  ~PostgresServer();
  PostgresServer(const PostgresServer&) = delete;
  PostgresServer& operator=(const PostgresServer&) = delete;

  // A new, empty database; what to connect to it with.
  std::string create_database();
  void drop_database(const std::string& url);
  // As an administrator stops it, connections and all; waits until it is gone, or answers.
  void stop();
  void start();
  // Runs a statement as the administrator; the first column of its first row.
  std::string administer(const std::string& sql) const;

 private:
  [[nodiscard]] std::string url_of(const std::string& database) const;

  std::string folder_;
  std::string programs_;
  uid_t user_ = 0;
  gid_t group_ = 0;
  pid_t pid_ = -1;
  int made_ = 0;
  Durability durability_;
};

}  // namespace vitrine::broker
