// Between the desktop's clipboard and those of its viewers: who offers what, who wants it, and the parts on their way.
//
//     a program copies     ClipOffered -> CopyOffered to each viewer, as far as its rights go
//     a page wants it      CopyWanted -> fetch(), once for all viewers -> CopiedText ... in parts, as fast as it
//     answers a page's copy        PasteOffered + first parts -> own() -> PasteWanted asks for the rest; other viewers
//     are offered it a program pastes     ClipRequested -> provide(), once all parts are there
//
// The PRIMARY selection is another exchange (selections.h).
//
// Pure state: time is an argument. One thread. At most one content a format is kept, of at most kMaxClipboard bytes.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "host-agent/clipboard/desktop_clipboard.h"
#include "protocol/base/time.h"

namespace vitrine::agent {

// A part of a viewer's clipboard, of whichever format.
struct PastedPart {
  uint32_t format = 0;
  uint32_t serial = 0;
  uint32_t total = 0;
  uint32_t offset = 0;
  Bytes bytes;
};
using ClipMessage = std::variant<CopyWanted, PasteOffered, PastedPart, FollowPrimary>;

// What is different for a selection that follows another.
struct ExchangeRole {
  uint32_t first_serial = 0;
  Micros settle = 0;     // a content is offered once it was not replaced for this long
  bool follows = false;  // its viewers are offered what comes after them, and their parts are acknowledged elsewhere
};

class ClipboardExchange {
 public:
  using Viewer = uint64_t;

  explicit ClipboardExchange(DesktopClipboard& desktop, ExchangeRole role = {})
      : desktop_(desktop), role_(role), serial_(role.first_serial) {}

  void add_viewer(Viewer viewer, uint32_t rights);
  [[nodiscard]] bool has_viewer(Viewer viewer) const { return viewers_.contains(viewer); }
  Result<void> remove_viewer(Viewer viewer);
  // Errors: malformed, when the viewer does not follow the protocol; the desktop's otherwise.
  Result<void> receive(Viewer viewer, const ClipMessage& message, Micros now);
  // Takes in what the desktop's programs did, and ends what has waited too long. Errors: the desktop's.
  Result<void> advance(Micros now);
  [[nodiscard]] Micros next_deadline() const;

  // `window`: bytes of content that may be on their way to the viewer without an answer.
  [[nodiscard]] bool wants_output(Viewer viewer, size_t window) const;
  std::optional<Bytes> take_output(Viewer viewer, size_t window);
  // A sentence for each viewer that waits for something it will not get.
  std::vector<std::pair<Viewer, std::string>> take_notices() { return std::exchange(notices_, {}); }

 private:
  struct Stream {
    uint32_t format = 0;
    ClipContent content;  // null: it cannot be had, which is still to be said
    size_t sent = 0;
    size_t acked = 0;
  };
  struct ViewerState {
    uint32_t rights = 0;
    bool offer = false;      // CopyOffered is to be sent
    bool unsettled = false;  // once the content has settled
    uint32_t wanted = 0;     // formats it waits for
    std::vector<Stream> streams;
    std::vector<PasteWanted> asks;  // newest of each format
  };
  struct Incoming {
    uint32_t total = 0;  // 0: nothing came yet
    Bytes bytes;
  };
  struct Paste {
    Viewer viewer = 0;
    uint32_t serial = 0;
    std::map<uint32_t, Incoming> incoming;  // formats that are not whole yet
  };

  Result<void> handle(Viewer viewer, const CopyWanted& wanted, Micros now);
  Result<void> handle(Viewer viewer, const PasteOffered& offered, Micros now);
  Result<void> handle(Viewer viewer, const PastedPart& part, Micros now);
  static Result<void> handle(Viewer, const FollowPrimary&, Micros) { return {}; }
  Result<void> take(const ClipOffered& event, Micros now);
  Result<void> take(const ClipFetched& event, Micros now);
  Result<void> take(const ClipRequested& event, Micros now);
  void begin_content(uint32_t formats, std::optional<Viewer> from, Micros now);
  Result<void> stop_waiting(ViewerState& state, uint32_t format, Micros now);
  void offer_settled(Micros now);
  Result<void> fetch_next(Micros now);
  // The content of a format is known now, null for never: to those who wait.
  void deliver(uint32_t format, const ClipContent& content);
  Result<void> give_up(uint32_t format);

  DesktopClipboard& desktop_;
  const ExchangeRole role_;
  std::map<Viewer, ViewerState> viewers_;
  // What the clipboard holds, a program's or a viewer's.
  uint32_t serial_ = 0;
  uint32_t formats_ = 0;
  std::map<uint32_t, ClipContent> contents_;  // as far as it is known
  uint32_t fetching_ = 0;
  Micros fetch_until_ = kNever;
  Micros settled_at_ = kNever;
  std::optional<Paste> paste_;            // when it is a viewer's
  std::map<uint32_t, Micros> requested_;  // by programs, and until when they wait
  std::vector<std::pair<Viewer, std::string>> notices_;
};

}  // namespace vitrine::agent
