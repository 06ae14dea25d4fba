// Any bytes as a ticket: never accepted when nobody signed them; a payload that parses is written again as it was; and
// text that is base64url has one spelling only.
#include <algorithm>
#include <cstdint>

#include "protocol/ticket.h"
#include "protocol/wire.h"

namespace {

void fuzz(std::span<const uint8_t> bytes) {
  using namespace vitrine;
  // A fresh key each run: its signature cannot be in any corpus.
  static const TicketVerifier verifier =
      TicketVerifier::from_pem(TicketSigner::generate().take().public_key_pem()).take();
  CHECK(!verifier.verify(bytes, TicketKind::kViewer, 0).ok());

  const auto payload = parse<Ticket>(bytes);
  if (payload.ok()) {
    const Bytes again = serialize(payload.value());
    CHECK(again.size() <= bytes.size() && std::equal(again.begin(), again.end(), bytes.begin()));
  }
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  const auto decoded = base64url_decode(text);
  if (decoded.ok()) CHECK(base64url_encode(decoded.value()) == text);
  CHECK(base64url_decode(base64url_encode(bytes)).take() == Bytes(bytes.begin(), bytes.end()));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  fuzz({data, size});
  return 0;
}
