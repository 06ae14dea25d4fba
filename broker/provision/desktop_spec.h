// spec.json: all that the supervisor of one local desktop needs to know.
#pragma once

#include <string>
#include <vector>

#include "protocol/base/result.h"

namespace vitrine::broker {

struct DesktopSpec {
  std::string id;
  std::string name;                  // "Desktop", "Text Editor"
  std::vector<std::string> command;  // of the app; empty: the whole desktop
  std::string folder;                // DATA/run/desktops/ID, made by the broker (0700)
  std::string home;                  // as its programs call it: DATA/homes/USER, in a sandbox /home/USER
  std::string home_source;           // where that lies outside; empty: there
  bool opengl = false;
  int width = 1280;
  int height = 720;
  // Without a sandbox it is one of this machine's displays, and its programs see what the broker's account sees.
  bool sandbox = false;
  std::string hidden;                 // DATA, of which the sandbox shows the two folders above alone
  std::vector<std::string> readable;  // files it shows besides: programs, the gateway's certificate
  int64_t uid = 0;                    // whom the supervisor becomes when root starts it; 0: nobody else
  int scale_percent = 100;            // of the viewer it is started for; it follows others while it runs
  std::string time_zone;              // of its programs, as in TZ; empty: the server's
  std::string locale;                 // of its programs, as in LANG; empty: the server's
  std::vector<std::string> agent;     // command line; the supervisor adds --display and --control-fd

  bool operator==(const DesktopSpec&) const = default;
};

std::string spec_to_json(const DesktopSpec& spec);
// Errors: malformed, naming the field.
Result<DesktopSpec> spec_from_json(const std::string& text);

}  // namespace vitrine::broker
