// The broker's connections to its database: as many as threads ask for at once, at most kMaxConnections, kept open.
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "broker/store/sql.h"

namespace vitrine::broker {

// Any thread.
class Database {
 public:
  using Connect = std::function<Result<std::unique_ptr<SqlConnection>>()>;
  explicit Database(Connect connect) : connect_(std::move(connect)) {}

  // A connection of one's own for a while; goes back by itself.
  class Lease {
   public:
    Lease(Database& database, std::unique_ptr<SqlConnection> connection)
        : database_(&database), connection_(std::move(connection)) {}
    Lease(Lease&&) noexcept = default;
    Lease& operator=(Lease&&) = delete;
    ~Lease() {
      if (connection_) database_->give_back(std::move(connection_));
    }
    SqlConnection& operator*() const { return *connection_; }
    SqlConnection* operator->() const { return connection_.get(); }

   private:
    Database* database_;
    std::unique_ptr<SqlConnection> connection_;
  };

  // Waits while all connections are in use. Errors: what connecting gives.
  Result<Lease> lease();

 private:
  static constexpr int kMaxConnections = 10;  // the API's threads and the session watcher

  void give_back(std::unique_ptr<SqlConnection> connection);

  Connect connect_;
  std::mutex mutex_;
  std::condition_variable returned_;
  std::vector<std::unique_ptr<SqlConnection>> idle_;
  int open_ = 0;
};

}  // namespace vitrine::broker
