#include "protocol/ticket.h"

#include <gtest/gtest.h>

#include "protocol/wire.h"

namespace vitrine {
namespace {

constexpr uint64_t kNow = 1'790'000'000;

Ticket viewer_ticket() {
  Ticket ticket;
  ticket.desktop = "d-7f";
  ticket.session = "s-12";
  ticket.user = "zoë";
  ticket.origin = "https://desk.example:8443";
  ticket.rights = kMayView | kMayInput;
  ticket.issued_s = kNow;
  ticket.expires_s = kNow + 60;
  return ticket;
}

class TicketTest : public testing::Test {
 protected:
  Result<Ticket> verify(std::span<const uint8_t> presented, uint64_t now_s = kNow,
                        TicketKind kind = TicketKind::kViewer) {
    return verifier.verify(presented, kind, now_s);
  }
  ErrorCode refusal(std::span<const uint8_t> presented, uint64_t now_s = kNow, TicketKind kind = TicketKind::kViewer) {
    const auto result = verify(presented, now_s, kind);
    EXPECT_FALSE(result.ok());
    return result.ok() ? ErrorCode::kInternal : result.error().code;
  }

  TicketSigner signer = TicketSigner::generate().take();
  TicketVerifier verifier = TicketVerifier::from_pem(signer.public_key_pem()).take();
  Bytes bytes = signer.sign(viewer_ticket()).take();
};

TEST_F(TicketTest, ASignedTicketComesBackAsItWas) {
  Ticket ticket = verify(bytes).take();
  EXPECT_EQ(ticket.id.size(), kTicketIdBytes);
  ticket.id.clear();
  EXPECT_EQ(ticket, viewer_ticket());
}

TEST_F(TicketTest, EveryTicketHasAnIdOfItsOwn) {
  EXPECT_NE(verify(bytes).take().id, verify(signer.sign(viewer_ticket()).take()).take().id);
}

TEST_F(TicketTest, KeysSurviveTheirPemForm) {
  const TicketSigner again = TicketSigner::from_pem(signer.private_key_pem()).take();
  EXPECT_TRUE(verify(again.sign(viewer_ticket()).take()).ok());
}

TEST_F(TicketTest, ATicketOfAnotherBrokerIsRefused) {
  const TicketSigner other = TicketSigner::generate().take();
  EXPECT_EQ(refusal(other.sign(viewer_ticket()).take()), ErrorCode::kUnauthenticated);
}

TEST_F(TicketTest, AnyChangedBitIsRefused) {
  for (size_t i = 0; i < bytes.size(); ++i) {
    for (int bit = 0; bit < 8; ++bit) {
      Bytes altered = bytes;
      altered[i] = static_cast<uint8_t>(altered[i] ^ (1 << bit));
      EXPECT_EQ(refusal(altered), ErrorCode::kUnauthenticated) << "byte " << i << " bit " << bit;
    }
  }
}

TEST_F(TicketTest, ACutOrLongerTicketIsRefused) {
  for (size_t size = 0; size < bytes.size(); ++size) EXPECT_FALSE(verify(std::span(bytes).first(size)).ok()) << size;
  Bytes longer = bytes;
  longer.push_back(0);
  EXPECT_EQ(refusal(longer), ErrorCode::kUnauthenticated);
  EXPECT_EQ(refusal(Bytes(kMaxTicket + 1)), ErrorCode::kMalformed);
}

TEST_F(TicketTest, ATicketLastsUntilTheSecondItExpires) {
  EXPECT_TRUE(verify(bytes, kNow + 59).ok());
  EXPECT_EQ(refusal(bytes, kNow + 60), ErrorCode::kTimeout);
  EXPECT_EQ(refusal(bytes, UINT64_MAX), ErrorCode::kTimeout);
}

TEST_F(TicketTest, ATicketFromTheFutureIsRefusedBeyondTheAllowedSkew) {
  EXPECT_TRUE(verify(bytes, kNow - kMaxClockSkewSeconds).ok());
  EXPECT_EQ(refusal(bytes, kNow - kMaxClockSkewSeconds - 1), ErrorCode::kTimeout);
}

TEST_F(TicketTest, AViewersTicketIsNoAgentsCredentialNorTheOtherWay) {
  EXPECT_EQ(refusal(bytes, kNow, TicketKind::kAgent), ErrorCode::kUnauthenticated);
  Ticket credential;
  credential.kind = TicketKind::kAgent;
  credential.desktop = "d-7f";
  credential.issued_s = kNow;
  credential.expires_s = kNow + 365 * 24 * 3600;
  const Bytes agent_bytes = signer.sign(credential).take();
  EXPECT_TRUE(verify(agent_bytes, kNow, TicketKind::kAgent).ok());
  EXPECT_EQ(refusal(agent_bytes), ErrorCode::kUnauthenticated);
}

TEST_F(TicketTest, NoMessageIsTakenForATicketNorATicketForAMessage) {
  EXPECT_FALSE(verify(serialize(ViewerHello{.ticket = bytes})).ok());
  int handled = 0;
  const auto result = dispatch(
      bytes, [](Direction) { return true; }, [&](const auto&) { ++handled; });
  EXPECT_TRUE(result.ok());  // a type nobody knows is skipped
  EXPECT_EQ(handled, 0);
}

TEST_F(TicketTest, WhatCannotBeWrittenIsNotSigned) {
  const auto refused = [&](auto change) {
    Ticket ticket = viewer_ticket();
    change(ticket);
    const auto result = signer.sign(ticket);
    return !result.ok() && result.error().code == ErrorCode::kInvalidArgument;
  };
  EXPECT_TRUE(refused([](Ticket& t) { t.user = std::string(kMaxName + 1, 'x'); }));
  EXPECT_TRUE(refused([](Ticket& t) { t.origin = std::string(kMaxReason + 1, 'x'); }));
  EXPECT_TRUE(refused([](Ticket& t) { t.origin = "https://\xff"; }));
  EXPECT_TRUE(refused([](Ticket& t) { t.id = Bytes(15); }));
  EXPECT_TRUE(refused([](Ticket& t) { t.expires_s = t.issued_s; }));
  EXPECT_TRUE(refused([](Ticket& t) { t.expires_s = t.issued_s + 61; }));
  EXPECT_TRUE(refused([](Ticket& t) { t.issued_s = t.expires_s = UINT64_MAX; }));
}

TEST_F(TicketTest, TheLongestNamesFitATicket) {
  Ticket ticket = viewer_ticket();
  ticket.desktop = ticket.session = ticket.user = std::string(kMaxName, 'x');
  ticket.origin = std::string(kMaxReason, 'x');
  ticket.address = std::string(kMaxName, 'x');
  ticket.rights = ticket.generation = UINT32_MAX;
  EXPECT_TRUE(verify(signer.sign(ticket).take()).ok());
}

TEST_F(TicketTest, AStatementIsSignedByTheSameKeyAndIsNoTicket) {
  const std::string text = "vitrine audit newest 1";
  const Bytes signature = signer.sign_statement(text).take();
  EXPECT_TRUE(verifier.verify_statement(text, signature));
  EXPECT_FALSE(verifier.verify_statement(text + "1", signature));
  EXPECT_FALSE(verifier.verify_statement(text, std::span(signature).first(63)));
  EXPECT_FALSE(verifier.verify_statement(text, {}));
  const std::string payload(bytes.begin(), bytes.end() - 64);
  EXPECT_FALSE(signer.sign_statement(payload).ok()) << "nobody gets a ticket signed as a statement";
  EXPECT_FALSE(signer.sign_statement("").ok());
}

TEST_F(TicketTest, KeysOfOtherKindsAndRubbishAreRefused) {
  EXPECT_FALSE(TicketSigner::from_pem("").ok());
  EXPECT_FALSE(TicketSigner::from_pem(signer.public_key_pem()).ok());
  EXPECT_FALSE(TicketVerifier::from_pem(signer.private_key_pem()).ok());
  const std::string x25519 =
      "-----BEGIN PUBLIC KEY-----\n"
      "MCowBQYDK2VuAyEA3p7bfXt9wbTTW2HC7OQ1Nz+DQ8hbeGdNrfx+FG+IK08=\n"
      "-----END PUBLIC KEY-----\n";
  EXPECT_FALSE(TicketVerifier::from_pem(x25519).ok());
}

TEST(Base64UrlTest, FollowsRfc4648) {
  const std::pair<const char*, const char*> kExamples[] = {{"", ""},        {"f", "Zg"},        {"fo", "Zm8"},
                                                           {"foo", "Zm9v"}, {"foob", "Zm9vYg"}, {"\xfb\xff", "-_8"}};
  for (const auto& [plain, encoded] : kExamples) {
    const std::string_view text = plain;
    const Bytes plain_bytes(text.begin(), text.end());
    EXPECT_EQ(base64url_encode(plain_bytes), encoded);
    EXPECT_EQ(base64url_decode(encoded).take(), plain_bytes);
  }
}

TEST(Base64UrlTest, RefusesEveryOtherSpelling) {
  for (const char* text : {"Zg==", "Z", "Zh", "Zm9", "Zm 8", "Zm8+", "Zm/v", "Zm9v\n"}) {
    EXPECT_FALSE(base64url_decode(text).ok()) << text;
  }
}

}  // namespace
}  // namespace vitrine
