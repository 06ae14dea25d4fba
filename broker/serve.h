// `vitrine broker`: composes the parts and serves until told to stop.
#pragma once

#include <string>

#include "protocol/base/result.h"

namespace vitrine::broker {

struct BrokerOptions {
  std::string data_folder;
  std::string store;                // what --store says; see store/open_store.h
  std::string gateway_url;          // "https://host:port" or "wss://host:port", where agents dial
  std::string gateway_certificate;  // the file agents trust
  std::string public_url;           // for links; empty: the gateway's
  int slot = 0;                     // which of the folder's brokers this is
  bool sandbox = true;              // local desktops, each in one of its own
  int ready_fd = -1;                // gets one line of JSON once requests are answered
};

// Returns after SIGTERM, SIGINT or the end of the lifeline; desktops go on.
// Errors: what kept it from starting, with what to do.
Result<void> serve(const BrokerOptions& options);

}  // namespace vitrine::broker
