#include "gateway/worker.h"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <chrono>
#include <filesystem>

#include "gateway/http_connection.h"
#include "gateway/websocket_link.h"
#include "protocol/wire.h"

namespace vitrine {

uint64_t unix_now_s() {
  return static_cast<uint64_t>(
      std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch()).count());
}

Worker::Worker(WorkerShared& shared, std::shared_ptr<asio::ssl::context> tls)
    : shared_(shared),
      tls_(std::move(tls)),
      switchboard_(shared.switchboard, counters_.relay),
      broker_(context_, shared.broker_sockets, shared.proxy),
      site_(shared.site),
      timer_(context_) {}

Worker::~Worker() = default;

void Worker::run() {
  const auto work = asio::make_work_guard(context_);
  context_.run();
}

void Worker::accept(TlsSocket::Socket socket, const asio::ip::address& peer) {
  counters_.socket.accepted.add();
  if (draining_) {
    shared_.connections.fetch_sub(1, std::memory_order_relaxed);
    return;
  }
  const auto connection =
      std::make_shared<HttpConnection>(*this, TlsSocket(std::move(socket), *tls_), peer.to_string());
  open(connection);
  connection->start();
}

void Worker::open(const std::shared_ptr<HttpConnection>& connection) {
  connections_.insert(connection.get());
}

void Worker::closed(HttpConnection* connection) {
  connections_.erase(connection);
  check_drained();
}

std::shared_ptr<const SiteFiles> Worker::site() {
  if (shared_.client_folder.empty()) return site_;
  std::error_code error;
  const auto index = std::filesystem::path(shared_.client_folder) / "index.html";
  const int64_t stamp = std::filesystem::last_write_time(index, error).time_since_epoch().count();
  if (error || stamp == site_stamp_) return site_;
  // A folder that is being rebuilt keeps its last whole state.
  if (auto fresh = SiteFiles::from_folder(shared_.client_folder); fresh.ok()) {
    site_ = fresh.take();
    site_stamp_ = stamp;
  }
  return site_;
}

// --- links -----------------------------------------------------------------------------------------------------

void Worker::greet(const std::shared_ptr<WebsocketLink>& link) {
  greeting_.emplace(link->id(), link);
  expect_hello(link);
  if (draining_) hello_failed(link, {CloseCode::kShuttingDown, "This server is shutting down; reconnect."});
}

void Worker::expect_hello(const std::shared_ptr<WebsocketLink>& link) {
  greeting_deadlines_.push_back({monotonic_now() + shared_.limits.hello_timeout, link->id()});
  arm();
}

void Worker::open_session(const std::shared_ptr<WebsocketLink>& link, Opening opening) {
  // The broker's time is not the viewer's; the proxy has a limit of its own.
  greeting_.erase(link->id());
  opening_.emplace(link->id(), link);
  counters_.socket.openings.add();
  auto request = request_of(opening, link->credentials(), link->source().address);
  broker_.forward(std::move(request), [this, link, opening = std::move(opening)](const BrokerProxy::Response& response,
                                                                                 bool answered) mutable {
    if (!answered) counters_.socket.proxy_failed.add();
    opened(link, outcome_of(std::move(opening), response));
  });
}

void Worker::opened(const std::shared_ptr<WebsocketLink>& link, OpeningOutcome outcome) {
  if (opening_.erase(link->id()) == 0) return;
  if (draining_) {
    return refuse(link, {Refusal::kMalformed, {CloseCode::kShuttingDown, "This server is shutting down; reconnect."}});
  }
  if (!outcome.hello) {
    counters_.socket.openings_refused.add();
    greeting_.emplace(link->id(), link);
    expect_hello(link);
    return link->tell_and_wait(std::move(outcome.answer));
  }
  admit(link, *outcome.hello, std::move(outcome.answer));
}

void Worker::hello(const std::shared_ptr<WebsocketLink>& link, const Bytes& message) {
  if (greeting_.erase(link->id()) == 0) return;
  if (link->role() == LinkRole::kViewer) {
    const auto type = message_type(message);
    if (!type.ok() || type.value() != ViewerOpening::kType) return admit(link, message, {});
    auto opening = read_opening(message);
    if (opening.ok()) return open_session(link, opening.take());
    return refuse(link, {Refusal::kMalformed, {CloseCode::kProtocolError, opening.error().message}});
  }
  auto admitted = admit_agent(message, shared_.verifier, unix_now_s());
  if (const auto* refused = std::get_if<Refused>(&admitted)) return refuse(link, *refused);
  move_to_its_worker(link, std::get<AgentAdmission>(std::move(admitted)));
}

// `told`: an answer that goes before everything else; may be empty.
void Worker::admit(const std::shared_ptr<WebsocketLink>& link, const Bytes& hello, Bytes told) {
  auto admitted = admit_viewer(hello, shared_.verifier, link->source(), unix_now_s());
  if (const auto* refused = std::get_if<Refused>(&admitted)) return refuse(link, *refused);
  auto admission = std::get<ViewerAdmission>(std::move(admitted));
  admission.told = std::move(told);
  move_to_its_worker(link, std::move(admission));
}

void Worker::hello_failed(const std::shared_ptr<WebsocketLink>& link, const CloseReason& reason) {
  if (greeting_.erase(link->id()) == 0) return;
  const Refusal why = reason.code == CloseCode::kTimeout ? Refusal::kTimeout : Refusal::kMalformed;
  refuse(link, {why, reason});
}

void Worker::refuse(const std::shared_ptr<WebsocketLink>& link, const Refused& refused) {
  links_.emplace(link->id(), link);
  switchboard_.add_refused(link->id(), refused, monotonic_now());
  settle();
}

template <class Admission>
void Worker::move_to_its_worker(const std::shared_ptr<WebsocketLink>& link, Admission admission) {
  const size_t home = std::hash<std::string>{}(admission.ticket.desktop) % shared_.workers.size();
  Worker* const target = shared_.workers[home].get();
  if (target == this) return adopt(link, std::move(admission));
  if (!link->leave_thread()) return;
  asio::post(target->context_, [target, link, admission = std::move(admission)]() mutable {
    if (link->enter_thread(*target)) target->adopt(link, std::move(admission));
  });
}

void Worker::adopt(const std::shared_ptr<WebsocketLink>& link, ViewerAdmission admission) {
  links_.emplace(link->id(), link);
  switchboard_.add_viewer(link->id(), std::move(admission), monotonic_now(), unix_now_s());
  if (draining_)
    switchboard_.end(link->id(), {CloseCode::kShuttingDown, "This server is shutting down; reconnect."},
                     monotonic_now());
  settle();
}

void Worker::adopt(const std::shared_ptr<WebsocketLink>& link, const AgentAdmission& admission) {
  links_.emplace(link->id(), link);
  switchboard_.add_agent(link->id(), admission, monotonic_now());
  if (draining_)
    switchboard_.end(link->id(), {CloseCode::kShuttingDown, "This server is shutting down; reconnect."},
                     monotonic_now());
  settle();
}

void Worker::forget(LinkId link) {
  greeting_.erase(link);
  opening_.erase(link);
  if (links_.erase(link) != 0) switchboard_.remove(link, monotonic_now());
  settle();
  check_drained();
}

void Worker::resume(const std::shared_ptr<WebsocketLink>& link) {
  if (links_.contains(link->id())) link->act();
}

void Worker::settle() {
  // A link that acts changes the switchboard again; the loop below sees to that, not another one inside it.
  if (settling_) return;
  settling_ = true;
  for (auto woken = switchboard_.take_woken(); !woken.empty(); woken = switchboard_.take_woken()) {
    for (const LinkId id : woken) {
      const auto found = links_.find(id);
      if (found == links_.end()) continue;
      const auto link = found->second;  // it may forget itself
      link->act();
    }
  }
  settling_ = false;
  arm();
}

// --- time ------------------------------------------------------------------------------------------------------

void Worker::arm() {
  const Micros greeting = greeting_deadlines_.empty() ? kNever : greeting_deadlines_.front().deadline;
  const Micros next = std::min(greeting, switchboard_.next_deadline());
  if (next == kNever || next >= armed_for_) return;
  armed_for_ = next;
  timer_.expires_after(std::chrono::microseconds(std::max<Micros>(0, next - monotonic_now())));
  timer_.async_wait([this](SystemError error) {
    if (!error) on_timer();
  });
}

void Worker::on_timer() {
  armed_for_ = kNever;
  const Micros now = monotonic_now();
  while (!greeting_deadlines_.empty() && greeting_deadlines_.front().deadline <= now) {
    const auto found = greeting_.find(greeting_deadlines_.front().link);
    greeting_deadlines_.pop_front();
    if (found == greeting_.end()) continue;
    const auto link = found->second;
    hello_failed(link, {CloseCode::kTimeout, "No hello came in time."});
  }
  switchboard_.tick(now);
  settle();
  arm();
}

// --- the end ---------------------------------------------------------------------------------------------------

void Worker::drain(std::function<void()> done) {
  draining_ = true;
  drained_ = std::move(done);
  const auto greeting = greeting_;
  for (const auto& [id, link] : greeting) {
    hello_failed(link, {CloseCode::kShuttingDown, "This server is shutting down; reconnect."});
  }
  switchboard_.end_all({CloseCode::kShuttingDown, "This server is shutting down; reconnect."}, monotonic_now());
  settle();
  const auto connections = connections_;
  for (HttpConnection* connection : connections) {
    if (connections_.contains(connection)) connection->drain();
  }
  check_drained();
}

void Worker::cut_all() {
  draining_ = true;
  drained_ = nullptr;
  timer_.cancel();
  for (const auto& links : {greeting_, opening_, links_}) {
    for (const auto& [id, link] : links) link->cut();
  }
  const auto connections = connections_;
  for (HttpConnection* connection : connections) {
    if (connections_.contains(connection)) connection->cut();
  }
  context_.restart();
  context_.poll();
}

void Worker::check_drained() {
  if (!draining_ || !drained_ || !connections_.empty() || !links_.empty() || !greeting_.empty() || !opening_.empty()) {
    return;
  }
  std::exchange(drained_, nullptr)();
}

}  // namespace vitrine
