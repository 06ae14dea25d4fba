#include "host-agent/input/recording_input.h"

namespace vitrine::agent {

Result<void> RecordingInput::key(Holder holder, const KeyInput& input) {
  keys.push_back({holder, input});
  if (input.down) {
    held.insert({holder, input.code});
    // One character, in any script: no name of a key is that short.
    const auto lead = input.key.empty() ? 0 : static_cast<uint8_t>(input.key[0]);
    const size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1;
    if (input.key.size() == length) typed += input.key;
  } else {
    held.erase({holder, input.code});
  }
  return {};
}

Result<void> RecordingInput::text(Holder, std::string_view utf8) {
  typed += utf8;
  return {};
}

Result<void> RecordingInput::pointer(Holder holder, const PointerInput& input) {
  pointers.push_back({holder, input});
  if (input.button) {
    const std::string name = "button " + std::to_string(*input.button);
    if (input.down) {
      held.insert({holder, name});
    } else {
      held.erase({holder, name});
    }
  }
  return {};
}

Result<void> RecordingInput::release_all(Holder holder) {
  ++releases;
  std::erase_if(held, [holder](const auto& entry) { return entry.first == holder; });
  return {};
}

Result<Micros> RecordingInput::proceed(Micros) {
  return kNever;
}

}  // namespace vitrine::agent
