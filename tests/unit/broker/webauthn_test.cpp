// Passkeys: what holds is accepted, and every forged or broken part is refused by itself.
#include <gtest/gtest.h>

#include "tests/unit/broker/soft_authenticator.h"

namespace vitrine::broker {
namespace {

const RelyingParty kParty{.id = "vitrine.example", .origin = "https://vitrine.example:8443"};
const std::string kChallenge = "dGhlLWNoYWxsZW5nZS1vZi10aGlzLXRlc3Q";

ErrorCode code_of(const Result<uint32_t>& result) {
  EXPECT_FALSE(result.ok());
  return result.ok() ? ErrorCode::kInternal : result.error().code;
}

struct Registered {
  explicit Registered(CoseAlgorithm algorithm = CoseAlgorithm::kEs256) : authenticator(algorithm) {
    const auto made = verify_registration(kParty, kChallenge, authenticator.create(kParty, kChallenge));
    EXPECT_TRUE(made.ok()) << (made.ok() ? "" : made.error().message);
    if (made.ok()) known = {.public_key = made.value().public_key, .sign_count = made.value().sign_count};
  }
  Result<uint32_t> sign_in(const Tweak& tweak = {}, bool verified = true) {
    return verify_assertion(kParty, kChallenge, known, authenticator.get(kParty, kChallenge, tweak), verified);
  }
  SoftAuthenticator authenticator;
  KnownPasskey known;
};

TEST(WebauthnTest, EachAlgorithmRegistersAndSignsIn) {
  for (const CoseAlgorithm algorithm : kCoseAlgorithms) {
    Registered passkey(algorithm);
    const auto count = passkey.sign_in();
    ASSERT_TRUE(count.ok()) << static_cast<int64_t>(algorithm) << ": " << count.error().message;
    EXPECT_EQ(count.value(), 2U);
  }
}

TEST(WebauthnTest, ForgedClientDataIsRefused) {
  Registered passkey;
  const Tweak forgeries[] = {
      [](Ceremony& c) { c.client["origin"] = "https://vitrine.example.evil.example:8443"; },
      [](Ceremony& c) { c.client["origin"] = "https://vitrine.example"; },
      [](Ceremony& c) { c.client["origin"] = "http://vitrine.example:8443"; },
      [](Ceremony& c) { c.client.erase("origin"); },
      [](Ceremony& c) { c.client["challenge"] = "YW5vdGhlci1jaGFsbGVuZ2U"; },
      [](Ceremony& c) { c.client["challenge"] = ""; },
      [](Ceremony& c) { c.client["type"] = "webauthn.create"; },
      [](Ceremony& c) { c.client["type"] = "payment.get"; },
      [](Ceremony& c) { c.client["crossOrigin"] = true; },
      [](Ceremony& c) { c.client["topOrigin"] = "https://evil.example"; },
      [](Ceremony& c) { c.client = Json::array(); },
  };
  for (const Tweak& forgery : forgeries) EXPECT_FALSE(passkey.sign_in(forgery).ok());
  EXPECT_EQ(code_of(passkey.sign_in(forgeries[0])), ErrorCode::kForbidden);
  EXPECT_TRUE(passkey.sign_in().ok()) << "and the same without a forgery holds";
}

TEST(WebauthnTest, ForgedAuthenticatorDataIsRefused) {
  Registered passkey;
  EXPECT_FALSE(passkey.sign_in([](Ceremony& c) { c.rp_id = "evil.example"; }).ok());
  EXPECT_FALSE(passkey.sign_in([](Ceremony& c) { c.flags = 0x04; }).ok()) << "nobody touched it";
  EXPECT_FALSE(passkey.sign_in([](Ceremony& c) { c.flags = 0x01; }).ok()) << "its user was not verified";
  EXPECT_TRUE(passkey.sign_in([](Ceremony& c) { c.flags = 0x01; }, false).ok()) << "enough after a password";
  EXPECT_FALSE(passkey.sign_in([](Ceremony& c) { c.trailing = "x"; }).ok());
  EXPECT_FALSE(passkey.sign_in([](Ceremony& c) { c.flags |= 0x40; }).ok()) << "a credential is announced, none follows";
  EXPECT_FALSE(passkey.sign_in([](Ceremony& c) { c.flags |= 0x80; }).ok()) << "extensions are announced, none follow";
}

TEST(WebauthnTest, AnotherKeysSignatureIsRefused) {
  Registered passkey;
  Registered other;
  EXPECT_FALSE(
      verify_assertion(kParty, kChallenge, passkey.known, other.authenticator.get(kParty, kChallenge), true).ok());
  AssertionAnswer altered = passkey.authenticator.get(kParty, kChallenge);
  altered.client_data.back() = ' ';
  altered.client_data.push_back('}');
  EXPECT_EQ(code_of(verify_assertion(kParty, kChallenge, passkey.known, altered, true)), ErrorCode::kForbidden);
  altered = passkey.authenticator.get(kParty, kChallenge);
  altered.authenticator_data[33] ^= 1;
  EXPECT_FALSE(verify_assertion(kParty, kChallenge, passkey.known, altered, true).ok());
  altered = passkey.authenticator.get(kParty, kChallenge);
  altered.signature.clear();
  EXPECT_FALSE(verify_assertion(kParty, kChallenge, passkey.known, altered, true).ok());
}

TEST(WebauthnTest, ACounterThatDoesNotRiseShowsACopy) {
  Registered passkey;
  passkey.known.sign_count = 10;
  const auto at = [&](uint32_t count) { return passkey.sign_in([=](Ceremony& c) { c.sign_count = count; }); };
  EXPECT_FALSE(at(9).ok());
  EXPECT_FALSE(at(10).ok());
  EXPECT_FALSE(at(0).ok());
  EXPECT_EQ(at(11).value(), 11U);
  passkey.known.sign_count = 0;
  EXPECT_EQ(at(0).value(), 0U) << "an authenticator that never counts";
}

TEST(WebauthnTest, RegistrationNeedsAVerifiedUserAndTheRightPlace) {
  SoftAuthenticator authenticator;
  const auto refused = [&](const Tweak& tweak) {
    return !verify_registration(kParty, kChallenge, authenticator.create(kParty, kChallenge, tweak)).ok();
  };
  EXPECT_TRUE(refused([](Ceremony& c) { c.flags = 0x01; }));
  EXPECT_TRUE(refused([](Ceremony& c) { c.rp_id = "example"; }));
  EXPECT_TRUE(refused([](Ceremony& c) { c.client["type"] = "webauthn.get"; }));
  EXPECT_TRUE(refused([](Ceremony& c) { c.client["origin"] = "https://evil.example"; }));
  EXPECT_TRUE(refused([](Ceremony& c) { c.client["challenge"] = "b3RoZXI"; }));
  EXPECT_TRUE(refused([](Ceremony& c) { c.format = "android-safetynet"; }));
  EXPECT_TRUE(refused([](Ceremony& c) { c.trailing = "more"; }));
  EXPECT_FALSE(refused({}));
}

TEST(WebauthnTest, SelfAttestationIsCheckedWhereItComes) {
  SoftAuthenticator authenticator;
  RegistrationAnswer answer = authenticator.create(kParty, kChallenge, [](Ceremony& c) { c.format = "packed"; });
  EXPECT_TRUE(verify_registration(kParty, kChallenge, answer).ok());
  answer.client_data.back() = ' ';
  answer.client_data.push_back('}');
  EXPECT_FALSE(verify_registration(kParty, kChallenge, answer).ok());
}

TEST(WebauthnTest, EveryCutAndEveryChangedByteIsAnsweredWithoutHarm) {
  SoftAuthenticator authenticator;
  const RegistrationAnswer whole = authenticator.create(kParty, kChallenge);
  for (size_t size = 0; size < whole.attestation_object.size(); ++size) {
    RegistrationAnswer cut = whole;
    cut.attestation_object.resize(size);
    EXPECT_FALSE(verify_registration(kParty, kChallenge, cut).ok()) << size;
  }
  size_t refused = 0;
  for (size_t at = 0; at < whole.attestation_object.size(); ++at) {
    RegistrationAnswer changed = whole;
    changed.attestation_object[at] ^= 0x41;
    if (!verify_registration(kParty, kChallenge, changed).ok()) ++refused;
  }
  // What may differ without a signature over it: the maker's number, the counter, the credential's id.
  EXPECT_GE(refused, whole.attestation_object.size() - 16 - 4 - 32);
}

TEST(WebauthnTest, ClaimsOfHugeCborAreRefusedAtOnce) {
  SoftAuthenticator authenticator;
  RegistrationAnswer answer = authenticator.create(kParty, kChallenge);
  const std::string huge[] = {std::string("\xbb\x7f\xff\xff\xff\xff\xff\xff\xff", 9),
                              std::string("\xa1\x63") + "fmt\x7a\xff\xff\xff\xff", std::string(20'000, '\x81'),
                              std::string("\xbf\x63") + "fmt", std::string("\xa1\xc0\x01", 3)};
  for (const std::string& bytes : huge) {
    answer.attestation_object = to_bytes(bytes);
    EXPECT_FALSE(verify_registration(kParty, kChallenge, answer).ok());
  }
}

TEST(WebauthnTest, KeysOfOtherKindsAreRefused) {
  const auto read = [](const std::string& bytes) {
    const Bytes held = to_bytes(bytes);
    CborReader reader(held);
    const auto key = read_cose_key(reader);
    return key.ok() ? ErrorCode::kInternal : key.error().code;
  };
  const auto ec = [](int64_t algorithm, int64_t curve, const std::string& x, const std::string& y) {
    return cbor_head(5, 5) + cbor_int(1) + cbor_int(2) + cbor_int(3) + cbor_int(algorithm) + cbor_int(-1) +
           cbor_int(curve) + cbor_int(-2) + cbor_bytes(x) + cbor_int(-3) + cbor_bytes(y);
  };
  const std::string one = std::string(31, '\0') + "\x01";
  EXPECT_EQ(read(ec(-7, 1, one, one)), ErrorCode::kMalformed) << "not on the curve";
  EXPECT_EQ(read(ec(-7, 2, one, one)), ErrorCode::kUnsupported);
  EXPECT_EQ(read(ec(-35, 1, one, one)), ErrorCode::kUnsupported);
  EXPECT_EQ(read(ec(-257, 1, one, one)), ErrorCode::kUnsupported) << "an EC key that claims to be RSA";
  EXPECT_EQ(read(ec(-7, 1, "", "")), ErrorCode::kMalformed);
  const std::string short_rsa = cbor_head(5, 4) + cbor_int(1) + cbor_int(3) + cbor_int(3) + cbor_int(-257) +
                                cbor_int(-1) + cbor_bytes(std::string(128, '\xff')) + cbor_int(-2) +
                                cbor_bytes(std::string("\x01\x00\x01", 3));
  EXPECT_EQ(read(short_rsa), ErrorCode::kUnsupported);
}

TEST(RelyingPartyTest, PasskeysNeedAName) {
  EXPECT_EQ(relying_party_of("https://Vitrine.Example:8443").value().origin, "https://vitrine.example:8443");
  EXPECT_EQ(relying_party_of("https://vitrine.example:443/").value().origin, "https://vitrine.example");
  EXPECT_EQ(relying_party_of("https://vitrine.example").value().id, "vitrine.example");
  for (const char* here : {"https://127.0.0.1:8443", "https://[::1]:8443", "https://localhost:8443"}) {
    EXPECT_EQ(relying_party_of(here).value().origin, "https://localhost:8443") << here;
  }
  for (const char* address : {"https://192.168.1.7:8443", "https://[2001:db8::1]:8443", "http://vitrine.example", ""}) {
    EXPECT_FALSE(relying_party_of(address).ok()) << address;
  }
}

}  // namespace
}  // namespace vitrine::broker
