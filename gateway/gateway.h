// The gateway: one HTTPS port, its threads, and what they have in common.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include "gateway/certificate.h"
#include "gateway/listen_address.h"
#include "gateway/worker.h"

namespace vitrine {

struct GatewayOptions {
  ListenAddress listen;                     // port 0: any free one
  int listen_fd = -1;                       // a socket that listens already; used instead of `listen`
  size_t threads = 0;                       // 0: by the number of processors
  std::vector<std::string> broker_sockets;  // of one broker or several; the first is asked first
  std::string ticket_key_pem;               // the broker's public key, the text itself
  CertificateFiles certificate;
  std::string client_folder;  // instead of `site`
  std::shared_ptr<const SiteFiles> site;
  std::string metrics_token;
  ConnectionLimits limits;
  Switchboard::Options switchboard;
  BrokerProxy::Limits proxy;
};

class Gateway {
 public:
  // Listens, but serves nobody before start(). Makes the process ignore SIGPIPE and raises its limit of descriptors.
  // Errors say in a sentence what to do.
  static Result<std::unique_ptr<Gateway>> create(GatewayOptions options);
  // Ends what drain() did not.
  ~Gateway();

  [[nodiscard]] uint16_t port() const { return port_; }
  void start();
  // Takes no more connections and tells everybody that the server goes; `done` is called on some thread when all have
  // gone. Any thread.
  void drain(std::function<void()> done);
  // New connections use the certificate that is in the files now. On an error the old one stays. Any thread.
  Result<void> reload_certificate();

  // Counters of all threads together, as /metrics shows them.
  [[nodiscard]] std::string metrics() const;

 private:
  // Tokens of one address: how many connections it may make at once, and when it was last counted.
  struct Allowance {
    double tokens = 0;
    Micros counted = 0;
  };

  Gateway(GatewayOptions options, TicketVerifier verifier);
  Result<void> listen(const ListenAddress& where, int listen_fd);
  void accept_next();
  void take(asio::ip::tcp::socket::native_handle_type handle, const asio::ip::tcp::endpoint& peer);
  bool within_rate(const asio::ip::address& address, Micros now);

  WorkerShared shared_;
  CertificateFiles certificate_;
  uint16_t port_ = 0;
  // All below is for the first worker's thread.
  std::unique_ptr<asio::ip::tcp::acceptor> acceptor_;
  std::unique_ptr<asio::steady_timer> accept_pause_;
  std::unordered_map<std::string, Allowance> allowances_;
  size_t next_worker_ = 0;
  std::vector<std::jthread> threads_;
};

}  // namespace vitrine
