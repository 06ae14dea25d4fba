// One gateway thread: its io_context, its connections, the desktops that live on it. Nothing here is shared and nothing
// is locked. A connection is accepted on any worker; when its hello says which desktop it is for, it moves to that
// desktop's worker (a hash of the desktop's name), where its switchboard pairs it. So a desktop, its viewers and the
// record of used tickets are one thread's business, and the relay never crosses threads.
#pragma once

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <deque>
#include <memory>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "gateway/broker_proxy.h"
#include "gateway/counters.h"
#include "gateway/opening.h"
#include "gateway/site.h"
#include "gateway/switchboard.h"
#include "gateway/tls_socket.h"

namespace vitrine {

class HttpConnection;
class WebsocketLink;
class Worker;

struct ConnectionLimits {
  size_t connections = 4096;
  // A page opens six connections at most; an office behind one address opens many pages at nine o'clock.
  double address_rate = 50;  // new connections per second and address
  double address_burst = 200;
  bool loopback_is_limited = false;  // every local agent comes from there
  Micros hello_timeout = kHelloTimeout;
  Micros handshake_timeout = 10 * kSecond;
  Micros header_timeout = 10 * kSecond;  // from the first to the last byte of a request
  Micros body_timeout = 30 * kSecond;
  Micros idle_timeout = 60 * kSecond;  // of a kept connection between two requests
  Micros write_timeout = 60 * kSecond;
  size_t header_bytes = 16 * 1024;
  size_t body_bytes = 1 << 20;
};

// What all workers share; only `connections` changes after the start.
struct WorkerShared {
  ConnectionLimits limits;
  Switchboard::Options switchboard;
  BrokerProxy::Limits proxy;
  std::vector<std::string> broker_sockets;
  std::string client_folder;  // empty: the embedded client
  std::string metrics_token;
  std::shared_ptr<const SiteFiles> site;
  TicketVerifier verifier;
  std::vector<std::unique_ptr<Worker>> workers;
  std::atomic<size_t> connections = 0;
  std::atomic<LinkId> next_link = 1;
};

class Worker {
 public:
  Worker(WorkerShared& shared, std::shared_ptr<asio::ssl::context> tls);
  ~Worker();

  [[nodiscard]] asio::io_context& context() { return context_; }
  [[nodiscard]] WorkerShared& shared() { return shared_; }
  [[nodiscard]] Counters& counters() { return counters_; }
  [[nodiscard]] BrokerProxy& broker() { return broker_; }
  [[nodiscard]] Switchboard& switchboard() { return switchboard_; }
  [[nodiscard]] bool draining() const { return draining_; }

  // Serves until stopped. The thread that calls it is the worker's thread; all below is for that thread only.
  void run();

  void accept(TlsSocket::Socket socket, const asio::ip::address& peer);
  void use_tls(std::shared_ptr<asio::ssl::context> tls) { tls_ = std::move(tls); }
  // Tells everybody and finishes what is under way; `done` is called when nobody is left.
  void drain(std::function<void()> done);
  // Closes every socket without a word and lets what was under way end. Only when run() has returned.
  void cut_all();

  // The client as it is now; a folder is read again when it has changed.
  std::shared_ptr<const SiteFiles> site();

  // --- for connections and links
  void open(const std::shared_ptr<HttpConnection>& connection);
  void closed(HttpConnection* connection);
  // A link that has not said hello yet; it is refused when it takes too long.
  void greet(const std::shared_ptr<WebsocketLink>& link);
  // Asks the broker for the session that a greeted link wants; then the link is as after its hello, or is told why not.
  void open_session(const std::shared_ptr<WebsocketLink>& link, Opening opening);
  // The first message of a link.
  void hello(const std::shared_ptr<WebsocketLink>& link, const Bytes& message);
  void hello_failed(const std::shared_ptr<WebsocketLink>& link, const CloseReason& reason);
  void forget(LinkId link);
  // A link that has written what did not come from the switchboard; it may be the switchboard's by now.
  void resume(const std::shared_ptr<WebsocketLink>& link);
  // Lets every link act whose turn the switchboard says it is. Called after each change of the switchboard.
  void settle();

 private:
  struct Greeting {
    Micros deadline;
    LinkId link;
  };

  void refuse(const std::shared_ptr<WebsocketLink>& link, const Refused& refused);
  void admit(const std::shared_ptr<WebsocketLink>& link, const Bytes& hello, Bytes told);
  void expect_hello(const std::shared_ptr<WebsocketLink>& link);
  void opened(const std::shared_ptr<WebsocketLink>& link, OpeningOutcome outcome);
  template <class Admission>
  void move_to_its_worker(const std::shared_ptr<WebsocketLink>& link, Admission admission);
  void adopt(const std::shared_ptr<WebsocketLink>& link, ViewerAdmission admission);
  void adopt(const std::shared_ptr<WebsocketLink>& link, const AgentAdmission& admission);
  void arm();
  void on_timer();
  void check_drained();

  WorkerShared& shared_;
  Counters counters_;  // before the context: connections that go with it still count
  asio::io_context context_{1};
  std::shared_ptr<asio::ssl::context> tls_;
  Switchboard switchboard_;
  BrokerProxy broker_;
  std::shared_ptr<const SiteFiles> site_;
  int64_t site_stamp_ = 0;
  std::unordered_set<HttpConnection*> connections_;
  std::unordered_map<LinkId, std::shared_ptr<WebsocketLink>> greeting_;
  std::deque<Greeting> greeting_deadlines_;
  std::unordered_map<LinkId, std::shared_ptr<WebsocketLink>> opening_;  // the broker is asked for their sessions
  std::unordered_map<LinkId, std::shared_ptr<WebsocketLink>> links_;
  asio::steady_timer timer_;
  Micros armed_for_ = kNever;
  bool settling_ = false;
  bool draining_ = false;
  std::function<void()> drained_;
};

// Seconds since the Unix epoch.
uint64_t unix_now_s();

}  // namespace vitrine
