#include "protocol/ticket.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>

#include "protocol/wire.h"

namespace vitrine {
namespace {

constexpr size_t kSignatureBytes = 64;

template <auto Free>
struct FreeWith {
  template <class T>
  void operator()(T* object) const {
    Free(object);
  }
};
using KeyPtr = std::unique_ptr<EVP_PKEY, FreeWith<EVP_PKEY_free>>;
using DigestPtr = std::unique_ptr<EVP_MD_CTX, FreeWith<EVP_MD_CTX_free>>;
using BioPtr = std::unique_ptr<BIO, FreeWith<BIO_free_all>>;

// An error of ours; OpenSSL's queue is emptied, because a thread's TLS connections read the same one.
Error crypto_error(ErrorCode code, std::string message) {
  ERR_clear_error();
  return Error{code, std::move(message)};
}

// An encrypted key would make OpenSSL ask at the terminal.
int no_passphrase(char*, int, int, void*) {
  return -1;
}

BioPtr reader_of(const std::string& pem) {
  return BioPtr(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
}

std::string text_of(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return {data, static_cast<size_t>(size)};
}

std::span<const uint8_t> bytes_of(std::string_view text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

Result<Bytes> signature_of(EVP_PKEY* key, std::span<const uint8_t> payload) {
  Bytes signature(kSignatureBytes);
  size_t size = signature.size();
  const DigestPtr context(EVP_MD_CTX_new());
  if (EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key) != 1 ||
      EVP_DigestSign(context.get(), signature.data(), &size, payload.data(), payload.size()) != 1) {
    return crypto_error(ErrorCode::kInternal, "OpenSSL could not sign");
  }
  CHECK(size == kSignatureBytes);
  return signature;
}

bool signature_holds(EVP_PKEY* key, std::span<const uint8_t> payload, std::span<const uint8_t> signature) {
  const DigestPtr context(EVP_MD_CTX_new());
  const bool holds =
      EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key) == 1 &&
      EVP_DigestVerify(context.get(), signature.data(), signature.size(), payload.data(), payload.size()) == 1;
  if (!holds) ERR_clear_error();  // a thread's TLS connections read the same queue
  return holds;
}

std::span<const uint8_t> payload_of(std::span<const uint8_t> ticket) {
  return ticket.first(ticket.size() - kSignatureBytes);
}

}  // namespace

struct TicketSigner::Key {
  KeyPtr pkey;
};
struct TicketVerifier::Key {
  KeyPtr pkey;
};

TicketSigner::TicketSigner(std::unique_ptr<Key> key) : key_(std::move(key)) {}
TicketSigner::TicketSigner(TicketSigner&&) noexcept = default;
TicketSigner& TicketSigner::operator=(TicketSigner&&) noexcept = default;
TicketSigner::~TicketSigner() = default;

Result<TicketSigner> TicketSigner::generate() {
  KeyPtr pkey(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
  if (!pkey) return crypto_error(ErrorCode::kInternal, "OpenSSL could not make an Ed25519 key");
  return TicketSigner(std::make_unique<Key>(Key{std::move(pkey)}));
}

Result<TicketSigner> TicketSigner::from_pem(const std::string& private_key_pem) {
  const BioPtr bio = reader_of(private_key_pem);
  KeyPtr pkey(PEM_read_bio_PrivateKey(bio.get(), nullptr, no_passphrase, nullptr));
  if (!pkey || EVP_PKEY_get_id(pkey.get()) != EVP_PKEY_ED25519) {
    return crypto_error(ErrorCode::kMalformed, "the ticket key is not an unencrypted Ed25519 private key in PEM form");
  }
  return TicketSigner(std::make_unique<Key>(Key{std::move(pkey)}));
}

std::string TicketSigner::private_key_pem() const {
  const BioPtr bio(BIO_new(BIO_s_secmem()));
  CHECK(PEM_write_bio_PKCS8PrivateKey(bio.get(), key_->pkey.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1);
  return text_of(bio.get());
}

std::string TicketSigner::public_key_pem() const {
  const BioPtr bio(BIO_new(BIO_s_mem()));
  CHECK(PEM_write_bio_PUBKEY(bio.get(), key_->pkey.get()) == 1);
  return text_of(bio.get());
}

Result<Bytes> TicketSigner::sign(Ticket ticket) const {
  if (ticket.id.empty()) {
    ticket.id.resize(kTicketIdBytes);
    if (RAND_bytes(ticket.id.data(), static_cast<int>(ticket.id.size())) != 1) {
      return crypto_error(ErrorCode::kInternal, "OpenSSL has no random bytes");
    }
  }
  WireChecker checker;
  Ticket::visit(std::as_const(ticket), checker);
  if (!checker.fault().empty()) return Error{ErrorCode::kInvalidArgument, "Ticket: " + checker.fault()};
  const bool lasts = ticket.expires_s > ticket.issued_s;
  const bool too_long = ticket.kind == TicketKind::kViewer &&
                        ticket.expires_s > ticket.issued_s + static_cast<uint64_t>(kTicketLifetimeSeconds);
  if (ticket.id.size() != kTicketIdBytes || !lasts || too_long) {
    return Error{ErrorCode::kInvalidArgument, "Ticket: the id has 16 bytes and a viewer's lasts 1 to 60 seconds"};
  }
  Bytes bytes = serialize(ticket);
  const Bytes signature = TRY(signature_of(key_->pkey.get(), bytes));
  bytes.insert(bytes.end(), signature.begin(), signature.end());
  CHECK(bytes.size() <= kMaxTicket);
  return bytes;
}

Result<Bytes> TicketSigner::sign_statement(std::string_view text) const {
  const bool letter = !text.empty() && text.front() >= 'a' && text.front() <= 'z';
  if (!letter) return Error{ErrorCode::kInvalidArgument, "a statement begins with a letter, so that it is no ticket"};
  return signature_of(key_->pkey.get(), bytes_of(text));
}

TicketVerifier::TicketVerifier(std::unique_ptr<Key> key) : key_(std::move(key)) {}
TicketVerifier::TicketVerifier(TicketVerifier&&) noexcept = default;
TicketVerifier& TicketVerifier::operator=(TicketVerifier&&) noexcept = default;
TicketVerifier::~TicketVerifier() = default;

Result<TicketVerifier> TicketVerifier::from_pem(const std::string& public_key_pem) {
  const BioPtr bio = reader_of(public_key_pem);
  KeyPtr pkey(PEM_read_bio_PUBKEY(bio.get(), nullptr, no_passphrase, nullptr));
  if (!pkey || EVP_PKEY_get_id(pkey.get()) != EVP_PKEY_ED25519) {
    return crypto_error(ErrorCode::kMalformed, "the ticket key is not an Ed25519 public key in PEM form");
  }
  return TicketVerifier(std::make_unique<Key>(Key{std::move(pkey)}));
}

Result<Ticket> TicketVerifier::verify(std::span<const uint8_t> bytes, TicketKind kind, uint64_t now_s) const {
  if (bytes.size() <= kSignatureBytes || bytes.size() > kMaxTicket) {
    return Error{ErrorCode::kMalformed, "not a ticket"};
  }
  const auto payload = payload_of(bytes);
  const auto signature = bytes.subspan(payload.size());
  if (!signature_holds(key_->pkey.get(), payload, signature)) {
    return Error{ErrorCode::kUnauthenticated, "the ticket was not signed by this broker"};
  }
  Ticket ticket = TRY(parse<Ticket>(payload));
  if (ticket.id.size() != kTicketIdBytes) return Error{ErrorCode::kMalformed, "Ticket: field id has another length"};
  if (ticket.kind != kind) return Error{ErrorCode::kUnauthenticated, "the ticket is for another kind of peer"};
  if (ticket.expires_s <= now_s) return Error{ErrorCode::kTimeout, "the ticket has expired"};
  if (ticket.issued_s > now_s + kMaxClockSkewSeconds) {
    return Error{ErrorCode::kTimeout, "the ticket is from the future: compare the clocks of broker and gateway"};
  }
  return ticket;
}

bool TicketVerifier::verify_statement(std::string_view text, std::span<const uint8_t> signature) const {
  return signature_holds(key_->pkey.get(), bytes_of(text), signature);
}

}  // namespace vitrine
