// The in-memory twin of a desktop's clipboard: a program that copies and pastes by function calls.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "host-agent/clipboard/desktop_clipboard.h"

namespace vitrine::agent {

class MemoryClipboard : public DesktopClipboard {
 public:
  // The program copies these contents, by format.
  void copy(std::map<uint32_t, Bytes> contents);
  // The program pastes; what it got is in `pasted` once it was provided.
  void paste(uint32_t format);

  std::map<uint32_t, std::optional<Bytes>> pasted;  // nothing: refused
  uint32_t owned = 0;                               // what own() promised
  int fetches = 0;
  bool silent = false;     // the program never answers
  bool abandoned = false;  // a fetch was given up

  Result<std::vector<ClipEvent>> take_events() override;
  Result<void> fetch(uint32_t format) override;
  Result<void> own(uint32_t formats) override;
  Result<void> provide(uint32_t format, ClipContent content) override;

 private:
  std::map<uint32_t, Bytes> contents_;
  std::map<uint32_t, ClipContent> provided_;
  std::map<uint32_t, bool> waiting_;
  std::vector<ClipEvent> events_;
};

}  // namespace vitrine::agent
