#include "broker/identity/throttle.h"

#include <algorithm>

namespace vitrine::broker {

namespace {

constexpr int kFreePerPair = 5;      // a person who mistypes
constexpr int kFreePerAddress = 30;  // an office behind one address
constexpr int kFreePerAccount = 50;  // guessing spread over many addresses
constexpr int64_t kLongestWaitS = 300;
constexpr int64_t kLongestAccountWaitS = 30;  // short, so that strangers cannot lock a user out
constexpr int64_t kForgetAfterS = 900;
constexpr size_t kMaxEntries = 100'000;  // some 10 MB; beyond it the oldest go

std::string pair_key(const std::string& account, const std::string& address) {
  return "p" + address + "\n" + account;
}
std::string address_key(const std::string& address) {
  return "a" + address;
}
std::string account_key(const std::string& account) {
  return "u" + account;
}

}  // namespace

int64_t LoginThrottle::wait_s(const std::string& account, const std::string& address, int64_t now_s) {
  const std::lock_guard lock(mutex_);
  int64_t wait = 0;
  for (const std::string& key : {pair_key(account, address), address_key(address), account_key(account)}) {
    if (const auto found = counts_.find(key); found != counts_.end()) {
      wait = std::max(wait, found->second.blocked_until_s - now_s);
    }
  }
  return std::max<int64_t>(wait, 0);
}

void LoginThrottle::failed(const std::string& account, const std::string& address, int64_t now_s) {
  const std::lock_guard lock(mutex_);
  forget_old(now_s);
  count_failure(pair_key(account, address), kFreePerPair, kLongestWaitS, now_s);
  count_failure(address_key(address), kFreePerAddress, kLongestWaitS, now_s);
  count_failure(account_key(account), kFreePerAccount, kLongestAccountWaitS, now_s);
}

void LoginThrottle::succeeded(const std::string& account, const std::string& address) {
  const std::lock_guard lock(mutex_);
  counts_.erase(pair_key(account, address));
  counts_.erase(account_key(account));
}

size_t LoginThrottle::entries() const {
  const std::lock_guard lock(mutex_);
  return counts_.size();
}

void LoginThrottle::count_failure(const std::string& key, int free_attempts, int64_t longest_wait_s, int64_t now_s) {
  Count& count = counts_[key];
  if (now_s - count.last_s > kForgetAfterS) count.failures = 0;
  ++count.failures;
  count.last_s = now_s;
  const int over = count.failures - free_attempts;
  if (over >= 0) count.blocked_until_s = now_s + std::min(longest_wait_s, int64_t{1} << std::min(over, 20));
}

void LoginThrottle::forget_old(int64_t now_s) {
  if (counts_.size() < kMaxEntries) return;
  std::erase_if(counts_, [&](const auto& item) { return now_s - item.second.last_s > kForgetAfterS; });
  if (counts_.size() >= kMaxEntries) counts_.clear();  // a flood of made-up names; their waits start over
}

}  // namespace vitrine::broker
