#include "broker/provision/measure_json.h"

#include <algorithm>

namespace vitrine::broker {

namespace {

// Above any count, byte or microsecond of a session; sums of many stay far from overflow.
constexpr int64_t kMostPlausibleMeasure = int64_t{1} << 50;
constexpr double kMicrosPerMs = 1000.0;

uint64_t plausible(int64_t number) {
  return number >= 0 && number <= kMostPlausibleMeasure ? static_cast<uint64_t>(number) : 0;
}

std::vector<uint64_t> numbers(const Json& object, const char* key) {
  std::vector<uint64_t> list;
  const auto found = object.find(key);
  if (found == object.end() || !found->is_array()) return list;
  for (const Json& item : *found) {
    if (list.size() == kLatencyBuckets) break;
    list.push_back(item.is_number_integer() ? plausible(item.get<int64_t>()) : 0);
  }
  return list;
}

LatencyHistogram histogram(const Json& object, const char* key) {
  const Json found = object_field(object, key);
  return LatencyHistogram::from(numbers(found, "counts"), plausible(number_field(found, "sum_us")));
}

// Names and places of the plain numbers, once for both directions.
struct Number {
  const char* name;
  uint64_t SessionMeasure::*place;
};
constexpr Number kNumbers[] = {{"bytes_down", &SessionMeasure::bytes_down},
                               {"bytes_up", &SessionMeasure::bytes_up},
                               {"peak_bits_second", &SessionMeasure::peak_bits_second},
                               {"connected_us", &SessionMeasure::connected_us},
                               {"updates", &SessionMeasure::updates},
                               {"frames", &SessionMeasure::frames},
                               {"inputs", &SessionMeasure::inputs},
                               {"links", &SessionMeasure::links},
                               {"reconnects", &SessionMeasure::reconnects},
                               {"checked_tiles", &SessionMeasure::checked_tiles},
                               {"wrong_tiles", &SessionMeasure::wrong_tiles}};

Json times_to_people(const LatencyHistogram& times) {
  const auto ms = [&](double share) { return static_cast<double>(times.quantile(share)) / kMicrosPerMs; };
  return {{"count", times.count()}, {"p50_ms", ms(0.5)}, {"p95_ms", ms(0.95)}, {"p99_ms", ms(0.99)}};
}

}  // namespace

Json measure_to_json(const SessionMeasure& measure) {
  Json json = {{"response", {{"counts", measure.response.counts()}, {"sum_us", measure.response.sum_us()}}},
               {"rtt", {{"counts", measure.rtt.counts()}, {"sum_us", measure.rtt.sum_us()}}},
               {"part_sums_us", measure.part_sums_us}};
  for (const Number& number : kNumbers) json[number.name] = measure.*number.place;
  return json;
}

SessionMeasure measure_from_json(const Json& json) {
  SessionMeasure measure;
  for (const Number& number : kNumbers) measure.*number.place = plausible(number_field(json, number.name));
  measure.response = histogram(json, "response");
  measure.rtt = histogram(json, "rtt");
  const std::vector<uint64_t> parts = numbers(json, "part_sums_us");
  std::copy_n(parts.begin(), std::min(parts.size(), measure.part_sums_us.size()), measure.part_sums_us.begin());
  return measure;
}

Json report_to_people(const SessionMeasure& measure, int64_t duration_s) {
  const double connected_s = static_cast<double>(measure.connected_us) / static_cast<double>(kSecond);
  const auto a_second = [&](uint64_t amount) {
    return connected_s > 0 ? static_cast<double>(amount) / connected_s : 0.0;
  };
  const uint64_t answered = measure.response.count();
  Json response = times_to_people(measure.response);
  const uint64_t quick = measure.response.count_up_to(100 * kMillisecond);
  response["share_under_100_ms"] =
      answered == 0 ? Json() : Json(static_cast<double>(quick) / static_cast<double>(answered));
  Json parts = Json::object();
  for (size_t i = 0; i < kInputPartNames.size() && answered > 0; ++i) {
    parts[kInputPartNames[i]] =
        static_cast<double>(measure.part_sums_us[i]) / static_cast<double>(answered) / kMicrosPerMs;
  }
  response["mean_parts_ms"] = parts;
  return {{"duration_s", duration_s},
          {"connected_s", connected_s},
          {"reconnects", measure.reconnects},
          {"links", measure.links},
          {"capacity",
           {{"bytes_down", measure.bytes_down},
            {"bytes_up", measure.bytes_up},
            {"mean_mbit_s", a_second(measure.bytes_down) * 8 / 1e6},
            {"peak_mbit_s", static_cast<double>(measure.peak_bits_second) / 1e6}}},
          {"throughput", {{"updates", measure.updates}, {"frames", measure.frames}, {"inputs", measure.inputs}}},
          {"response", response},
          {"round_trip", times_to_people(measure.rtt)},
          {"exactness", {{"checked_tiles", measure.checked_tiles}, {"wrong_tiles", measure.wrong_tiles}}}};
}

}  // namespace vitrine::broker
