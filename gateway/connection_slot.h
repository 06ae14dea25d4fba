// One of the connections that a gateway may have; given back when it goes out of scope.
#pragma once

#include <atomic>
#include <cstddef>
#include <utility>

namespace vitrine {

class ConnectionSlot {
 public:
  ConnectionSlot() = default;
  // The caller has counted it already.
  explicit ConnectionSlot(std::atomic<size_t>& count) : count_(&count) {}
  ConnectionSlot(ConnectionSlot&& other) noexcept : count_(std::exchange(other.count_, nullptr)) {}
  ConnectionSlot& operator=(ConnectionSlot&& other) noexcept {
    std::swap(count_, other.count_);
    return *this;
  }
  ~ConnectionSlot() {
    if (count_ != nullptr) count_->fetch_sub(1, std::memory_order_relaxed);
  }

 private:
  std::atomic<size_t>* count_ = nullptr;
};

}  // namespace vitrine
