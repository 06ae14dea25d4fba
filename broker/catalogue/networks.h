// Networks in CIDR notation (RFC 4632, RFC 4291): 10.0.0.0/8, 2001:db8::/32; a single address stands for itself.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/base/result.h"

namespace vitrine::broker {

class Networks {
 public:
  // Errors: invalid_argument, naming the one that is wrong and, for bits beyond the prefix, what was probably meant.
  static Result<Networks> parse(const std::vector<std::string>& list);
  // In one form each.
  [[nodiscard]] const std::vector<std::string>& list() const { return list_; }
  // False for what is no address. An IPv4 address written as IPv6 (::ffff:10.0.0.1) counts as IPv4.
  [[nodiscard]] bool contain(std::string_view address) const;

 private:
  using Address = std::array<uint8_t, 16>;  // IPv4 as ::ffff:a.b.c.d
  struct Network {
    Address address{};
    int prefix = 128;  // bits of the above
  };
  static bool read_address(std::string text, Address& address);
  static Result<Network> read_network(const std::string& text);
  static std::string written(const Network& network);

  std::vector<Network> networks_;
  std::vector<std::string> list_;
};

}  // namespace vitrine::broker
