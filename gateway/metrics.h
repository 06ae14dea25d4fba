// The gateway's counters as Prometheus text (exposition format 0.0.4).
#pragma once

#include <string>
#include <vector>

#include "gateway/counters.h"

namespace vitrine {

// One set of counters a thread; they are added up.
std::string metrics_text(const std::vector<const Counters*>& threads);

}  // namespace vitrine
