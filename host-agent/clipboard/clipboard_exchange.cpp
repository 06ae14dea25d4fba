#include "host-agent/clipboard/clipboard_exchange.h"

#include <algorithm>
#include <bit>

#include "protocol/wire.h"

namespace vitrine::agent {
namespace {

// A program that does not answer is busy or gone. Pasting programs give up after about as long.
constexpr Micros kPatience = 10 * kSecond;
constexpr uint32_t kAllFormats = kClipText | kClipHtml | kClipImage;

uint32_t may_copy(uint32_t rights) {
  return ((rights & kMayCopyText) != 0 ? kClipText : 0) | ((rights & kMayCopyHtml) != 0 ? kClipHtml : 0) |
         ((rights & kMayCopyImage) != 0 ? kClipImage : 0);
}

uint32_t may_paste(uint32_t rights) {
  return ((rights & kMayPasteText) != 0 ? kClipText : 0) | ((rights & kMayPasteHtml) != 0 ? kClipHtml : 0) |
         ((rights & kMayPasteImage) != 0 ? kClipImage : 0);
}

template <class M>
Bytes part(uint32_t serial, std::span<const uint8_t> whole, size_t offset, size_t count) {
  const auto bytes = whole.subspan(offset, count);
  return serialize(M{.serial = serial,
                     .total = static_cast<uint32_t>(whole.size()),
                     .offset = static_cast<uint32_t>(offset),
                     .bytes = Bytes(bytes.begin(), bytes.end())});
}

Bytes part_of(uint32_t format, uint32_t serial, std::span<const uint8_t> whole, size_t offset, size_t count) {
  if (format == kClipText) return part<CopiedText>(serial, whole, offset, count);
  if (format == kClipHtml) return part<CopiedHtml>(serial, whole, offset, count);
  return part<CopiedImage>(serial, whole, offset, count);
}

std::string too_large_sentence(size_t bytes) {
  constexpr size_t kMiB = size_t{1} << 20;
  return "What was copied has at least " + std::to_string((bytes + kMiB - 1) / kMiB) +
         " MiB; a clipboard passes on at most 32 MiB. Save it as a file.";
}

Error malformed(const char* what) {
  return {ErrorCode::kMalformed, what};
}

}  // namespace

// --- viewers ----------------------------------------------------------------------------------------------------

void ClipboardExchange::add_viewer(Viewer viewer, uint32_t rights) {
  ViewerState& state = viewers_[viewer];
  state.rights = rights;
  state.offer = !role_.follows && (formats_ & may_copy(rights)) != 0;
}

Result<void> ClipboardExchange::remove_viewer(Viewer viewer) {
  viewers_.erase(viewer);
  if (!paste_ || paste_->viewer != viewer) return {};
  // What had come stays; the rest never will.
  for (const auto& [format, incoming] : std::exchange(paste_->incoming, {})) TRY(give_up(format));
  return {};
}

Result<void> ClipboardExchange::receive(Viewer viewer, const ClipMessage& message, Micros now) {
  if (!viewers_.contains(viewer)) return {};
  return std::visit([&](const auto& one) { return handle(viewer, one, now); }, message);
}

Result<void> ClipboardExchange::handle(Viewer viewer, const CopyWanted& wanted, Micros now) {
  if (!std::has_single_bit(wanted.format & kAllFormats)) return malformed("CopyWanted names no single format");
  if (wanted.serial != serial_) return {};  // overtaken by an offer that is on its way
  ViewerState& state = viewers_[viewer];
  const auto stream = std::ranges::find(state.streams, wanted.format, &Stream::format);
  if (wanted.offset > 0) {
    if (stream == state.streams.end()) {
      return wanted.offset >= kMaxClipboard ? stop_waiting(state, wanted.format, now) : Result<void>();
    }
    if (stream->content == nullptr) return {};
    if (wanted.offset >= stream->content->size()) {
      state.streams.erase(stream);
      return {};
    }
    if (wanted.offset > stream->sent) return malformed("CopyWanted acknowledges what was not sent");
    stream->acked = std::max<size_t>(stream->acked, wanted.offset);
    return {};
  }
  if (stream != state.streams.end()) state.streams.erase(stream);
  if ((wanted.format & formats_ & may_copy(state.rights)) == 0) {
    state.streams.push_back({.format = wanted.format, .content = nullptr});
    return {};
  }
  state.wanted |= wanted.format;
  if (const auto known = contents_.find(wanted.format); known != contents_.end()) {
    deliver(wanted.format, known->second);
    return {};
  }
  return fetch_next(now);
}

// Nobody waits any more: the program need not go on either.
Result<void> ClipboardExchange::stop_waiting(ViewerState& state, uint32_t format, Micros now) {
  state.wanted &= ~format;
  const auto waits = [format](const auto& entry) { return (entry.second.wanted & format) != 0; };
  if (fetching_ != format || std::ranges::any_of(viewers_, waits)) return {};
  fetching_ = 0;
  fetch_until_ = kNever;
  TRY(desktop_.fetch(0));
  return fetch_next(now);
}

Result<void> ClipboardExchange::handle(Viewer viewer, const PasteOffered& offered, Micros now) {
  const uint32_t formats = offered.formats & may_paste(viewers_[viewer].rights);
  if (formats == 0) return {};
  requested_.clear();  // own() refuses those that wait
  TRY(desktop_.own(formats));
  begin_content(formats, viewer, now);
  paste_ = Paste{.viewer = viewer, .serial = offered.serial, .incoming = {}};
  for (const uint32_t format : {kClipText, kClipHtml, kClipImage}) {
    if ((formats & format) != 0) paste_->incoming.try_emplace(format);
  }
  return {};
}

Result<void> ClipboardExchange::handle(Viewer viewer, const PastedPart& part, Micros) {
  if (!paste_ || paste_->viewer != viewer || paste_->serial != part.serial) return {};
  const auto found = paste_->incoming.find(part.format);
  if (found == paste_->incoming.end()) return {};
  Incoming& incoming = found->second;
  if (part.total == 0) {
    paste_->incoming.erase(found);
    return give_up(part.format);
  }
  if (part.total > kMaxClipboard) return malformed("a clipboard larger than the limit was sent");
  if (incoming.total != 0 && incoming.total != part.total) return malformed("a clipboard changed its size");
  if (part.offset != incoming.bytes.size() || part.bytes.empty() ||
      part.bytes.size() > part.total - incoming.bytes.size()) {
    return malformed("a part of a clipboard does not follow the one before");
  }
  incoming.total = part.total;
  incoming.bytes.insert(incoming.bytes.end(), part.bytes.begin(), part.bytes.end());
  ViewerState& state = viewers_[viewer];
  std::erase_if(state.asks, [&](const PasteWanted& ask) { return ask.format == part.format; });
  if (!role_.follows) state.asks.push_back({part.serial, part.format, static_cast<uint32_t>(incoming.bytes.size())});
  if (incoming.bytes.size() < incoming.total) return {};
  const auto content = std::make_shared<const Bytes>(std::move(incoming.bytes));
  paste_->incoming.erase(found);
  contents_[part.format] = content;
  deliver(part.format, content);
  requested_.erase(part.format);
  return desktop_.provide(part.format, content);
}

// --- the desktop ------------------------------------------------------------------------------------------------

Result<void> ClipboardExchange::advance(Micros now) {
  const std::vector<ClipEvent> events = TRY(desktop_.take_events());
  for (const ClipEvent& event : events) {
    TRY(std::visit([&](const auto& one) { return take(one, now); }, event));
  }
  if (fetching_ != 0 && fetch_until_ <= now) TRY(take(ClipFetched{fetching_, nullptr, 0}, now));
  offer_settled(now);
  std::vector<uint32_t> late;
  for (const auto& [format, until] : requested_) {
    if (until <= now) late.push_back(format);
  }
  for (const uint32_t format : late) TRY(give_up(format));
  return {};
}

Micros ClipboardExchange::next_deadline() const {
  Micros deadline = std::min(fetching_ != 0 ? fetch_until_ : kNever, settled_at_);
  for (const auto& [format, until] : requested_) deadline = std::min(deadline, until);
  return deadline;
}

Result<void> ClipboardExchange::take(const ClipOffered& event, Micros now) {
  requested_.clear();
  begin_content(event.formats & kAllFormats, std::nullopt, now);
  return {};
}

Result<void> ClipboardExchange::take(const ClipFetched& event, Micros now) {
  if (event.format != fetching_) return {};  // of content that was replaced meanwhile
  fetching_ = 0;
  fetch_until_ = kNever;
  const bool usable = event.content != nullptr && !event.content->empty();
  if (usable) contents_[event.format] = event.content;
  if (!usable) {
    formats_ &= ~event.format;
    for (const auto& [id, state] : viewers_) {
      if ((state.wanted & event.format) == 0 || event.too_large == 0) continue;
      notices_.emplace_back(id, too_large_sentence(event.too_large));
    }
  }
  deliver(event.format, usable ? event.content : nullptr);
  return fetch_next(now);
}

Result<void> ClipboardExchange::take(const ClipRequested& event, Micros now) {
  if (const auto known = contents_.find(event.format); known != contents_.end()) {
    return desktop_.provide(event.format, known->second);
  }
  if (!paste_ || !paste_->incoming.contains(event.format)) return desktop_.provide(event.format, nullptr);
  requested_.try_emplace(event.format, now + kPatience);
  return {};
}

void ClipboardExchange::begin_content(uint32_t formats, std::optional<Viewer> from, Micros now) {
  ++serial_;
  formats_ = formats;
  contents_.clear();
  paste_.reset();
  fetching_ = 0;
  fetch_until_ = kNever;
  for (auto& [id, state] : viewers_) {
    state.wanted = 0;
    state.streams.clear();
    state.asks.clear();
    // The viewer it came from has it. To a viewer that may have nothing of it the old one is still gone.
    state.offer = false;
    state.unsettled = id != from && may_copy(state.rights) != 0;
  }
  const auto waits = [](const auto& entry) { return entry.second.unsettled; };
  settled_at_ = std::ranges::any_of(viewers_, waits) ? now + role_.settle : kNever;
  offer_settled(now);
}

void ClipboardExchange::offer_settled(Micros now) {
  if (settled_at_ > now) return;
  settled_at_ = kNever;
  for (auto& [id, state] : viewers_) state.offer = std::exchange(state.unsettled, false) || state.offer;
}

Result<void> ClipboardExchange::fetch_next(Micros now) {
  if (fetching_ != 0 || paste_) return {};
  uint32_t wanted = 0;
  for (const auto& [id, state] : viewers_) wanted |= state.wanted;
  if (wanted == 0) return {};
  fetching_ = uint32_t{1} << std::countr_zero(wanted);
  fetch_until_ = now + kPatience;
  return desktop_.fetch(fetching_);
}

void ClipboardExchange::deliver(uint32_t format, const ClipContent& content) {
  for (auto& [id, state] : viewers_) {
    if ((state.wanted & format) == 0) continue;
    state.wanted &= ~format;
    state.streams.push_back({.format = format, .content = content});
  }
}

Result<void> ClipboardExchange::give_up(uint32_t format) {
  requested_.erase(format);
  formats_ &= ~format;
  deliver(format, nullptr);
  return desktop_.provide(format, nullptr);
}

// --- output -----------------------------------------------------------------------------------------------------

bool ClipboardExchange::wants_output(Viewer viewer, size_t window) const {
  const auto found = viewers_.find(viewer);
  if (found == viewers_.end()) return false;
  const ViewerState& state = found->second;
  const auto can_send = [window](const Stream& stream) {
    return stream.content == nullptr || (stream.sent < stream.content->size() && stream.sent - stream.acked < window);
  };
  return state.offer || !state.asks.empty() || std::ranges::any_of(state.streams, can_send);
}

std::optional<Bytes> ClipboardExchange::take_output(Viewer viewer, size_t window) {
  const auto found = viewers_.find(viewer);
  if (found == viewers_.end()) return std::nullopt;
  ViewerState& state = found->second;
  if (!state.asks.empty()) {
    const PasteWanted ask = state.asks.back();
    state.asks.pop_back();
    return serialize(ask);
  }
  if (std::exchange(state.offer, false)) {
    return serialize(CopyOffered{.serial = serial_, .formats = formats_ & may_copy(state.rights)});
  }
  for (size_t i = 0; i < state.streams.size(); ++i) {
    Stream& stream = state.streams[i];
    if (stream.content == nullptr) {
      const uint32_t format = stream.format;
      state.streams.erase(state.streams.begin() + static_cast<ptrdiff_t>(i));
      return part_of(format, serial_, {}, 0, 0);
    }
    if (stream.sent == stream.content->size() || stream.sent - stream.acked >= window) continue;
    const size_t at = stream.sent;
    const size_t count = std::min(kMaxClipPart, stream.content->size() - at);
    stream.sent += count;
    return part_of(stream.format, serial_, *stream.content, at, count);
  }
  return std::nullopt;
}

}  // namespace vitrine::agent
