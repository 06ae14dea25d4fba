// Any bytes as what an authenticator answers: as an attestation, as the data of an assertion and as a public key. What
// is accepted as a new passkey can be used: its key is read again as it was, and nobody's signature fits it by chance.
#include <cstdint>

#include "broker/identity/cose_key.h"
#include "broker/identity/webauthn.h"

namespace {

using namespace vitrine;
using namespace vitrine::broker;

const RelyingParty kParty{.id = "localhost", .origin = "https://localhost:8443"};

Bytes client_data(const char* type) {
  const std::string text = std::string(R"({"type":")") + type +
                           R"(","challenge":"Y2hhbGxlbmdl","origin":"https://localhost:8443","crossOrigin":false})";
  return {text.begin(), text.end()};
}

void fuzz(const Bytes& bytes) {
  static const Bytes kCreate = client_data("webauthn.create");
  static const Bytes kGet = client_data("webauthn.get");
  const auto made = verify_registration(kParty, "Y2hhbGxlbmdl", {.client_data = kCreate, .attestation_object = bytes});
  if (made.ok()) {
    CHECK(!made.value().id.empty());
    CborReader reader(made.value().public_key);
    const auto key = read_cose_key(reader);
    CHECK(key.ok() && key.value().bytes.size() == made.value().public_key.size() && reader.rest().empty());
  }
  const Bytes key = made.ok() ? made.value().public_key : bytes;
  CHECK(!verify_assertion(kParty, "Y2hhbGxlbmdl", {.public_key = key, .sign_count = 0},
                          {.client_data = kGet, .authenticator_data = bytes, .signature = bytes}, false)
             .ok());
  CHECK(!verify_registration(kParty, "Y2hhbGxlbmdl", {.client_data = bytes, .attestation_object = bytes}).ok());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  fuzz(Bytes(data, data + size));
  return 0;
}
