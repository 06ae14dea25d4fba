// Desktops as processes of this machine: each a detached `vitrine desktop` (see desktop_group.h) that is watched over
// its control socket.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>

#include "broker/provision/desktop_spec.h"
#include "broker/provision/line_socket.h"
#include "broker/provision/provisioner.h"

namespace vitrine::broker {

class LocalProvisioner : public Provisioner {
 public:
  struct Options {
    std::string data_folder;
    std::string program;                // of `vitrine`
    std::vector<std::string> agent;     // command line, to which "--credential FILE" is added
    std::vector<std::string> readable;  // files that desktops need besides the agent: the gateway's certificate
    bool sandbox = true;                // a desktop sees neither others nor the data folder
    int lifeline = -1;                  // passed on to the desktops, so that they end with `vitrine up`
  };
  // Errors: too_large (the data folder's path leaves no room for socket names), io.
  static Result<std::unique_ptr<LocalProvisioner>> create(Options options);

  Result<void> start(const DesktopOrder& order) override;
  Result<void> command(const std::string& id, DesktopVerb verb, const std::string& text) override;
  std::vector<DesktopReport> adopt(const Mine& mine) override;
  std::optional<DesktopReport> next_report(Micros timeout) override;

 private:
  explicit LocalProvisioner(Options options) : options_(std::move(options)) {}
  [[nodiscard]] std::string folder_of(const std::string& id) const;
  Result<void> write_order(const DesktopOrder& order, const std::string& folder);
  Result<void> write_sandbox(DesktopSpec& spec, const DesktopOrder& order);
  Result<void> spawn_supervisor(const std::string& folder, int control);
  Result<void> watch(const std::string& id);
  Result<void> start_in(const DesktopOrder& order, const std::string& folder);
  bool watched(const std::string& id);
  bool clear_unstarted(const std::string& id);
  DesktopReport first_report(const std::string& id);
  // As it is seen from here.
  static DesktopReport seen_from_here(DesktopReport report, const std::string& id, pid_t supervisor);
  void read_watches(Micros timeout);
  DesktopReport bury(const std::string& id);
  void forget(const std::string& id);

  const Options options_;
  UniqueFd wake_;  // eventfd: a new desktop is to be watched
  std::mutex mutex_;
  std::map<std::string, std::unique_ptr<LineSocket>> watches_;  // erased by next_report() only
  std::set<std::string> starting_;                              // are watched in a moment
  std::deque<DesktopReport> reports_;
};

}  // namespace vitrine::broker
