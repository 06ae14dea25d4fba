// A session's measure as JSON: what the agent tells its supervisor, that the broker, and the store keeps.
#pragma once

#include "broker/json_fields.h"
#include "protocol/session_measure.h"

namespace vitrine::broker {

Json measure_to_json(const SessionMeasure& measure);
// The agent runs as the desktop's user, so what is no plausible number counts as none.
SessionMeasure measure_from_json(const Json& json);

// What a person reads of it: capacity, throughput, response. `duration_s` is of the session.
Json report_to_people(const SessionMeasure& measure, int64_t duration_s);

}  // namespace vitrine::broker
