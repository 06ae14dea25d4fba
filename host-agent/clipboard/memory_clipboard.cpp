#include "host-agent/clipboard/memory_clipboard.h"

#include <utility>

namespace vitrine::agent {

void MemoryClipboard::copy(std::map<uint32_t, Bytes> contents) {
  contents_ = std::move(contents);
  owned = 0;
  provided_.clear();
  ClipOffered offer;
  for (const auto& [format, bytes] : contents_) offer.formats |= format;
  events_.emplace_back(offer);
}

void MemoryClipboard::paste(uint32_t format) {
  if ((owned & format) == 0) {
    pasted[format] = std::nullopt;
    return;
  }
  if (const auto found = provided_.find(format); found != provided_.end()) {
    pasted[format] = *found->second;
    return;
  }
  waiting_[format] = true;
  events_.emplace_back(ClipRequested{format});
}

Result<std::vector<ClipEvent>> MemoryClipboard::take_events() {
  return std::exchange(events_, {});
}

Result<void> MemoryClipboard::fetch(uint32_t format) {
  abandoned = format == 0;
  if (format == 0) return {};
  ++fetches;
  if (silent) return {};
  const auto found = contents_.find(format);
  ClipFetched answer{.format = format, .content = {}, .too_large = 0};
  if (found != contents_.end()) {
    if (found->second.size() > kMaxClipboard)
      answer.too_large = found->second.size();
    else
      answer.content = std::make_shared<const Bytes>(found->second);
  }
  events_.emplace_back(std::move(answer));
  return {};
}

Result<void> MemoryClipboard::own(uint32_t formats) {
  owned = formats;
  contents_.clear();
  provided_.clear();
  return {};
}

Result<void> MemoryClipboard::provide(uint32_t format, ClipContent content) {
  if (std::exchange(waiting_[format], false)) {
    pasted[format] = content ? std::optional<Bytes>(*content) : std::nullopt;
  }
  if (content) provided_[format] = std::move(content);
  return {};
}

}  // namespace vitrine::agent
