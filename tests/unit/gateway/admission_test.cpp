#include "gateway/admission.h"

#include <gtest/gtest.h>

#include "protocol/wire.h"

namespace vitrine {
namespace {

constexpr uint64_t kNow = 1'800'000'000;
const std::string kOrigin = "https://host:8443";
const std::string kAddress = "192.0.2.7";

class AdmissionTest : public testing::Test {
 protected:
  static Ticket ticket(TicketKind kind) {
    const bool viewer = kind == TicketKind::kViewer;
    return {.kind = kind,
            .desktop = "d1",
            .session = viewer ? "s1" : "",
            .user = "ann",
            .origin = viewer ? kOrigin : "",
            .rights = kMayView | kMayInput,
            .issued_s = kNow - 1,
            .expires_s = kNow + 30};
  }
  Bytes hello(const Ticket& ticket) { return serialize(ViewerHello{.ticket = signer_.sign(ticket).take()}); }
  Refusal refusal(const Bytes& message) {
    auto result = admit_viewer(message, verifier_, {kOrigin, kAddress}, kNow);
    const auto* refused = std::get_if<Refused>(&result);
    EXPECT_NE(refused, nullptr);
    if (refused == nullptr) return Refusal::kLimit;
    EXPECT_FALSE(refused->reason.text.empty());
    EXPECT_NE(refused->reason.code, CloseCode::kNormal);
    return refused->refusal;
  }

  TicketSigner signer_ = TicketSigner::generate().take();
  TicketVerifier verifier_ = TicketVerifier::from_pem(signer_.public_key_pem()).take();
};

TEST_F(AdmissionTest, LetsAGoodTicketIn) {
  auto result = admit_viewer(hello(ticket(TicketKind::kViewer)), verifier_, {kOrigin, kAddress}, kNow);
  ASSERT_TRUE(std::holds_alternative<ViewerAdmission>(result));
  const auto& admission = std::get<ViewerAdmission>(result);
  EXPECT_EQ(admission.ticket.desktop, "d1");
  EXPECT_EQ(admission.version, kProtocolVersion);
}

TEST_F(AdmissionTest, ATicketBoundToAnAddressIsGoodThere) {
  Ticket bound = ticket(TicketKind::kViewer);
  bound.address = kAddress;
  EXPECT_TRUE(
      std::holds_alternative<ViewerAdmission>(admit_viewer(hello(bound), verifier_, {kOrigin, kAddress}, kNow)));
}

TEST_F(AdmissionTest, RefusesWithTheReason) {
  EXPECT_EQ(refusal({}), Refusal::kMalformed);
  EXPECT_EQ(refusal(serialize(ViewerHello{})), Refusal::kMalformed);
  EXPECT_EQ(refusal(serialize(Ping{})), Refusal::kMalformed);

  Ticket expired = ticket(TicketKind::kViewer);
  expired.issued_s = kNow - 60;
  expired.expires_s = kNow;
  EXPECT_EQ(refusal(hello(expired)), Refusal::kExpired);

  Ticket elsewhere = ticket(TicketKind::kViewer);
  elsewhere.origin = "https://evil:8443";
  EXPECT_EQ(refusal(hello(elsewhere)), Refusal::kOrigin);

  Ticket carried_off = ticket(TicketKind::kViewer);
  carried_off.address = "192.0.2.8";
  EXPECT_EQ(refusal(hello(carried_off)), Refusal::kAddress);

  EXPECT_EQ(refusal(hello(ticket(TicketKind::kAgent))), Refusal::kSignature);

  Ticket blind = ticket(TicketKind::kViewer);
  blind.rights = kMayInput;
  EXPECT_EQ(refusal(hello(blind)), Refusal::kRights);

  Bytes forged = signer_.sign(ticket(TicketKind::kViewer)).take();
  forged[forged.size() / 2] ^= 1;
  EXPECT_EQ(refusal(serialize(ViewerHello{.ticket = forged})), Refusal::kSignature);

  const auto stranger = TicketSigner::generate().take();
  EXPECT_EQ(refusal(serialize(ViewerHello{.ticket = stranger.sign(ticket(TicketKind::kViewer)).take()})),
            Refusal::kSignature);
}

TEST_F(AdmissionTest, ChoosesTheHighestCommonVersion) {
  const Bytes good = signer_.sign(ticket(TicketKind::kViewer)).take();
  const auto with_versions = [&](uint32_t oldest, uint32_t newest) {
    return serialize(ViewerHello{.oldest_version = oldest, .newest_version = newest, .ticket = good});
  };
  auto result =
      admit_viewer(with_versions(kProtocolVersion, kProtocolVersion + 7), verifier_, {kOrigin, kAddress}, kNow);
  ASSERT_TRUE(std::holds_alternative<ViewerAdmission>(result));
  EXPECT_EQ(std::get<ViewerAdmission>(result).version, kProtocolVersion);
  EXPECT_EQ(refusal(with_versions(kProtocolVersion + 1, kProtocolVersion + 2)), Refusal::kVersion);
  EXPECT_EQ(refusal(with_versions(0, 0)), Refusal::kVersion);
  EXPECT_EQ(refusal(with_versions(kProtocolVersion, 0)), Refusal::kVersion);
}

TEST_F(AdmissionTest, TakesAnAgentsCredentialOnlyFromAgents) {
  const auto admit = [&](TicketKind kind) {
    return admit_agent(serialize(AgentHello{.credential = signer_.sign(ticket(kind)).take()}), verifier_, kNow);
  };
  EXPECT_TRUE(std::holds_alternative<AgentAdmission>(admit(TicketKind::kAgent)));
  EXPECT_TRUE(std::holds_alternative<Refused>(admit(TicketKind::kViewer)));
}

TEST(SameOriginTest, ComparesSchemeHostAndPort) {
  EXPECT_TRUE(same_origin("https://host:8443", "host:8443"));
  EXPECT_TRUE(same_origin("https://Host", "hosT"));
  EXPECT_TRUE(same_origin("https://host", "host:443"));
  EXPECT_TRUE(same_origin("https://[::1]:8443", "[::1]:8443"));
  EXPECT_FALSE(same_origin("http://host:8443", "host:8443"));
  EXPECT_FALSE(same_origin("https://host", "host:8443"));
  EXPECT_FALSE(same_origin("https://host:8443.evil", "host:8443"));
  EXPECT_FALSE(same_origin("https://evil@host:8443", "host:8443"));
  EXPECT_FALSE(same_origin("null", "host"));
  EXPECT_FALSE(same_origin("", ""));
  EXPECT_FALSE(same_origin("https://", ""));
}

}  // namespace
}  // namespace vitrine
