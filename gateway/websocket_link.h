// The WebSocket of one viewer or agent: turns messages into events of its worker's switchboard and back. All decisions
// are the switchboard's. Used by one worker's thread at a time; kept alive by the operations it has under way.
#pragma once

#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <memory>
#include <string>

#include "gateway/connection_slot.h"
#include "gateway/links.h"
#include "gateway/opening.h"
#include "gateway/tls_socket.h"

namespace vitrine {

class Worker;

class WebsocketLink : public std::enable_shared_from_this<WebsocketLink> {
 public:
  using Upgrade = beast::http::request<beast::http::string_body>;

  WebsocketLink(Worker& worker, TlsSocket socket, ConnectionSlot slot, LinkId id, LinkRole role, LinkSource source);
  ~WebsocketLink();

  [[nodiscard]] LinkId id() const { return id_; }
  [[nodiscard]] LinkRole role() const { return role_; }
  [[nodiscard]] const LinkSource& source() const { return source_; }
  [[nodiscard]] const UpgradeCredentials& credentials() const { return credentials_; }

  // Answers the upgrade; waits for the hello, or lets the opening that came with the upgrade take its place.
  void start(Upgrade request, SubprotocolOffer offer);
  // What the broker said to the link's opening, when it gave no ticket: told, and the hello is waited for.
  void tell_and_wait(Bytes answer);
  // Does what the switchboard says is next: writes, reads, closes.
  void act();

  void cut() { close_now(); }

  // Takes the socket off this thread, and onto another. Only between two operations. False: the link is over.
  bool leave_thread();
  bool enter_thread(Worker& worker);

 private:
  void read();
  void on_read(SystemError error, size_t bytes);
  void on_message();
  void write();
  void close_in_order();
  void close_now();

  Worker* worker_;
  const LinkId id_;
  const LinkRole role_;
  const LinkSource source_;
  UpgradeCredentials credentials_;  // of a viewer
  ConnectionSlot slot_;
  beast::websocket::stream<TlsSocket, false> stream_;  // false: no permessage-deflate
  Bytes incoming_;
  size_t incoming_size_ = 0;
  Bytes outgoing_;
  bool greeted_ = false;              // the hello has come, or what takes its place
  std::optional<Bytes> early_hello_;  // it came while the answer to an opening was still being written
  bool reading_ = false;
  bool writing_ = false;
  bool closing_ = false;
  bool closed_ = false;
};

}  // namespace vitrine
