#include "broker/store/database.h"

namespace vitrine::broker {

Result<Database::Lease> Database::lease() {
  {
    std::unique_lock lock(mutex_);
    returned_.wait(lock, [this] { return !idle_.empty() || open_ < kMaxConnections; });
    if (!idle_.empty()) {
      auto connection = std::move(idle_.back());
      idle_.pop_back();
      return Lease(*this, std::move(connection));
    }
    ++open_;
  }
  auto connection = connect_();
  if (!connection.ok()) {
    const std::lock_guard lock(mutex_);
    --open_;
    returned_.notify_one();
    return connection.error();
  }
  return Lease(*this, connection.take());
}

void Database::give_back(std::unique_ptr<SqlConnection> connection) {
  const std::lock_guard lock(mutex_);
  idle_.push_back(std::move(connection));
  returned_.notify_one();
}

}  // namespace vitrine::broker
