// The in-memory twin of an input sink: remembers what it was given, and what is held down.
#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "host-agent/input/input_sink.h"

namespace vitrine::agent {

class RecordingInput : public InputSink {
 public:
  struct KeyRecord {
    Holder holder = 0;
    KeyInput input;
  };
  struct PointerRecord {
    Holder holder = 0;
    PointerInput input;
  };

  std::vector<KeyRecord> keys;
  std::vector<PointerRecord> pointers;
  std::string typed;                              // text() and printable keys, in order
  std::set<std::pair<Holder, std::string>> held;  // codes of keys and "button N" that are down
  int releases = 0;

  Result<void> key(Holder holder, const KeyInput& input) override;
  Result<void> text(Holder holder, std::string_view utf8) override;
  Result<void> pointer(Holder holder, const PointerInput& input) override;
  Result<void> release_all(Holder holder) override;
  Result<Micros> proceed(Micros now) override;
};

}  // namespace vitrine::agent
