// Messages over an emulated link: what a WebSocket does over TCP, without either.
#pragma once

#include <map>
#include <optional>

#include "bench/link/emulated_link.h"
#include "protocol/messages.h"

namespace vitrine::session {

// One direction of one connection. At most one message waits to be taken by the link and one is being put together at
// the other side, so memory is bounded whatever the link does; the rest is back-pressure.
class MessagePipe {
 public:
  MessagePipe(LinkModel& model, LinkModel::Flow flow) : model_(model), flow_(flow) {}

  // --- the writer's side ---
  [[nodiscard]] bool can_write() const { return writing_.empty(); }
  void write(const Bytes& message) {
    CHECK(can_write());
    const auto size = static_cast<uint32_t>(message.size());
    for (int shift = 0; shift < 32; shift += 8) writing_.push_back(static_cast<uint8_t>(size >> shift));
    writing_.insert(writing_.end(), message.begin(), message.end());
    written_ = 0;
  }
  // Hands over what the link takes; true when that was something.
  bool pump(Micros now) {
    if (writing_.empty()) return false;
    const size_t taken = model_.send(flow_, std::span(writing_).subspan(written_), now);
    written_ += taken;
    if (written_ == writing_.size()) writing_.clear();
    return taken > 0;
  }

  // --- the reader's side ---
  // The next whole message. Takes no byte beyond it, so a reader that stops is felt by the writer.
  std::optional<Bytes> read(Micros now) {
    for (;;) {
      const size_t wanted = wanted_bytes();
      if (reading_.size() == wanted && wanted >= kHeader) break;
      const auto arrived = model_.arrived(flow_, now);
      const size_t count = std::min(arrived.size(), wanted - reading_.size());
      if (count == 0) return std::nullopt;
      reading_.insert(reading_.end(), arrived.begin(), arrived.begin() + static_cast<std::ptrdiff_t>(count));
      model_.consume(flow_, count);
    }
    Bytes message(reading_.begin() + kHeader, reading_.end());
    reading_.clear();
    return message;
  }
  // Everything written was read.
  [[nodiscard]] bool drained() const { return writing_.empty() && model_.idle(flow_); }

  void drop() { model_.drop(flow_); }

 private:
  static constexpr size_t kHeader = 4;

  [[nodiscard]] size_t wanted_bytes() const {
    if (reading_.size() < kHeader) return kHeader;
    size_t size = 0;
    for (size_t i = 0; i < kHeader; ++i) size |= size_t{reading_[i]} << (8 * i);
    return kHeader + size;
  }

  LinkModel& model_;
  LinkModel::Flow flow_;
  Bytes writing_;
  size_t written_ = 0;
  Bytes reading_;
};

// A connection between somebody and the gateway. Either end may close or vanish; both know it under one number.
struct Connection {
  Connection(EmulatedLink& network, LinkModel::Flow flow)
      : link(network), up(network.up(), flow), down(network.down(), flow) {}

  EmulatedLink& link;
  MessagePipe up;    // towards the gateway
  MessagePipe down;  // from it
  bool near_open = true;
  bool gateway_open = true;
};

// All connections of a world.
class Connections {
 public:
  uint64_t open(EmulatedLink& link) {
    const uint64_t id = ++last_;
    open_.try_emplace(id, link, static_cast<LinkModel::Flow>(id));
    return id;
  }
  Connection* find(uint64_t id) {
    const auto found = open_.find(id);
    return found == open_.end() ? nullptr : &found->second;
  }
  void close_near(uint64_t id) { close(id, &Connection::near_open); }
  void close_gateway(uint64_t id) { close(id, &Connection::gateway_open); }
  // Both ends are told at once.
  void reset(uint64_t id) {
    close_near(id);
    close_gateway(id);
  }
  // Numbers of the connections over one link.
  [[nodiscard]] std::vector<uint64_t> over(const EmulatedLink& link) const {
    std::vector<uint64_t> ids;
    for (const auto& [id, connection] : open_) {
      if (&connection.link == &link) ids.push_back(id);
    }
    return ids;
  }

 private:
  void close(uint64_t id, bool Connection::*end) {
    const auto found = open_.find(id);
    if (found == open_.end()) return;
    Connection& connection = found->second;
    connection.*end = false;
    if (connection.near_open || connection.gateway_open) return;
    connection.up.drop();
    connection.down.drop();
    open_.erase(found);
  }

  std::map<uint64_t, Connection> open_;
  uint64_t last_ = 0;
};

}  // namespace vitrine::session
