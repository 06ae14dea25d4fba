// The desktop's clipboard as the agent sees it: what programs copied, and what viewers give to programs.
#pragma once

#include <cstdint>
#include <memory>
#include <variant>
#include <vector>

#include "protocol/base/result.h"
#include "protocol/messages.h"

namespace vitrine::agent {

// Content in one format, shared by all who still hand it out.
using ClipContent = std::shared_ptr<const Bytes>;

// A program owns the clipboard now, or nobody does.
struct ClipOffered {
  uint32_t formats = 0;  // kClip bits; 0: nothing that could be had
};
// The answer to fetch(); null: the program did not give it, or it is larger than kMaxClipboard.
struct ClipFetched {
  uint32_t format = 0;
  ClipContent content;
  size_t too_large = 0;  // bytes it has at least, when it is larger
};
// A program wants what own() promised; provide() answers it.
struct ClipRequested {
  uint32_t format = 0;
};
using ClipEvent = std::variant<ClipOffered, ClipFetched, ClipRequested>;

// Errors of all: closed, when the desktop is gone.
class DesktopClipboard {
 public:
  virtual ~DesktopClipboard() = default;
  // What happened since the last call.
  virtual Result<std::vector<ClipEvent>> take_events() = 0;
  // Asks the program that owns the clipboard; one ClipFetched follows unless the owner changes first. One at a time: a
  // new call gives up the one before, and that for format 0 asks for nothing else.
  virtual Result<void> fetch(uint32_t format) = 0;
  // Programs that paste are served by the agent from here on, until one of them copies something.
  virtual Result<void> own(uint32_t formats) = 0;
  // Answers every request for the format there is and will be; null refuses those that wait.
  virtual Result<void> provide(uint32_t format, ClipContent content) = 0;
};

}  // namespace vitrine::agent
