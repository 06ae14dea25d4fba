#include "protocol/gen/constants.h"

#include <algorithm>
#include <bit>
#include <sstream>

#include "protocol/limits.h"
#include "protocol/messages.h"

namespace vitrine::gen {
namespace {

std::string_view trimmed(std::string_view text) {
  const size_t begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") + 1 - begin);
}

// The identifier that starts at the first " k" or "k" of the line; empty when there is none.
std::string constant_name(std::string_view line) {
  size_t begin = line.find(" k");
  begin = begin == std::string_view::npos ? 0 : begin + 1;
  size_t end = begin;
  while (end < line.size() && (std::isalnum(static_cast<unsigned char>(line[end])) != 0 || line[end] == '_')) ++end;
  return std::string(line.substr(begin, end - begin));
}

}  // namespace

namespace {

#define VITRINE_BIT(name) \
  Constant {              \
#name, name, true     \
  }
#define VITRINE_LIMIT(name)                     \
  Constant {                                    \
#name, static_cast < uint64_t>(name), false \
  }
std::vector<Constant> bits() {
  return {
      VITRINE_BIT(kCanDecodeJpeg),   VITRINE_BIT(kCanDecodeH264),  VITRINE_BIT(kCanDecodeVp8),
      VITRINE_BIT(kCanDecodeVp9),    VITRINE_BIT(kHasTouch),       VITRINE_BIT(kCanKeepSnapshots),
      VITRINE_BIT(kMayView),         VITRINE_BIT(kMayInput),       VITRINE_BIT(kMayResize),
      VITRINE_BIT(kMayCopyText),     VITRINE_BIT(kMayCopyHtml),    VITRINE_BIT(kMayCopyImage),
      VITRINE_BIT(kMayPasteText),    VITRINE_BIT(kMayPasteHtml),   VITRINE_BIT(kMayPasteImage),
      VITRINE_BIT(kMayKeepOnDevice), VITRINE_BIT(kClipText),       VITRINE_BIT(kClipHtml),
      VITRINE_BIT(kClipImage),       VITRINE_BIT(kUpdateComplete), VITRINE_BIT(kUpdateExact),
      VITRINE_BIT(kModShift),        VITRINE_BIT(kModControl),     VITRINE_BIT(kModAlt),
      VITRINE_BIT(kModMeta),         VITRINE_BIT(kModAltGraph),    VITRINE_BIT(kModCapsLock),
      VITRINE_BIT(kModNumLock),
  };
}

std::vector<Constant> limits() {
  return {
      VITRINE_LIMIT(kProtocolVersion),
      VITRINE_LIMIT(kOldestProtocolVersion),
      VITRINE_LIMIT(kWireIntegerBits),
      VITRINE_LIMIT(kMaxWireInteger),
      VITRINE_LIMIT(kMaxUpdateBody),
      VITRINE_LIMIT(kMaxMessage),
      VITRINE_LIMIT(kMaxViewerMessage),
      VITRINE_LIMIT(kMaxHoldings),
      VITRINE_LIMIT(kTileHashBytes),
      VITRINE_LIMIT(kMaxHeldTiles),
      VITRINE_LIMIT(kCacheIdBytes),
      VITRINE_LIMIT(kSnapshotKeyBytes),
      VITRINE_LIMIT(kMaxOpening),
      VITRINE_LIMIT(kMaxOpeningHello),
      VITRINE_LIMIT(kMaxOpeningAnswer),
      VITRINE_LIMIT(kMaxTicket),
      VITRINE_LIMIT(kMaxName),
      VITRINE_LIMIT(kMaxReason),
      VITRINE_LIMIT(kMaxNotice),
      VITRINE_LIMIT(kMaxKeyName),
      VITRINE_LIMIT(kMaxText),
      VITRINE_LIMIT(kMaxClipboard),
      VITRINE_LIMIT(kMaxClipPart),
      VITRINE_LIMIT(kMaxCursorSide),
      VITRINE_LIMIT(kMaxCursorPixels),
      VITRINE_LIMIT(kMinScreenSide),
      VITRINE_LIMIT(kMaxScreenSide),
      VITRINE_LIMIT(kMaxMonitors),
      VITRINE_LIMIT(kMonitorFields),
      VITRINE_LIMIT(kMaxTiles),
      VITRINE_LIMIT(kInputParts),
      VITRINE_LIMIT(kMaxTimedInputs),
      VITRINE_LIMIT(kReportedTimes),
      VITRINE_LIMIT(kLatencyBuckets),
      VITRINE_LIMIT(kMinCeilingKbit),
      VITRINE_LIMIT(kMaxCeilingKbit),
      VITRINE_LIMIT(kMinTargetMs),
      VITRINE_LIMIT(kMaxTargetMs),
      VITRINE_LIMIT(kMaxQuality),
      VITRINE_LIMIT(kHelloTimeout),
      VITRINE_LIMIT(kPingAfter),
      VITRINE_LIMIT(kPeerTimeout),
      VITRINE_LIMIT(kTicketLifetimeSeconds),
      VITRINE_LIMIT(kMaxViewersPerDesktop),
      VITRINE_LIMIT(kNoButton),
      VITRINE_LIMIT(kMaxPenPressure),
      VITRINE_LIMIT(kPenSteps),
  };
}
#undef VITRINE_BIT
#undef VITRINE_LIMIT

}  // namespace

std::vector<Constant> wire_constants() {
  std::vector<Constant> all = bits();
  for (Constant& limit : limits()) all.push_back(std::move(limit));
  return all;
}

void HeaderComments::read(std::string_view header_text) {
  std::istringstream lines{std::string(header_text)};
  std::string line;
  std::string above;  // the comment lines directly above; they are about the first constant of a block
  std::string enum_name;
  while (std::getline(lines, line)) {
    const std::string_view code = trimmed(line);
    if (code.starts_with("//")) {
      above += (above.empty() ? "" : " ") + std::string(trimmed(code.substr(2)));
      continue;
    }
    const size_t slashes = code.find("//");
    const std::string beside(slashes == std::string_view::npos ? "" : trimmed(code.substr(slashes + 2)));
    if (code.starts_with("enum class ")) {
      const std::string_view rest = code.substr(11);
      enum_name = rest.substr(0, rest.find(' '));
    }
    if (code.starts_with("inline constexpr ")) {
      const std::string name = constant_name(code);
      of[name] = beside.empty() ? above : beside;
      constants.push_back(name);
    } else if (!enum_name.empty() && code.starts_with("k")) {
      of[enum_name + "::" + constant_name(code)] = beside;
    }
    if (code.find("};") != std::string_view::npos) enum_name.clear();
    above.clear();
  }
}

std::string HeaderComments::about(std::string_view key) const {
  const auto found = of.find(key);
  return found == of.end() ? std::string() : found->second;
}

Result<void> check_constants_complete(const HeaderComments& comments) {
  const std::vector<Constant> known = wire_constants();
  for (const std::string& name : comments.constants) {
    const auto same = [&](const Constant& constant) { return constant.name == name; };
    if (std::none_of(known.begin(), known.end(), same)) {
      return Error{ErrorCode::kNotFound, "the headers define " + name +
                                             ", but wire_constants() in protocol/gen/constants.cpp does not list it"};
    }
  }
  return {};
}

}  // namespace vitrine::gen
