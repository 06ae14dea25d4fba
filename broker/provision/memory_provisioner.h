// The in-memory twin of a provisioner: desktops that come up at once and do what the test says.
#pragma once

#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <string>

#include "broker/provision/provisioner.h"

namespace vitrine::broker {

class MemoryProvisioner : public Provisioner {
 public:
  Result<void> start(const DesktopOrder& order) override;
  Result<void> command(const std::string& id, DesktopVerb verb, const std::string& text) override;
  std::vector<DesktopReport> adopt(const Mine& mine) override;
  std::optional<DesktopReport> next_report(Micros timeout) override;

  // The next start() is refused with this error.
  void refuse_next(Error error);
  // As if the desktop had said so.
  void say(const DesktopReport& report);
  [[nodiscard]] std::vector<DesktopOrder> running() const;
  struct Said {
    DesktopVerb verb;
    std::string text;
  };
  // What the desktop was told since the last call.
  std::vector<Said> take_said(const std::string& id);

 private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::string, DesktopOrder> running_;
  std::deque<DesktopReport> reports_;
  std::map<std::string, std::vector<Said>> said_;
  std::optional<Error> refusal_;
};

}  // namespace vitrine::broker
