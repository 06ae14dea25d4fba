// ADDRESS:PORT as people write it.
#pragma once

#include <cstdint>
#include <string>

#include "protocol/base/result.h"

namespace vitrine {

struct ListenAddress {
  std::string address;  // an IP address, without brackets
  uint16_t port = 0;

  [[nodiscard]] bool loopback() const;
  // Listens on every address of the machine.
  [[nodiscard]] bool any() const { return address == "0.0.0.0" || address == "::"; }
  // "127.0.0.1:8443", "[::1]:8443".
  [[nodiscard]] std::string text() const;
};

// "127.0.0.1:8443", "[::1]:8443", "localhost:8443", or an address alone for the usual port. The error says what is
// allowed.
Result<ListenAddress> parse_listen_address(const std::string& text);

// A TCP socket that listens there, close-on-exec and non-blocking. Errors: conflict (taken), unavailable; the
// sentence says what to do.
Result<int> open_listener(const ListenAddress& where);
// The port a listening socket has; 0 when it is none.
uint16_t listening_port(int fd);

}  // namespace vitrine
