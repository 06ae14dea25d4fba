#include "broker/provision/memory_provisioner.h"

#include <chrono>

namespace vitrine::broker {

Result<void> MemoryProvisioner::start(const DesktopOrder& order) {
  const std::lock_guard lock(mutex_);
  if (refusal_) {
    Error refusal = *std::exchange(refusal_, std::nullopt);
    return refusal;
  }
  running_[order.id] = order;
  DesktopReport report;
  report.id = order.id;
  report.phase = DesktopPhase::kRunning;
  report.width = order.width;
  report.height = order.height;
  reports_.push_back(report);
  changed_.notify_all();
  return {};
}

Result<void> MemoryProvisioner::command(const std::string& id, DesktopVerb verb, const std::string& text) {
  const std::lock_guard lock(mutex_);
  if (verb == DesktopVerb::kForget) return {};
  if (!running_.contains(id)) return Error{ErrorCode::kNotFound, "This desktop is not running."};
  said_[id].push_back({verb, text});
  if (verb != DesktopVerb::kEnd) return {};
  running_.erase(id);
  DesktopReport report;
  report.id = id;
  report.phase = DesktopPhase::kEnded;
  report.reason = text;
  reports_.push_back(report);
  changed_.notify_all();
  return {};
}

std::vector<DesktopReport> MemoryProvisioner::adopt(const Mine& /*mine*/) {
  const std::lock_guard lock(mutex_);
  std::vector<DesktopReport> found;
  for (const auto& [id, order] : running_) {
    DesktopReport report;
    report.id = id;
    report.phase = DesktopPhase::kRunning;
    found.push_back(report);
  }
  return found;
}

std::optional<DesktopReport> MemoryProvisioner::next_report(Micros timeout) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, std::chrono::microseconds(timeout), [this] { return !reports_.empty(); });
  if (reports_.empty()) return std::nullopt;
  DesktopReport report = reports_.front();
  reports_.pop_front();
  return report;
}

void MemoryProvisioner::refuse_next(Error error) {
  const std::lock_guard lock(mutex_);
  refusal_ = std::move(error);
}

void MemoryProvisioner::say(const DesktopReport& report) {
  const std::lock_guard lock(mutex_);
  if (report.phase == DesktopPhase::kEnded || report.phase == DesktopPhase::kFailed) running_.erase(report.id);
  reports_.push_back(report);
  changed_.notify_all();
}

std::vector<MemoryProvisioner::Said> MemoryProvisioner::take_said(const std::string& id) {
  const std::lock_guard lock(mutex_);
  return std::exchange(said_[id], {});
}

std::vector<DesktopOrder> MemoryProvisioner::running() const {
  const std::lock_guard lock(mutex_);
  std::vector<DesktopOrder> all;
  for (const auto& [id, order] : running_) all.push_back(order);
  return all;
}

}  // namespace vitrine::broker
