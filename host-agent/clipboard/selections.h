// Both selections of a desktop: the clipboard, which every viewer shares, and PRIMARY, which follows the mouse, for
// viewers that asked for it.
//
//     a program selects     PRIMARY's exchange offers its text to those who follow, once the selection rests
//     a page pastes         the clipboard's exchange takes it as ever; where the page follows, PRIMARY holds its text
//     too,
//                           so that the middle button pastes it
//
// Pure state: time is an argument. One thread. Memory: that of two exchanges.
#pragma once

#include "host-agent/clipboard/clipboard_exchange.h"

namespace vitrine::agent {

class Selections {
 public:
  using Viewer = ClipboardExchange::Viewer;

  // Without `primary` nobody can follow it. Both are borrowed.
  Selections(DesktopClipboard& clipboard, DesktopClipboard* primary);

  // As those of ClipboardExchange.
  void add_viewer(Viewer viewer, uint32_t rights);
  Result<void> remove_viewer(Viewer viewer);
  Result<void> receive(Viewer viewer, const ClipMessage& message, Micros now);
  Result<void> advance(Micros now);
  [[nodiscard]] Micros next_deadline() const;
  [[nodiscard]] bool wants_output(Viewer viewer, size_t window) const;
  std::optional<Bytes> take_output(Viewer viewer, size_t window);
  std::vector<std::pair<Viewer, std::string>> take_notices() { return clipboard_.take_notices(); }

 private:
  Result<void> follow(Viewer viewer, bool follow);
  // What the message means for PRIMARY; nothing: nothing.
  [[nodiscard]] std::optional<ClipMessage> for_primary(Viewer viewer, const ClipMessage& message) const;

  ClipboardExchange clipboard_;
  std::optional<ClipboardExchange> primary_;
  std::map<Viewer, uint32_t> rights_;
};

}  // namespace vitrine::agent
