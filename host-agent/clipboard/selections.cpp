#include "host-agent/clipboard/selections.h"

namespace vitrine::agent {
namespace {

// A selection that is being dragged is another one with every move of the mouse.
constexpr Micros kSelectionRests = 150 * kMillisecond;
// Nobody pastes pictures with the middle button.
constexpr uint32_t kPrimaryRights = kMayCopyText | kMayPasteText;

bool of_primary(const CopyWanted& wanted) {
  return wanted.serial >= kFirstPrimarySerial;
}

}  // namespace

Selections::Selections(DesktopClipboard& clipboard, DesktopClipboard* primary) : clipboard_(clipboard) {
  if (primary == nullptr) return;
  primary_.emplace(*primary,
                   ExchangeRole{.first_serial = kFirstPrimarySerial, .settle = kSelectionRests, .follows = true});
}

void Selections::add_viewer(Viewer viewer, uint32_t rights) {
  rights_[viewer] = rights;
  clipboard_.add_viewer(viewer, rights);
}

Result<void> Selections::remove_viewer(Viewer viewer) {
  rights_.erase(viewer);
  TRY(follow(viewer, false));
  return clipboard_.remove_viewer(viewer);
}

Result<void> Selections::follow(Viewer viewer, bool follow) {
  if (!primary_ || primary_->has_viewer(viewer) == follow) return {};
  if (!follow) return primary_->remove_viewer(viewer);
  if (const auto known = rights_.find(viewer); known != rights_.end()) {
    primary_->add_viewer(viewer, known->second & kPrimaryRights);
  }
  return {};
}

std::optional<ClipMessage> Selections::for_primary(Viewer viewer, const ClipMessage& message) const {
  if (!primary_ || !primary_->has_viewer(viewer)) return std::nullopt;
  if (const auto* offered = std::get_if<PasteOffered>(&message)) {
    if ((offered->formats & kClipText) == 0) return std::nullopt;
    return PasteOffered{offered->serial, kClipText};
  }
  if (const auto* part = std::get_if<PastedPart>(&message)) {
    if (part->format != kClipText) return std::nullopt;
    return *part;
  }
  return std::nullopt;
}

Result<void> Selections::receive(Viewer viewer, const ClipMessage& message, Micros now) {
  if (const auto* wish = std::get_if<FollowPrimary>(&message)) return follow(viewer, wish->follow);
  if (const auto* wanted = std::get_if<CopyWanted>(&message); wanted != nullptr && of_primary(*wanted)) {
    return primary_ ? primary_->receive(viewer, message, now) : Result<void>();
  }
  TRY(clipboard_.receive(viewer, message, now));
  const auto too = for_primary(viewer, message);
  return too ? primary_->receive(viewer, *too, now) : Result<void>();
}

Result<void> Selections::advance(Micros now) {
  TRY(clipboard_.advance(now));
  if (!primary_) return {};
  // What is too large to be followed is passed over in silence: nobody copied it.
  const auto done = primary_->advance(now);
  (void)primary_->take_notices();
  return done;
}

Micros Selections::next_deadline() const {
  return primary_ ? std::min(clipboard_.next_deadline(), primary_->next_deadline()) : clipboard_.next_deadline();
}

bool Selections::wants_output(Viewer viewer, size_t window) const {
  return clipboard_.wants_output(viewer, window) || (primary_ && primary_->wants_output(viewer, window));
}

std::optional<Bytes> Selections::take_output(Viewer viewer, size_t window) {
  if (auto message = clipboard_.take_output(viewer, window)) return message;
  return primary_ ? primary_->take_output(viewer, window) : std::nullopt;
}

}  // namespace vitrine::agent
