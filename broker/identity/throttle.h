// Slows down guessing. Failures are counted per account and address together, per address and per account; once one of
// them has used up its free attempts, each further failure doubles the wait. A right password clears its account's
// counts, time forgets the rest. The same for names that do not exist, so it tells nothing about them.
#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <unordered_map>

namespace vitrine::broker {

// Any thread.
class LoginThrottle {
 public:
  // Seconds to wait before another attempt is looked at; 0: go ahead.
  int64_t wait_s(const std::string& account, const std::string& address, int64_t now_s);
  void failed(const std::string& account, const std::string& address, int64_t now_s);
  void succeeded(const std::string& account, const std::string& address);

  [[nodiscard]] size_t entries() const;

 private:
  struct Count {
    int failures = 0;
    int64_t last_s = 0;
    int64_t blocked_until_s = 0;
  };
  void count_failure(const std::string& key, int free_attempts, int64_t longest_wait_s, int64_t now_s);
  void forget_old(int64_t now_s);

  mutable std::mutex mutex_;
  std::unordered_map<std::string, Count> counts_;
};

}  // namespace vitrine::broker
