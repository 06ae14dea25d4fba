#include <algorithm>
#include <array>

#include "broker/json_fields.h"
#include "broker/provision/measure_json.h"
#include "broker/provision/provisioner.h"

namespace vitrine::broker {

namespace {

constexpr std::array<std::pair<DesktopPhase, const char*>, 5> kPhases = {{
    {DesktopPhase::kStarting, "starting"},
    {DesktopPhase::kRunning, "running"},
    {DesktopPhase::kEnding, "ending"},
    {DesktopPhase::kEnded, "ended"},
    {DesktopPhase::kFailed, "failed"},
}};

constexpr int64_t kMostPlausible = 1 << 24;

int small_number(const Json& object, const char* key) {
  return static_cast<int>(std::clamp<int64_t>(number_field(object, key), 0, kMostPlausible));
}

}  // namespace

const char* phase_name(DesktopPhase phase) {
  for (const auto& [value, name] : kPhases) {
    if (value == phase) return name;
  }
  return "failed";
}

std::string report_to_json(const DesktopReport& report) {
  return to_line({{"id", report.id},
                  {"state", phase_name(report.phase)},
                  {"exit_reason", report.reason},
                  {"viewers", report.viewers},
                  {"width", report.width},
                  {"height", report.height},
                  {"display", report.display},
                  {"xauthority", report.xauthority},
                  {"pids", report.pids},
                  {"measure", measure_to_json(report.measure)}});
}

Result<DesktopReport> report_from_json(const std::string& line) {
  const Json json = TRY(parse_object(line));
  const std::string state = text_field(json, "state");
  const auto phase = std::ranges::find_if(kPhases, [&](const auto& item) { return state == item.second; });
  if (phase == kPhases.end()) return Error{ErrorCode::kMalformed, "The report names no known state."};
  DesktopReport report;
  report.id = text_field(json, "id");
  report.phase = phase->first;
  report.reason = text_field(json, "exit_reason");
  report.viewers = small_number(json, "viewers");
  report.width = small_number(json, "width");
  report.height = small_number(json, "height");
  report.display = text_field(json, "display");
  report.xauthority = text_field(json, "xauthority");
  report.measure = measure_from_json(object_field(json, "measure"));
  const Json pids = object_field(json, "pids");
  for (const auto& [role, pid] : pids.items()) {
    if (pid.is_number_integer()) report.pids[role] = pid.get<int64_t>();
  }
  return report;
}

}  // namespace vitrine::broker
