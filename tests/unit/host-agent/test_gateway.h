// A gateway's TLS end for tests, on loopback: takes the agent's links one by one and speaks the protocol by hand.
// Blocking, with a limit on every wait.
#pragma once

#include <openssl/evp.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "protocol/messages.h"
#include "protocol/wire.h"

namespace vitrine::agent {

// A self-signed certificate and its key, as PEM files in `folder`.
struct TestCertificate {
  std::string certificate_file;
  std::string key_file;
  static TestCertificate make(const std::string& folder, const std::string& name);
};

// One accepted link.
class TestLink {
 public:
  struct State;
  explicit TestLink(std::unique_ptr<State> state);
  TestLink(TestLink&&) noexcept;
  TestLink& operator=(TestLink&&) noexcept;
  ~TestLink();

  // The next message; nothing when the link ended (or nothing came for a minute).
  std::optional<Bytes> receive();
  // The next message of this type; messages of other types before it are kept in `skipped`.
  template <class M>
  std::optional<M> receive_one() {
    while (auto bytes = receive()) {
      const auto type = message_type(*bytes);
      if (type.ok() && type.value() == M::kType) {
        auto parsed = parse<M>(*bytes);
        if (parsed.ok()) return parsed.take();
      }
      skipped.push_back(std::move(*bytes));
    }
    return std::nullopt;
  }
  std::vector<Bytes> skipped;

  template <class M>
  void send(const M& message) {
    send_bytes(serialize(message));
  }
  void send_bytes(const Bytes& bytes, bool binary = true);
  // Ends the connection without a word.
  void cut();

 private:
  std::unique_ptr<State> state_;
};

class TestGateway {
 public:
  // `port` 0 takes a free one.
  TestGateway(const TestCertificate& certificate, uint16_t port);
  ~TestGateway();

  [[nodiscard]] uint16_t port() const;
  // The next link that got through TLS and the upgrade; nothing when none came within `seconds`.
  std::optional<TestLink> accept(int seconds = 60);
  // accept(), the greeting and the Welcome.
  std::optional<TestLink> welcome();
  // Why the last attempts of accept() failed.
  [[nodiscard]] const std::string& fault() const;
  AgentHello hello;  // of the last welcome()

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace vitrine::agent
