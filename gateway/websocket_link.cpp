#include "gateway/websocket_link.h"

#include <boost/beast/websocket/rfc6455.hpp>

#include "gateway/http_rules.h"
#include "gateway/worker.h"

namespace vitrine {
namespace {

namespace websocket = beast::websocket;

// Room for a first read; most messages (input, acknowledgements) fit, larger ones tell their size with their header.
constexpr size_t kFirstRead = 512;

size_t message_limit(LinkRole role, bool greeted) {
  return role == LinkRole::kViewer || !greeted ? kMaxViewerMessage : kMaxMessage;
}

}  // namespace

WebsocketLink::WebsocketLink(Worker& worker, TlsSocket socket, ConnectionSlot slot, LinkId id, LinkRole role,
                             LinkSource source)
    : worker_(&worker),
      id_(id),
      role_(role),
      source_(std::move(source)),
      slot_(std::move(slot)),
      stream_(std::move(socket)) {}

WebsocketLink::~WebsocketLink() = default;

void WebsocketLink::start(Upgrade request, SubprotocolOffer offer) {
  if (role_ == LinkRole::kViewer) credentials_ = credentials_of(request);
  // Time is the switchboard's and the worker's business: they know what a silence means.
  stream_.set_option(
      websocket::stream_base::timeout{websocket::stream_base::none(), websocket::stream_base::none(), false});
  stream_.set_option(websocket::stream_base::decorator([ours = offer.ours](websocket::response_type& response) {
    response.erase(http::field::server);
    if (ours) response.set(http::field::sec_websocket_protocol, {kSubprotocol.data(), kSubprotocol.size()});
    add_security_headers(response);
  }));
  stream_.binary(true);
  stream_.auto_fragment(false);
  stream_.read_message_max(0);  // on_read counts, so that a Close can say why
  auto kept = std::make_shared<Upgrade>(std::move(request));
  stream_.async_accept(
      *kept, [self = shared_from_this(), kept, opening = std::move(offer.opening)](SystemError error) mutable {
        if (error) return self->close_now();
        self->worker_->greet(self);
        if (self->closing_) return;
        if (!opening) return self->read();
        self->greeted_ = true;
        self->worker_->open_session(self, std::move(*opening));
      });
}

void WebsocketLink::tell_and_wait(Bytes answer) {
  greeted_ = false;
  outgoing_ = std::move(answer);
  writing_ = true;
  stream_.async_write(asio::buffer(outgoing_), [self = shared_from_this()](SystemError error, size_t) {
    self->writing_ = false;
    self->outgoing_ = {};
    if (self->closed_) return;
    if (error) return self->close_now();
    // The link may change its thread with its hello, which it can do only between two operations.
    if (self->early_hello_) return self->worker_->hello(self, *std::exchange(self->early_hello_, {}));
    self->worker_->resume(self);
  });
  read();
}

void WebsocketLink::act() {
  if (closed_) return;
  Switchboard& board = worker_->switchboard();
  const auto state = board.state(id_);
  if (state == Switchboard::LinkState::kDead) return close_now();
  if (!writing_) write();
  if (state == Switchboard::LinkState::kFlushing) {
    if (!writing_ && !closing_) close_in_order();
    return;
  }
  if (!reading_ && board.may_read(id_)) read();
}

// --- reading ---------------------------------------------------------------------------------------------------

void WebsocketLink::read() {
  reading_ = true;
  // One byte more than allowed shows that a message is too long.
  const size_t most = message_limit(role_, greeted_) + 1;
  const size_t room = incoming_size_ == 0 ? kFirstRead : stream_.read_size_hint(kFirstRead);
  incoming_.resize(std::min(incoming_size_ + std::max<size_t>(room, 1), most));
  stream_.async_read_some(
      asio::buffer(incoming_) + incoming_size_,
      [self = shared_from_this()](SystemError error, size_t bytes) { self->on_read(error, bytes); });
}

void WebsocketLink::on_read(SystemError error, size_t bytes) {
  reading_ = false;
  if (closed_) return;
  if (error) {
    // While it closes, the peer's answer ends the reading; close_in_order() hears of it.
    if (!closing_) close_now();
    return;
  }
  incoming_size_ += bytes;
  const size_t limit = message_limit(role_, greeted_);
  const auto fail = [&](CloseCode code, std::string text) {
    if (!greeted_) {
      greeted_ = true;
      return worker_->hello_failed(shared_from_this(), {code, std::move(text)});
    }
    worker_->switchboard().end(id_, {code, std::move(text)}, monotonic_now());
    worker_->settle();
  };
  if (incoming_size_ > limit) {
    return fail(CloseCode::kLimit, "A message passes the limit of " + std::to_string(limit) + " bytes.");
  }
  if (!stream_.got_binary()) return fail(CloseCode::kProtocolError, "Messages are binary.");
  if (!stream_.is_message_done()) return read();
  on_message();
}

void WebsocketLink::on_message() {
  incoming_.resize(incoming_size_);
  incoming_size_ = 0;
  Bytes message = std::exchange(incoming_, {});
  if (!greeted_) {
    greeted_ = true;
    if (!writing_) return worker_->hello(shared_from_this(), message);
    early_hello_ = std::move(message);
    return;
  }
  worker_->switchboard().receive(id_, std::move(message), monotonic_now());
  worker_->settle();
  if (!closed_ && !reading_ && worker_->switchboard().may_read(id_)) read();
}

// --- writing ---------------------------------------------------------------------------------------------------

void WebsocketLink::write() {
  auto message = worker_->switchboard().take_output(id_, monotonic_now());
  if (!message) return;
  outgoing_ = std::move(*message);
  writing_ = true;
  stream_.async_write(asio::buffer(outgoing_), [self = shared_from_this()](SystemError error, size_t) {
    self->writing_ = false;
    self->outgoing_ = {};
    if (self->closed_) return;
    if (error) return self->close_now();
    self->worker_->switchboard().written(self->id_, monotonic_now());
    self->worker_->settle();
  });
}

// --- closing ---------------------------------------------------------------------------------------------------

// The Close message has been written. The WebSocket's own closing handshake follows, and its answer shows that the peer
// has read everything; a socket closed before that could take the reason with it.
void WebsocketLink::close_in_order() {
  closing_ = true;
  stream_.async_close(websocket::close_code::normal, [self = shared_from_this()](SystemError) { self->close_now(); });
}

void WebsocketLink::close_now() {
  if (std::exchange(closed_, true)) return;
  stream_.next_layer().close();
  worker_->forget(id_);
}

// --- threads ---------------------------------------------------------------------------------------------------

bool WebsocketLink::leave_thread() {
  const bool left = !stream_.next_layer().leave_context();
  if (!left) closed_ = true;
  return left;
}

bool WebsocketLink::enter_thread(Worker& worker) {
  worker_ = &worker;
  const bool entered = !stream_.next_layer().enter_context(worker.context());
  if (!entered) closed_ = true;
  return entered;
}

}  // namespace vitrine
