#include "gateway/metrics.h"

#include <fmt/format.h>

#include "protocol/histogram.h"
#include "protocol/session_measure.h"

namespace vitrine {
namespace {

struct Row {
  std::string_view name;
  std::string_view labels;
  std::string_view type;
  std::string_view help;
  const Counter& (*read)(const Counters&);
};

#define RELAY(field) [](const Counters& c) -> const Counter& { return c.relay.field; }
#define SOCKET(field) [](const Counters& c) -> const Counter& { return c.socket.field; }

const Row kRows[] = {
    {"vitrine_gateway_links", "{role=\"viewer\"}", "gauge", "WebSocket links open now.", RELAY(viewers)},
    {"vitrine_gateway_links", "{role=\"agent\"}", "gauge", "", RELAY(agents)},
    {"vitrine_gateway_pairs", "", "gauge", "Viewers paired with an agent now.", RELAY(pairs)},
    {"vitrine_gateway_relay_queued_bytes", "", "gauge", "Bytes waiting in the relay now.", RELAY(queued_bytes)},
    {"vitrine_gateway_relayed_bytes_total", "{to=\"viewer\"}", "counter", "Bytes relayed.", RELAY(to_viewer_bytes)},
    {"vitrine_gateway_relayed_bytes_total", "{to=\"agent\"}", "counter", "", RELAY(to_agent_bytes)},
    {"vitrine_gateway_relayed_messages_total", "{to=\"viewer\"}", "counter", "Messages relayed.",
     RELAY(to_viewer_messages)},
    {"vitrine_gateway_relayed_messages_total", "{to=\"agent\"}", "counter", "", RELAY(to_agent_messages)},
    {"vitrine_gateway_dropped_messages_total", "{reason=\"policy\"}", "counter",
     "Messages that were not relayed because a right is missing, or the type is unknown or no agent is there.",
     RELAY(not_granted)},
    {"vitrine_gateway_dropped_messages_total", "{reason=\"skipped\"}", "counter", "", RELAY(skipped)},
    {"vitrine_gateway_pairings_total", "", "counter", "Viewers given an agent.", RELAY(pairings)},
    {"vitrine_gateway_agents_lost_total", "", "counter", "Viewers that lost their agent.", RELAY(agents_lost)},
    {"vitrine_gateway_links_faulty_total", "", "counter", "Links ended for what the peer sent.",
     RELAY(closed_for_fault)},
    {"vitrine_gateway_connections", "", "gauge", "HTTP connections open now.", SOCKET(connections)},
    {"vitrine_gateway_accepted_total", "", "counter", "Connections accepted.", SOCKET(accepted)},
    {"vitrine_gateway_refused_connections_total", "{reason=\"total\"}", "counter", "Connections refused at once.",
     SOCKET(refused_total)},
    {"vitrine_gateway_refused_connections_total", "{reason=\"rate\"}", "counter", "", SOCKET(refused_rate)},
    {"vitrine_gateway_handshakes_total", "{result=\"ok\"}", "counter", "TLS handshakes.", SOCKET(handshakes)},
    {"vitrine_gateway_handshakes_total", "{result=\"failed\"}", "counter", "", SOCKET(handshakes_failed)},
    {"vitrine_gateway_requests_total", "", "counter", "HTTP requests.", SOCKET(requests)},
    {"vitrine_gateway_bad_requests_total", "", "counter", "Requests that are not HTTP or break its rules.",
     SOCKET(requests_bad)},
    {"vitrine_gateway_proxied_total", "", "counter", "Requests passed to the broker.", SOCKET(proxied)},
    {"vitrine_gateway_openings_total", "", "counter", "Sessions that links asked for by themselves.", SOCKET(openings)},
    {"vitrine_gateway_openings_refused_total", "", "counter", "Openings the broker gave no ticket for.",
     SOCKET(openings_refused)},
    {"vitrine_gateway_proxy_failed_total", "", "counter", "Requests the broker did not answer.", SOCKET(proxy_failed)},
    {"vitrine_gateway_refused_origins_total", "", "counter", "WebSockets from a foreign page.", SOCKET(origin_refused)},
};

#undef RELAY
#undef SOCKET

// Every second bound: as fine as a dashboard can show, a third of the lines. The shared bounds hold 100 ms.
constexpr size_t kBoundsStep = 2;

void write_histogram(std::string& text, const std::vector<const Counters*>& threads, size_t time, std::string_view name,
                     std::string_view label) {
  const auto out = std::back_inserter(text);
  constexpr auto kBounds = latency_bounds_us();
  const std::string_view comma = label.empty() ? "" : ",";
  uint64_t below = 0;
  uint64_t sum_us = 0;
  for (const Counters* counters : threads) sum_us += counters->relay.times[time].sum_us.get();
  for (size_t i = 0; i < kLatencyBuckets; ++i) {
    for (const Counters* counters : threads) below += counters->relay.times[time].counts[i].get();
    if (i == kBounds.size()) {
      fmt::format_to(out, "{}_bucket{{{}{}le=\"+Inf\"}} {}\n", name, label, comma, below);
    } else if (i % kBoundsStep == 0) {
      fmt::format_to(out, "{}_bucket{{{}{}le=\"{:g}\"}} {}\n", name, label, comma,
                     static_cast<double>(kBounds[i]) / static_cast<double>(kSecond), below);
    }
  }
  const std::string braced = label.empty() ? "" : fmt::format("{{{}}}", label);
  fmt::format_to(out, "{0}_sum{1} {2:.6f}\n{0}_count{1} {3}\n", name, braced,
                 static_cast<double>(sum_us) / static_cast<double>(kSecond), below);
}

void write_held(std::string& text, const std::vector<const Counters*>& threads) {
  constexpr std::string_view kName = "vitrine_gateway_relay_seconds";
  const auto out = std::back_inserter(text);
  fmt::format_to(out, "# HELP {0} From having read a relayed message to its socket having taken it.\n", kName);
  fmt::format_to(out, "# TYPE {0} histogram\n", kName);
  const auto write = [&](std::string_view to, HeldCounters RelayCounters::*held) {
    uint64_t below = 0;
    uint64_t sum_us = 0;
    for (const Counters* counters : threads) sum_us += (counters->relay.*held).sum_us.get();
    for (size_t i = 0; i < HeldCounters::kBuckets; ++i) {
      for (const Counters* counters : threads) below += (counters->relay.*held).counts[i].get();
      const bool last = i + 1 == HeldCounters::kBuckets;
      const double bound = static_cast<double>(HeldCounters::bound_us(i)) / static_cast<double>(kSecond);
      fmt::format_to(out, "{}_bucket{{to=\"{}\",le=\"{}\"}} {}\n", kName, to,
                     last ? "+Inf" : fmt::format("{:g}", bound), below);
    }
    fmt::format_to(out, "{0}_sum{{to=\"{1}\"}} {2:.6f}\n{0}_count{{to=\"{1}\"}} {3}\n", kName, to,
                   static_cast<double>(sum_us) / static_cast<double>(kSecond), below);
  };
  write("viewer", &RelayCounters::held_to_viewer);
  write("agent", &RelayCounters::held_to_agent);
}

// Of all sessions of this gateway together: a label for each session would make series without end. What one session
// took is the broker's to say (`vitrine session report`).
void write_times(std::string& text, const std::vector<const Counters*>& threads) {
  const auto head = [&](std::string_view name, std::string_view help) {
    fmt::format_to(std::back_inserter(text), "# HELP {0} {1}\n# TYPE {0} histogram\n", name, help);
  };
  constexpr std::string_view kAll = "vitrine_input_to_picture_seconds";
  constexpr std::string_view kPart = "vitrine_input_to_picture_part_seconds";
  constexpr std::string_view kTrip = "vitrine_round_trip_seconds";
  head(kAll, "From an input event in the page to the first picture that may show its effect.");
  write_histogram(text, threads, 0, kAll, "");
  head(kPart, "Where that time went.");
  for (size_t part = 0; part < kInputParts; ++part) {
    write_histogram(text, threads, 1 + part, kPart, fmt::format("part=\"{}\"", kInputPartNames[part]));
  }
  head(kTrip, "From a page to its desktop's agent and back.");
  write_histogram(text, threads, kReportedTimes - 1, kTrip, "");
}

}  // namespace

std::string metrics_text(const std::vector<const Counters*>& threads) {
  std::string text;
  const auto out = std::back_inserter(text);
  for (const Row& row : kRows) {
    uint64_t sum = 0;
    for (const Counters* counters : threads) sum += row.read(*counters).get();
    if (!row.help.empty()) fmt::format_to(out, "# HELP {0} {1}\n# TYPE {0} {2}\n", row.name, row.help, row.type);
    fmt::format_to(out, "{}{} {}\n", row.name, row.labels, sum);
  }
  constexpr std::string_view kRefused = "vitrine_gateway_refused_hellos_total";
  fmt::format_to(out, "# HELP {0} Hellos refused, by reason.\n# TYPE {0} counter\n", kRefused);
  for (size_t i = 0; i < kRefusalNames.size(); ++i) {
    uint64_t sum = 0;
    for (const Counters* counters : threads) sum += counters->relay.refused[i].get();
    fmt::format_to(out, "{}{{reason=\"{}\"}} {}\n", kRefused, kRefusalNames[i], sum);
  }
  write_held(text, threads);
  write_times(text, threads);
  return text;
}

}  // namespace vitrine
