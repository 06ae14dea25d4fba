// Tickets: signed, short-lived rights that the broker hands out and a gateway checks without asking anybody.
// Ed25519 (RFC 8032) over the serialised payload; layout: payload (wire.h rules), then the 64-byte signature.
//
// A viewer's ticket opens one session once, from one origin, within kTicketLifetimeSeconds. An agent's credential has
// the same form with kind kAgent; it lasts as long as its desktop and may be used for any number of links.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "protocol/base/result.h"
#include "protocol/messages.h"

namespace vitrine {

// How far the broker's clock may be ahead of a gateway's.
inline constexpr uint64_t kMaxClockSkewSeconds = 30;
inline constexpr size_t kTicketIdBytes = 16;  // random, so no two are equal

enum class TicketKind : uint8_t { kViewer = 0, kAgent = 1 };

struct Ticket {
  static constexpr uint32_t kType = 0x5449;  // keeps a ticket from being taken for a message
  static constexpr std::string_view kName = "Ticket";

  TicketKind kind = TicketKind::kViewer;
  Bytes id;                // 16 random bytes; what makes it single-use
  std::string desktop;     // whom it leads to
  std::string session;     // empty for an agent
  std::string user;        // name shown to the desktop's session list
  std::string origin;      // "https://host:port" it was asked from; empty for an agent
  uint32_t rights = 0;     // kMayView ...
  uint64_t issued_s = 0;   // seconds since the Unix epoch
  uint64_t expires_s = 0;  // not usable at or after this second
  uint32_t target_ms = 0;  // the three of ViewerJoined
  uint32_t ceiling_kbit = 0;
  uint32_t quality_floor = 0;
  std::string address;      // where the viewer's link has to come from; empty: anywhere
  uint32_t generation = 0;  // of the session's rights; a desktop refuses those before the one it was told

  bool operator==(const Ticket&) const = default;

  template <class Self, class V>
  static void visit(Self& self, V& v) {
    v.field("kind", self.kind, TicketKind::kAgent, "viewer or agent");
    v.field("id", self.id, kTicketIdBytes, "16 random bytes");
    v.field("desktop", self.desktop, kMaxName, "the desktop it leads to");
    v.field("session", self.session, kMaxName, "the session it opens; empty for an agent");
    v.field("user", self.user, kMaxName, "the user's name");
    v.field("origin", self.origin, kMaxReason, "the page's origin; empty for an agent");
    v.field("rights", self.rights, "bits: what the policy allows");
    v.field("issued_s", self.issued_s, "Unix time");
    v.field("expires_s", self.expires_s, "Unix time");
    v.field("target_ms", self.target_ms, "target latency the session starts with; 0: the agent's own");
    v.field("ceiling_kbit", self.ceiling_kbit, "bandwidth the viewer cannot pass; 0: none");
    v.field("quality_floor", self.quality_floor, "quality the session starts with; 0: none");
    v.field("address", self.address, kMaxName, "where the viewer's link has to come from; empty: anywhere");
    v.field("generation", self.generation, "of the session's rights");
  }
};

// The broker's half. Holds the private key; any thread.
class TicketSigner {
 public:
  // Makes a new key pair. Errors: internal.
  static Result<TicketSigner> generate();
  // From a PKCS#8 PEM text. Errors: malformed.
  static Result<TicketSigner> from_pem(const std::string& private_key_pem);

  TicketSigner(TicketSigner&&) noexcept;
  TicketSigner& operator=(TicketSigner&&) noexcept;
  ~TicketSigner();

  [[nodiscard]] std::string private_key_pem() const;
  [[nodiscard]] std::string public_key_pem() const;
  // Fills `ticket.id` with fresh random bytes when empty, signs, and gives payload + signature. Errors:
  // invalid_argument (a name that passes its limit or is no text, a viewer's ticket that would last too long).
  [[nodiscard]] Result<Bytes> sign(Ticket ticket) const;
  // The signature alone, of a statement that no ticket can be taken for: tickets begin with the bytes of their type.
  // Errors: invalid_argument unless it begins with a letter.
  [[nodiscard]] Result<Bytes> sign_statement(std::string_view text) const;

 private:
  struct Key;
  explicit TicketSigner(std::unique_ptr<Key> key);
  std::unique_ptr<Key> key_;
};

// The gateway's half. Holds the public key; any thread.
class TicketVerifier {
 public:
  static Result<TicketVerifier> from_pem(const std::string& public_key_pem);

  TicketVerifier(TicketVerifier&&) noexcept;
  TicketVerifier& operator=(TicketVerifier&&) noexcept;
  ~TicketVerifier();

  // Signature, form, kind and time; single use (used_tickets.h) and origin are the caller's to check. Errors:
  // malformed, unauthenticated (bad signature or the other kind), timeout (expired, or signed more than
  // kMaxClockSkewSeconds in the future).
  [[nodiscard]] Result<Ticket> verify(std::span<const uint8_t> bytes, TicketKind kind, uint64_t now_s) const;
  [[nodiscard]] bool verify_statement(std::string_view text, std::span<const uint8_t> signature) const;

 private:
  struct Key;
  explicit TicketVerifier(std::unique_ptr<Key> key);
  std::unique_ptr<Key> key_;
};

// RFC 4648 section 5, without padding; tickets travel so in JSON.
[[nodiscard]] std::string base64url_encode(std::span<const uint8_t> bytes);
// Errors: malformed (another character, padding, or bits left over that are not zero).
[[nodiscard]] Result<Bytes> base64url_decode(std::string_view text);

}  // namespace vitrine
