// The monitors of a desktop; a part of messages.h. A window of the page shows one of them (ViewerHello::monitor), and
// the desktop arranges them as the windows stand (host-agent/monitor_layout).
#pragma once

#include <cstdint>
#include <vector>

#include "protocol/limits.h"
#include "protocol/message.h"

namespace vitrine {

struct Monitors {
  VITRINE_MESSAGE(68, Monitors, kAgentToViewer,
                  "The monitors the desktop has now. Told when a viewer comes, and when they change.");
  uint32_t own = 0;
  uint32_t most = 1;
  std::vector<uint32_t> areas;

  template <class Self, class V>
  static void visit(Self& self, V& v) {
    v.field("own", self.own, "the one this viewer is shown");
    v.field("most", self.most, "how many the desktop can have; their numbers are below it");
    v.field("areas", self.areas, kMaxMonitors * kMonitorFields,
            "six for each: its number, x, y, width and height on the desktop, and how many viewers look at it");
  }
};

}  // namespace vitrine
