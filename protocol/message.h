// What every message of the wire is: see messages.h, which has all of them.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace vitrine {

using Bytes = std::vector<uint8_t>;

// Who may send a message; parsers reject one that comes from the wrong side.
enum class Direction : uint8_t {
  kViewerToGateway,
  kAgentToGateway,
  kGatewayToPeer,
  kViewerToAgent,
  kAgentToViewer,
  kBoth,
};

#define VITRINE_MESSAGE(number, Name, direction, text)          \
  static constexpr uint32_t kType = number;                     \
  static constexpr std::string_view kName = #Name;              \
  static constexpr Direction kDirection = Direction::direction; \
  static constexpr std::string_view kText = text;               \
  bool operator==(const Name&) const = default

}  // namespace vitrine
