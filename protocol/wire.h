// How a message looks as bytes, made from its field list.
//
//   unsigned integer, enum   LEB128 varint, at most 5 bytes (32 bit) or 8 bytes (64 bit: kMaxWireInteger is the
//                            largest), shortest form only
//   signed integer           zigzag, then varint
//   bool                     one byte, 0 or 1
//   string, bytes            varint length, then the bytes; a string must be valid UTF-8 without NUL
//   list of integers         varint count, then each
//
// A reader gives up at the first byte that breaks a rule; it never reads past the end, never allocates more than the
// message holds, and every length is checked against the limit in the field list before it is used.
#pragma once

#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "protocol/base/result.h"
#include "protocol/messages.h"

namespace vitrine {

// UTF-8 as RFC 3629 section 4 has it (no overlong forms, no surrogates, nothing above U+10FFFF) and without NUL.
[[nodiscard]] bool is_wire_text(std::string_view text);

// Appends fields to a buffer. Values that break a limit are our own bug; texts from elsewhere go through clip_text().
class WireWriter {
 public:
  explicit WireWriter(Bytes& out) : out_(out) {}

  void varint(uint64_t value) {
    while (value >= 0x80) {
      out_.push_back(static_cast<uint8_t>(value | 0x80));
      value >>= 7;
    }
    out_.push_back(static_cast<uint8_t>(value));
  }

  void field(std::string_view, const uint32_t& value, std::string_view) { varint(value); }
  void field(std::string_view, const uint64_t& value, std::string_view) {
    CHECK(value <= kMaxWireInteger);
    varint(value);
  }
  void field(std::string_view, const bool& value, std::string_view) { out_.push_back(value ? 1 : 0); }
  void field(std::string_view, const int32_t& value, std::string_view) {
    const auto bits = static_cast<uint32_t>(value);
    varint((bits << 1) ^ (value < 0 ? ~uint32_t{0} : 0));
  }
  template <class E>
  requires std::is_enum_v<E>
  void field(std::string_view, const E& value, E, std::string_view) { varint(static_cast<uint64_t>(value)); }
  void field(std::string_view, const std::string& value, size_t limit, std::string_view) {
    CHECK(value.size() <= limit);
    varint(value.size());
    out_.insert(out_.end(), value.begin(), value.end());
  }
  void field(std::string_view, const Bytes& value, size_t limit, std::string_view) {
    CHECK(value.size() <= limit);
    varint(value.size());
    out_.insert(out_.end(), value.begin(), value.end());
  }
  void field(std::string_view, const std::vector<uint32_t>& value, size_t limit, std::string_view) {
    CHECK(value.size() <= limit);
    varint(value.size());
    for (const uint32_t item : value) varint(item);
  }

 private:
  Bytes& out_;
};

// Finds the first field that WireWriter could not write, for values made from what others said.
class WireChecker {
 public:
  [[nodiscard]] const std::string& fault() const { return fault_; }  // empty: none

  template <class T>
  requires std::is_integral_v<T>
  void field(std::string_view name, const T& value, std::string_view) {
    if constexpr (sizeof(T) == 8) require(value <= kMaxWireInteger, name, "is out of range");
  }
  template <class E>
  requires std::is_enum_v<E>
  void field(std::string_view name, const E& value, E last, std::string_view) {
    require(value <= last, name, "has no such value");
  }
  template <class Sequence>
  void field(std::string_view name, const Sequence& value, size_t limit, std::string_view) {
    require(value.size() <= limit, name, "passes its limit");
    if constexpr (std::is_same_v<Sequence, std::string>) require(is_wire_text(value), name, "is not UTF-8 text");
  }

 private:
  void require(bool holds, std::string_view name, std::string_view what) {
    if (!holds && fault_.empty()) fault_ = "field " + std::string(name) + " " + std::string(what);
  }
  std::string fault_;
};

// Takes fields from a message. After the first fault `failed()` stays true and further fields are left alone.
class WireReader {
 public:
  explicit WireReader(std::span<const uint8_t> in) : in_(in) {}

  [[nodiscard]] bool failed() const { return !error_.message.empty(); }
  [[nodiscard]] const Error& error() const { return error_; }
  [[nodiscard]] size_t remaining() const { return in_.size() - at_; }

  uint64_t varint(std::string_view name, int max_bits) {
    uint64_t value = 0;
    for (int shift = 0; !failed(); shift += 7) {
      if (at_ == in_.size()) return fault(ErrorCode::kMalformed, name, "is cut short");
      const uint8_t byte = in_[at_++];
      const uint64_t bits = byte & 0x7f;
      if (shift >= max_bits || (shift + 7 > max_bits && (bits >> (max_bits - shift)) != 0)) {
        return fault(ErrorCode::kMalformed, name, "is out of range");
      }
      if (byte == 0 && shift > 0) return fault(ErrorCode::kMalformed, name, "is not in its shortest form");
      value |= bits << shift;
      if ((byte & 0x80) == 0) return value;
    }
    return 0;
  }

  void field(std::string_view name, uint32_t& value, std::string_view) {
    value = static_cast<uint32_t>(varint(name, 32));
  }
  void field(std::string_view name, uint64_t& value, std::string_view) { value = varint(name, kWireIntegerBits); }
  void field(std::string_view name, bool& value, std::string_view) {
    const uint64_t byte = varint(name, 7);
    if (byte > 1) fault(ErrorCode::kMalformed, name, "is neither 0 nor 1");
    value = byte == 1;
  }
  void field(std::string_view name, int32_t& value, std::string_view) {
    const auto bits = static_cast<uint32_t>(varint(name, 32));
    value = static_cast<int32_t>((bits >> 1) ^ ((bits & 1) != 0 ? ~uint32_t{0} : 0));
  }
  template <class E>
  requires std::is_enum_v<E>
  void field(std::string_view name, E& value, E last, std::string_view) {
    const uint64_t number = varint(name, 32);
    if (number > static_cast<uint64_t>(last)) {
      fault(ErrorCode::kMalformed, name, "has no such value");
      return;
    }
    value = static_cast<E>(number);
  }
  void field(std::string_view name, std::string& value, size_t limit, std::string_view) {
    const auto bytes = take(name, limit);
    value.assign(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    if (!failed() && !is_wire_text(value)) fault(ErrorCode::kMalformed, name, "is not UTF-8 text");
  }
  void field(std::string_view name, Bytes& value, size_t limit, std::string_view) {
    const auto bytes = take(name, limit);
    value.assign(bytes.begin(), bytes.end());
  }
  void field(std::string_view name, std::vector<uint32_t>& value, size_t limit, std::string_view) {
    value.clear();
    const uint64_t count = length(name, limit);
    if (failed()) return;
    value.reserve(count);
    for (uint64_t i = 0; i < count && !failed(); ++i) value.push_back(static_cast<uint32_t>(varint(name, 32)));
  }

 private:
  // A count that its limit allows and the rest of the message can hold.
  uint64_t length(std::string_view name, size_t limit) {
    const uint64_t count = varint(name, 32);
    if (failed()) return 0;
    if (count > limit) return fault(ErrorCode::kTooLarge, name, "passes its limit");
    if (count > remaining()) return fault(ErrorCode::kMalformed, name, "is cut short");
    return count;
  }
  std::span<const uint8_t> take(std::string_view name, size_t limit) {
    const uint64_t count = length(name, limit);
    if (failed()) return {};
    const auto bytes = in_.subspan(at_, count);
    at_ += count;
    return bytes;
  }
  uint64_t fault(ErrorCode code, std::string_view name, std::string_view what) {
    if (!failed()) error_ = {code, "field " + std::string(name) + " " + std::string(what)};
    return 0;
  }
  std::span<const uint8_t> in_;
  size_t at_ = 0;
  Error error_;
};

// The longest part of `text` that a field of this limit can carry: whole characters, valid UTF-8, no NUL; bytes that
// are no text become '?'. For sentences made from what peers, programs and the system said, which nobody bounds.
[[nodiscard]] std::string clip_text(std::string_view text, size_t limit);

// Appends one message, type first.
template <class M>
void serialize_to(const M& message, Bytes& out) {
  WireWriter writer(out);
  writer.varint(M::kType);
  M::visit(message, writer);
}

template <class M>
[[nodiscard]] Bytes serialize(const M& message) {
  Bytes out;
  serialize_to(message, out);
  return out;
}

// The type number of a message, or malformed.
[[nodiscard]] Result<uint32_t> message_type(std::span<const uint8_t> message);

// Reads a message of a type already known to be M::kType. Bytes after the last known field are ignored (see
// messages.h). Errors: malformed, too_large; the sentence names the message and the field.
template <class M>
[[nodiscard]] Result<M> parse(std::span<const uint8_t> message) {
  WireReader reader(message);
  const uint64_t type = reader.varint("type", 32);
  if (!reader.failed() && type != M::kType) {
    return Error{ErrorCode::kMalformed, "expected " + std::string(M::kName) + ", got type " + std::to_string(type)};
  }
  M result;
  if (!reader.failed()) M::visit(result, reader);
  if (reader.failed()) return Error{reader.error().code, std::string(M::kName) + ": " + reader.error().message};
  return result;
}

// Reads any message sent in one of the directions `accept` holds for (bool accept(Direction)) and calls
// handler(const M&). Types nobody knows are skipped; known types from the wrong side are malformed.
template <class Accept, class Handler>
[[nodiscard]] Result<void> dispatch(std::span<const uint8_t> message, Accept accept, Handler&& handler);

namespace wire_detail {
template <class Accept, class Handler, class... M>
Result<void> dispatch_list(std::span<const uint8_t> message, Accept accept, Handler&& handler, MessageList<M...>) {
  const uint32_t type = TRY(message_type(message));
  Result<void> result;
  const auto try_one = [&]<class Candidate>(const Candidate*) {
    if (type != Candidate::kType) return false;
    if (!accept(Candidate::kDirection)) {
      result = Error{ErrorCode::kMalformed, std::string(Candidate::kName) + " does not come from this side"};
      return true;
    }
    auto parsed = parse<Candidate>(message);
    if (!parsed.ok()) {
      result = parsed.error();
    } else {
      handler(parsed.value());
    }
    return true;
  };
  (void)(try_one(static_cast<const M*>(nullptr)) || ...);
  return result;
}
}  // namespace wire_detail

template <class Accept, class Handler>
Result<void> dispatch(std::span<const uint8_t> message, Accept accept, Handler&& handler) {
  return wire_detail::dispatch_list(message, accept, std::forward<Handler>(handler), AllMessages{});
}

}  // namespace vitrine
