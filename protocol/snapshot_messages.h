// What a viewer keeps on its device for the day its page is loaded anew; a part of messages.h. The snapshot is
// encrypted with a key that only the agent knows and gives to a link of the same session, user and cache.
#pragma once

#include <cstdint>

#include "protocol/limits.h"
#include "protocol/message.h"

namespace vitrine {

struct SnapshotKey {
  VITRINE_MESSAGE(
      84, SnapshotKey, kAgentToViewer,
      "Lets the viewer keep what it has seen on its device, encrypted with this key, and tells whether the "
      "first update builds on the snapshot it named. Before the first SurfaceReset; never written anywhere.");
  Bytes key;
  uint32_t serial = 0;

  template <class Self, class V>
  static void visit(Self& self, V& v) {
    v.field("key", self.key, kSnapshotKeyBytes, "of AES-256-GCM; another one than before: nothing can be opened");
    v.field("serial", self.serial, "the snapshot to load before the SurfaceReset; 0: none");
  }
};

struct SnapshotSaved {
  VITRINE_MESSAGE(85, SnapshotSaved, kViewerToAgent,
                  "The viewer has a snapshot of this moment: what it would hold if it came back with it.");
  uint32_t serial = 0;
  Bytes holdings;

  template <class Self, class V>
  static void visit(Self& self, V& v) {
    v.field("serial", self.serial, "rises by one with each snapshot of a cache, from 1");
    v.field("holdings", self.holdings, kMaxHoldings, "a Holdings message");
  }
};

}  // namespace vitrine
