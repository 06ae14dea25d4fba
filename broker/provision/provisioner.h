// What makes and destroys desktops: processes on this machine, later enrolled machines, containers, virtual machines.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "protocol/base/result.h"
#include "protocol/base/time.h"
#include "protocol/session_measure.h"

namespace vitrine::broker {

// What the broker wants to have running.
struct DesktopOrder {
  std::string id;
  std::string user;                  // whose home folder it gets
  bool fresh_home = false;           // that goes with the desktop, instead of the user's
  std::string home_template;         // folder that a fresh one is copied from; empty: it starts empty
  std::string resource;              // pool or app
  std::string name;                  // shown to people: "Desktop", "Text Editor"
  std::vector<std::string> command;  // of the app; empty: the whole desktop
  bool opengl = false;
  int width = 1280;
  int height = 720;
  int scale_percent = 100;       // device pixels per CSS pixel times 100, of the viewer who asks
  std::string time_zone;         // one this machine knows; empty: the server's
  std::string locale;            // the same
  std::string agent_credential;  // ticket of kind kAgent, base64url
};

enum class DesktopPhase : uint8_t {
  kStarting,
  kRunning,
  kEnding,
  kEnded,   // gone as wished: closed, logged off, ended
  kFailed,  // gone for another reason, or never came up
};

// How a desktop is doing. A phase of kEnded or kFailed is the last report of a desktop.
struct DesktopReport {
  std::string id;
  DesktopPhase phase = DesktopPhase::kStarting;
  std::string reason;  // a sentence, when it ends or has ended
  int viewers = 0;
  int width = 0;
  int height = 0;
  std::string display;     // ":7"
  std::string xauthority;  // file
  std::map<std::string, int64_t> pids;
  SessionMeasure measure;  // so far; renewed about every 10 s
};

const char* phase_name(DesktopPhase phase);
// A report as a line of JSON, and back. Errors: malformed.
std::string report_to_json(const DesktopReport& report);
Result<DesktopReport> report_from_json(const std::string& line);

enum class DesktopVerb : uint8_t {
  kEnd,      // text: the reason, shown to viewers
  kNotice,   // text: shown to viewers
  kReadmit,  // text: {"generation": N, "reason": "..."}; viewers with tickets of earlier generations have to come anew
  kForget,   // its end has been recorded: remove what is kept of it
  kDisconnect,  // text: the reason, shown to viewers, whose links are closed; the desktop stays
};

// Any thread, but next_report() only one at a time.
class Provisioner {
 public:
  virtual ~Provisioner() = default;
  // Sets the desktop going; reports follow. Errors: what a person can do about it.
  virtual Result<void> start(const DesktopOrder& order) = 0;
  // Errors: not_found (no such desktop), io.
  virtual Result<void> command(const std::string& id, DesktopVerb verb, const std::string& text) = 0;
  // Takes over every desktop that is there and not followed yet: at the broker's start all, later those that another
  // broker has started. Gives end reports of those that died meanwhile, if `mine` says so: what does not answer may
  // just be in another broker's making. Desktops that are not there by then, nor followed, are gone.
  using Mine = std::function<bool(const std::string& id)>;
  virtual std::vector<DesktopReport> adopt(const Mine& mine) = 0;
  // The next change of any desktop; nothing after `timeout`.
  virtual std::optional<DesktopReport> next_report(Micros timeout) = 0;
};

}  // namespace vitrine::broker
