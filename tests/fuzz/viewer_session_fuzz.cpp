// A hostile viewer against a whole desktop: each message is one length byte and that many bytes; every other one is
// followed by time and output. The session may close; nothing else may happen.
#include <algorithm>
#include <cstdint>
#include <span>

#include "host-agent/desktop_agent.h"
#include "host-agent/input/recording_input.h"
#include "host-agent/screen/memory_screen.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace vitrine;
  using namespace vitrine::agent;
  MemoryScreen screen({128, 96});
  RecordingInput hands;
  DesktopAgent agent(screen, hands);
  Micros now = kSecond;
  ViewerJoined joined;
  // Screens of 8192 by 8192 would only make this slow, so resizing is for short inputs.
  joined.rights = kMayView | kMayInput | (size <= 48 ? kMayResize : 0);
  const ViewerId viewer = agent.add_viewer(joined, now);
  std::span<const uint8_t> rest(data, size);
  uint32_t colour = 1;
  while (!rest.empty()) {
    const size_t length = std::min<size_t>(rest[0], rest.size() - 1);
    agent.receive(viewer, rest.subspan(1, length), now);
    rest = rest.subspan(1 + length);
    screen.fill({static_cast<int>(colour % 100), 10, 20, 30}, colour * 0x010305);
    if (++colour % 2 == 0) continue;
    now += 50 * kMillisecond;
    agent.advance(now);
    for (int i = 0; i < 20 && agent.wants_output(viewer, now); ++i) {
      if (!agent.take_output(viewer, now)) break;
    }
  }
  agent.remove_viewer(viewer, now);
  if (!hands.held.empty()) __builtin_trap();
  return 0;
}
