#include "broker/catalogue/networks.h"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstring>

namespace vitrine::broker {

namespace {

constexpr size_t kMostNetworks = 64;  // bounds what each ticket has to look at
constexpr int kMappedBits = 96;       // of ::ffff:0:0/96
constexpr std::array<uint8_t, 12> kMapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

Error wrong(const std::string& text, const std::string& why) {
  return {ErrorCode::kInvalidArgument,
          fmt::format("\"{}\" {}. Networks look like 10.0.0.0/8 or 2001:db8::/32.", text, why)};
}

bool bit(const std::array<uint8_t, 16>& address, int at) {
  return (address[static_cast<size_t>(at / 8)] >> (7 - at % 8) & 1) != 0;
}

}  // namespace

bool Networks::read_address(std::string text, Address& address) {
  if (const size_t zone = text.find('%'); zone != std::string::npos) text.resize(zone);  // fe80::1%eth0
  std::array<uint8_t, 4> v4{};
  if (::inet_pton(AF_INET, text.c_str(), v4.data()) == 1) {
    std::ranges::copy(kMapped, address.begin());
    std::ranges::copy(v4, address.begin() + kMapped.size());
    return true;
  }
  return ::inet_pton(AF_INET6, text.c_str(), address.data()) == 1;
}

std::string Networks::written(const Network& network) {
  char text[INET6_ADDRSTRLEN] = {};
  const bool v4 = std::equal(kMapped.begin(), kMapped.end(), network.address.begin()) && network.prefix >= kMappedBits;
  ::inet_ntop(v4 ? AF_INET : AF_INET6, network.address.data() + (v4 ? kMapped.size() : 0), text, sizeof text);
  const int most = v4 ? 32 : 128;
  const int prefix = network.prefix - (v4 ? kMappedBits : 0);
  return prefix == most ? std::string(text) : fmt::format("{}/{}", text, prefix);
}

Result<Networks::Network> Networks::read_network(const std::string& text) {
  const size_t slash = text.find('/');
  Network network;
  if (!read_address(text.substr(0, slash), network.address) || text.find('%') != std::string::npos) {
    return wrong(text, "is no network");
  }
  const bool v4 = text.find(':') == std::string::npos;
  if (slash != std::string::npos) {
    int prefix = -1;
    const char* end = text.data() + text.size();
    const auto read = std::from_chars(text.data() + slash + 1, end, prefix);
    if (read.ec != std::errc() || read.ptr != end || prefix < 0 || prefix > (v4 ? 32 : 128)) {
      return wrong(text, fmt::format("has no prefix from 0 to {}", v4 ? 32 : 128));
    }
    network.prefix = prefix + (v4 ? kMappedBits : 0);
  }
  Network cut = network;
  for (int i = cut.prefix; i < 128; ++i) {
    const int mask = ~(1 << (7 - i % 8));
    uint8_t& byte = cut.address[static_cast<size_t>(i / 8)];
    byte = static_cast<uint8_t>(byte & mask);
  }
  if (cut.address != network.address) {
    return wrong(text, fmt::format("names an address beyond its prefix; {} may be meant", written(cut)));
  }
  return network;
}

Result<Networks> Networks::parse(const std::vector<std::string>& list) {
  if (list.size() > kMostNetworks) {
    return Error{ErrorCode::kInvalidArgument, fmt::format("At most {} networks can be named.", kMostNetworks)};
  }
  Networks networks;
  for (const std::string& text : list) {
    networks.networks_.push_back(TRY(read_network(text)));
    networks.list_.push_back(written(networks.networks_.back()));
  }
  return networks;
}

bool Networks::contain(std::string_view text) const {
  Address address{};
  if (!read_address(std::string(text), address)) return false;
  return std::ranges::any_of(networks_, [&](const Network& network) {
    for (int i = 0; i < network.prefix; ++i) {
      if (bit(address, i) != bit(network.address, i)) return false;
    }
    return true;
  });
}

}  // namespace vitrine::broker
