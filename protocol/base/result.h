// Result<T>: a value, or a code a caller can branch on together with a sentence a person can act on.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "protocol/base/check.h"

namespace vitrine {

enum class ErrorCode : uint8_t {
  kInvalidArgument,   // the caller asked for something that cannot be
  kMalformed,         // bytes from a peer or a file do not follow their format
  kTooLarge,          // a named limit was passed
  kUnsupported,       // well-formed, but a version or feature we do not have
  kUnauthenticated,   // who you are is not known
  kForbidden,         // who you are is known, and this is not for you
  kStepUpRequired,    // allowed, once a second factor was given anew
  kPasswordRequired,  // allowed, once the password was given anew
  kNotFound,
  kConflict,     // the thing is in another state than the request needs
  kExhausted,    // capacity, memory, disk or a rate is used up
  kUnavailable,  // the other side is not there now; trying again later may help
  kTimeout,
  kClosed,  // the link or file was closed
  kIo,      // the operating system refused
  kInternal,
};

// The code's stable lower-case name, for example "not_found"; used in the API and in logs.
std::string_view error_code_name(ErrorCode code);

struct Error {
  ErrorCode code = ErrorCode::kInternal;
  std::string message;
};

template <class T = void>
class [[nodiscard]] Result {
 public:
  Result(T value) : value_(std::move(value)) {}      // NOLINT: implicit, so that `return value;` reads well
  Result(Error error) : error_(std::move(error)) {}  // NOLINT
  [[nodiscard]] bool ok() const { return value_.has_value(); }
  T& value() {
    CHECK(ok());
    return *value_;
  }
  const T& value() const {
    CHECK(ok());
    return *value_;
  }
  T take() {
    CHECK(ok());
    return std::move(*value_);
  }
  [[nodiscard]] const Error& error() const {
    CHECK(!ok());
    return error_;
  }

 private:
  std::optional<T> value_;
  Error error_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(std::move(error)) {}  // NOLINT
  [[nodiscard]] bool ok() const { return !error_.has_value(); }
  void take() const { CHECK(ok()); }
  [[nodiscard]] const Error& error() const {
    CHECK(!ok());
    return *error_;
  }

 private:
  std::optional<Error> error_;
};

}  // namespace vitrine

// Gives the value of a Result, or returns its error from the enclosing function:
//   Frame frame = TRY(source.capture());
#define TRY(expression)                                                \
  __extension__({                                                      \
    auto try_result = (expression);                                    \
    if (!try_result.ok()) return ::vitrine::Error(try_result.error()); \
    try_result.take();                                                 \
  })
