// Whose pixels are encoded in this turn of the event loop: those of one viewer, so that input that arrives meanwhile is
// read after one slice of encoding and not after one for each viewer. Of those who want, the one served longest ago.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <utility>
#include <vector>

namespace vitrine::agent {

// One thread. Holds a few numbers for each viewer that was not forgotten.
class EncodingTurns {
 public:
  using Id = uint64_t;

  // A turn of the loop begins.
  void begin() {
    refused_before_ = std::exchange(refused_, {});
    taken_ = false;
  }
  // Whether this one, whose link takes bytes now, may encode in this turn. It yields to one who was refused in the turn
  // before and has waited longer, and who may turn out not to want any more: then nobody encodes for one turn.
  bool take(Id id) {
    const auto waits_longer = [&](Id other) { return other != id && last_[other] < last_[id]; };
    if (taken_ || std::ranges::any_of(refused_before_, waits_longer)) {
      if (std::ranges::find(refused_, id) == refused_.end()) refused_.push_back(id);
      return false;
    }
    taken_ = true;
    last_[id] = ++turns_;
    return true;
  }
  void forget(Id id) {
    std::erase(refused_, id);
    std::erase(refused_before_, id);
    last_.erase(id);
  }

 private:
  std::map<Id, uint64_t> last_;  // when served, in turns taken
  std::vector<Id> refused_;
  std::vector<Id> refused_before_;
  uint64_t turns_ = 0;
  bool taken_ = false;
};

}  // namespace vitrine::agent
