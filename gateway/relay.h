// The relay's two pure parts: what may pass from one side to the other, and the bounded queue it waits in.
//
// A pair of links has two queues, one for each socket that is written to. A message read from one socket is judged by
// its type number alone and moved, unread and uncopied, into the other link's queue. When that queue is full the
// reader stops; TCP then stops the far end. So the gateway holds at most kRelayBytes plus one message in each
// direction, whatever the peers do.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>

#include "gateway/links.h"
#include "protocol/base/time.h"
#include "protocol/limits.h"
#include "protocol/messages.h"

namespace vitrine {

// A queue is full from here on. Small, because pixels that wait here are late: 64 KiB is 10 ms of a 50 Mbit/s link, and
// the kernel's own buffers keep the socket busy while the next message is read.
inline constexpr size_t kRelayBytes = 64 * 1024;
// Small messages are bounded by number: each costs an allocation.
inline constexpr size_t kRelayMessages = 64;

// Messages on their way to one socket, in order. Owned by the link's thread.
class SendQueue {
 public:
  struct Limits {
    size_t bytes = kRelayBytes;
    size_t messages = kRelayMessages;
  };

  SendQueue() = default;
  explicit SendQueue(const Limits& limits) : limits_(limits) {}

  // Relayed messages are pushed only while !full(), so bytes() stays below the limit plus one message; the gateway's
  // own few messages may always be pushed. `came`: when a relayed one was read.
  void push(Bytes message, Micros came = kNever) {
    bytes_ += message.size();
    messages_.push_back({std::move(message), came});
  }
  std::optional<Bytes> pop() {
    if (messages_.empty()) return std::nullopt;
    Bytes message = std::move(messages_.front().bytes);
    messages_.pop_front();
    bytes_ -= message.size();
    return message;
  }
  void clear() {
    messages_.clear();
    bytes_ = 0;
  }
  // Of the message that pop() gives next; kNever for the gateway's own, and when there is none.
  [[nodiscard]] Micros next_came() const { return messages_.empty() ? kNever : messages_.front().came; }
  [[nodiscard]] bool full() const { return bytes_ >= limits_.bytes || messages_.size() >= limits_.messages; }
  [[nodiscard]] bool empty() const { return messages_.empty(); }
  [[nodiscard]] size_t bytes() const { return bytes_; }
  [[nodiscard]] size_t messages() const { return messages_.size(); }

 private:
  struct Waiting {
    Bytes bytes;
    Micros came;
  };

  Limits limits_;
  std::deque<Waiting> messages_;
  size_t bytes_ = 0;
};

// Type numbers 1-15 are between a peer and the gateway, except that Ping, Pong and Close also pass between paired ends.
inline constexpr uint32_t kLastGatewayType = 15;
inline constexpr uint32_t kFirstAgentType = 16;
inline constexpr uint32_t kLastAgentType = 31;
inline constexpr uint32_t kFirstViewerType = 32;
inline constexpr uint32_t kLastViewerType = 63;  // from 64 on the list of messages says who sends what

enum class Verdict : uint8_t {
  kRelay,       // for the other end
  kForGateway,  // Ping, Pong, Close; an agent's SessionReport
  kSkip,        // a type nobody knows yet; skipped as messages.h says
  kNotGranted,  // the policy does not allow it; dropped
  kOutOfPlace,  // this side must not send it, or not now; ends the link
};

// Judges a message of a link whose hello is done. `rights` are those of the viewer on one of its ends.
Verdict judge(LinkRole from, uint32_t type, uint32_t rights);

}  // namespace vitrine
