// Second factors without a page: codes, seals, and what the store keeps of them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <set>

#include "broker/identity/browser_name.h"
#include "broker/identity/challenges.h"
#include "broker/identity/passkeys.h"
#include "broker/identity/qr_code.h"
#include "broker/identity/second_factors.h"
#include "broker/identity/totp.h"
#include "broker/identity/web_sessions.h"
#include "broker/provision/files.h"
#include "tests/unit/broker/fixture.h"

namespace vitrine::broker {
namespace {

const std::string kRfcSecret = "12345678901234567890";

TEST(TotpTest, GivesTheCodesOfRfc4226) {
  const char* codes[] = {"755224", "287082", "359152", "969429", "338314",
                         "254676", "287922", "162583", "399871", "520489"};
  for (int64_t counter = 0; counter < 10; ++counter) EXPECT_EQ(hotp_code(kRfcSecret, counter), codes[counter]);
}

TEST(TotpTest, GivesTheCodesOfRfc6238) {
  const std::pair<int64_t, const char*> vectors[] = {{59, "94287082"},         {1111111109, "07081804"},
                                                     {1111111111, "14050471"}, {1234567890, "89005924"},
                                                     {2000000000, "69279037"}, {20000000000, "65353130"}};
  for (const auto& [time_s, code] : vectors) EXPECT_EQ(hotp_code(kRfcSecret, time_s / kTotpStepS, 8), code) << time_s;
}

TEST(TotpTest, ACodeCountsInItsWindowAndNeverAgain) {
  const int64_t now = 1111111111;
  const int64_t step = now / kTotpStepS;
  for (const int64_t near : {step - 1, step, step + 1}) {
    EXPECT_EQ(matching_totp_step(kRfcSecret, hotp_code(kRfcSecret, near), now, 0), near);
  }
  for (const int64_t far : {step - 2, step + 2}) {
    EXPECT_FALSE(matching_totp_step(kRfcSecret, hotp_code(kRfcSecret, far), now, 0).has_value());
  }
  EXPECT_FALSE(matching_totp_step(kRfcSecret, hotp_code(kRfcSecret, step), now, step).has_value());
  EXPECT_FALSE(matching_totp_step(kRfcSecret, hotp_code(kRfcSecret, step - 1), now, step).has_value())
      << "an older one than the last";
  for (const char* wrong : {"", "0", "12345", "1234567", "abcdef"}) {
    EXPECT_FALSE(matching_totp_step(kRfcSecret, wrong, now, 0).has_value()) << wrong;
  }
}

TEST(TotpTest, AppsAreToldInTheirOwnWords) {
  EXPECT_EQ(base32_encode(kRfcSecret), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
  EXPECT_EQ(base32_encode("f"), "MY");
  EXPECT_EQ(base32_encode("foob"), "MZXW6YQ");
  EXPECT_EQ(totp_uri("Vitrine", "ada@example.org", kRfcSecret),
            "otpauth://totp/Vitrine:ada%40example.org?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Vitrine");
  const QrCode code = qr_code(totp_uri("Vitrine", "ada", kRfcSecret)).value();
  EXPECT_GE(code.modules, 29);
  EXPECT_TRUE(code.path.starts_with("M0 0h7v1H0z")) << "the finder pattern of the corner";
  EXPECT_FALSE(qr_code(std::string(5000, 'a')).ok());
}

TEST(SealerTest, OpensUnderItsKeyAndItsWordsOnly) {
  const Sealer sealer(random_bytes(32));
  const std::string sealed = sealer.seal("a secret", "totp:ada");
  EXPECT_EQ(sealer.unseal(sealed, "totp:ada").value(), "a secret");
  EXPECT_NE(sealed, sealer.seal("a secret", "totp:ada")) << "the nonce is not random";
  EXPECT_EQ(sealed.find("secret"), std::string::npos);
  EXPECT_FALSE(sealer.unseal(sealed, "totp:eve").ok()) << "moved to another user's row";
  EXPECT_FALSE(Sealer(random_bytes(32)).unseal(sealed, "totp:ada").ok());
  for (size_t at = 0; at < sealed.size(); ++at) {
    std::string altered = sealed;
    altered[at] = altered[at] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(sealer.unseal(altered, "totp:ada").ok()) << at;
  }
  for (const char* broken : {"", "1.", "1.AAAA", "2.AAAA", "no"}) EXPECT_FALSE(sealer.unseal(broken, "x").ok());
  EXPECT_EQ(sealer.unseal(sealer.seal("", "x"), "x").value(), "");
}

TEST(SealerTest, TheKeyFileIsMadeOnceAndForItsOwnerOnly) {
  const TemporaryFolder folder;
  const std::string path = folder.path + "/store.key";
  const std::string sealed = Sealer::open(path).value().seal("kept", "x");
  struct stat status {};
  ASSERT_EQ(::stat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600U);
  EXPECT_EQ(Sealer::open(path).value().unseal(sealed, "x").value(), "kept");
  ASSERT_TRUE(write_file(path, "short\n", 0600).ok());
  EXPECT_EQ(Sealer::open(path).error().code, ErrorCode::kMalformed) << "never replaced by a new key";
}

class FactorStoreTest : public testing::Test {
 protected:
  TestStore store_;
  User ada_ = store_.add_user("ada", "correct horse battery");
  Sealer sealer_{random_bytes(32)};
};

TEST_F(FactorStoreTest, ACodeIsUsedUpAndItsSecretIsNotReadable) {
  const auto connection = store_.lease();
  ASSERT_TRUE(set_totp(*connection, sealer_, ada_.id, kRfcSecret, 0, 1).ok());
  const std::string kept = connection->run("SELECT secret FROM totp_secrets", {}).value().rows[0].text(0);
  EXPECT_EQ(kept.find(kRfcSecret), std::string::npos);
  EXPECT_EQ(kept.find(base32_encode(kRfcSecret)), std::string::npos);
  const int64_t now = 1111111111;
  const std::string code = hotp_code(kRfcSecret, now / kTotpStepS);
  EXPECT_TRUE(use_totp_code(*connection, sealer_, ada_.id, code, now).value());
  EXPECT_FALSE(use_totp_code(*connection, sealer_, ada_.id, code, now).value());
  EXPECT_FALSE(use_totp_code(*connection, sealer_, "nobody", code, now).value());
}

TEST_F(FactorStoreTest, RecoveryCodesAreUsedOnceAndKeptAsFingerprints) {
  const auto connection = store_.lease();
  const auto codes = make_recovery_codes(*connection, sealer_, ada_.id).value();
  EXPECT_EQ(std::set(codes.begin(), codes.end()).size(), static_cast<size_t>(kRecoveryCodes));
  const SqlResult kept = connection->run("SELECT code_hash FROM recovery_codes", {}).take();
  for (const SqlRow& row : kept.rows) {
    EXPECT_THAT(codes, testing::Not(testing::Contains(row.text(0))));
    EXPECT_EQ(row.text(0).size(), 43U);
  }
  std::string typed = codes[3];
  for (char& c : typed) c = c == '-' ? ' ' : static_cast<char>(std::toupper(c));
  EXPECT_TRUE(use_recovery_code(*connection, sealer_, ada_.id, typed).value());
  EXPECT_FALSE(use_recovery_code(*connection, sealer_, ada_.id, codes[3]).value());
  EXPECT_FALSE(use_recovery_code(*connection, sealer_, "eve", codes[4]).value());
  EXPECT_FALSE(use_recovery_code(*connection, Sealer(random_bytes(32)), ada_.id, codes[4]).value());
  const auto newer = make_recovery_codes(*connection, sealer_, ada_.id).value();
  EXPECT_FALSE(use_recovery_code(*connection, sealer_, ada_.id, codes[5]).value()) << "new ones replace the old";
  EXPECT_TRUE(use_recovery_code(*connection, sealer_, ada_.id, newer[5]).value());
}

TEST_F(FactorStoreTest, GuessingCodesIsSlowedDownAcrossRestarts) {
  // A connection of its own each time: nothing of it is in memory.
  int64_t now = 1000;
  const auto attempt = [&] { return begin_code_attempt(*store_.lease(), ada_.id, now).value(); };
  for (int i = 0; i < 5; ++i) EXPECT_EQ(attempt(), 0) << "a person who mistypes";
  std::vector<int64_t> waits;
  for (int i = 0; i < 14; ++i) {
    waits.push_back(attempt());
    now += waits.back();
    EXPECT_EQ(attempt(), 0) << "after the wait";
  }
  EXPECT_THAT(waits, testing::ElementsAre(1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 3600, 3600));
  ASSERT_TRUE(code_was_right(*store_.lease(), ada_.id).ok());
  EXPECT_EQ(attempt(), 0);
}

TEST_F(FactorStoreTest, ASecondFactorIsRequiredOfUsersAndOfGroups) {
  const auto connection = store_.lease();
  const User eve = store_.add_user("eve", "another long password");
  ASSERT_TRUE(add_group(*connection, "everyone", true, 1).ok());
  ASSERT_TRUE(add_group(*connection, "staff", false, 1).ok());
  ASSERT_TRUE(add_member(*connection, "staff", eve).ok());
  const auto required = [&](const User& user) { return factors_of(*connection, user).value().required; };
  EXPECT_FALSE(required(ada_));
  ASSERT_TRUE(require_second_factor(*connection, true, "staff", true).ok());
  EXPECT_FALSE(required(ada_));
  EXPECT_TRUE(required(eve));
  ASSERT_TRUE(require_second_factor(*connection, false, "ada", true).ok());
  EXPECT_TRUE(required(ada_));
  ASSERT_TRUE(require_second_factor(*connection, false, "ada", false).ok());
  ASSERT_TRUE(require_second_factor(*connection, true, "everyone", true).ok());
  EXPECT_TRUE(required(ada_));
  EXPECT_EQ(second_factor_required_for(*connection).value().size(), 2U);
  EXPECT_EQ(require_second_factor(*connection, true, "nobody", true).error().code, ErrorCode::kNotFound);
}

TEST_F(FactorStoreTest, AChallengeIsBoundSingleAndShort) {
  const auto connection = store_.lease();
  const Challenge asked{
      .purpose = "step-up", .bound_to = "browser", .user_id = ada_.id, .provider = "local", .address = "::1"};
  const auto attempt = [&](const std::string& token, const char* purpose, const char* browser, int64_t now) {
    return attempt_challenge(*connection, token, purpose, browser, now);
  };
  const std::string token = open_challenge(*connection, asked, 100).value();
  EXPECT_FALSE(attempt(token, "step-up", "another browser", 101).ok());
  EXPECT_FALSE(attempt(token, "step-up", "", 101).ok());
  EXPECT_FALSE(attempt(token, "second step", "browser", 101).ok()) << "for another purpose";
  EXPECT_FALSE(attempt("", "step-up", "browser", 101).ok());
  EXPECT_FALSE(attempt(token, "step-up", "browser", 100 + kChallengeLifetimeS).ok());
  EXPECT_EQ(attempt(token, "step-up", "browser", 101).value().user_id, ada_.id);
  ASSERT_TRUE(use_up_challenge(*connection, token).ok());
  EXPECT_FALSE(use_up_challenge(*connection, token).ok()) << "the second of two right answers";
  EXPECT_FALSE(attempt(token, "step-up", "browser", 102).ok());
  const std::string guessed = open_challenge(*connection, asked, 100).value();
  for (int64_t i = 0; i < kChallengeAttempts; ++i) EXPECT_TRUE(attempt(guessed, "step-up", "browser", 101).ok());
  EXPECT_EQ(attempt(guessed, "step-up", "browser", 101).error().code, ErrorCode::kConflict);
}

TEST_F(FactorStoreTest, OneAddressCannotFillTheTableOfChallenges) {
  const auto connection = store_.lease();
  Challenge asked{.purpose = "passkey sign-in", .bound_to = "b", .user_id = "", .provider = "", .address = "10.0.0.1"};
  for (int64_t i = 0; i < kMaxChallengesOfAddress; ++i) ASSERT_TRUE(open_challenge(*connection, asked, 100).ok());
  EXPECT_EQ(open_challenge(*connection, asked, 101).error().code, ErrorCode::kExhausted);
  asked.purpose = "second step";
  EXPECT_TRUE(open_challenge(*connection, asked, 101).ok()) << "who gave a password is not kept out";
  asked.purpose = "passkey sign-in";
  asked.address = "10.0.0.2";
  EXPECT_TRUE(open_challenge(*connection, asked, 101).ok());
  asked.address = "10.0.0.1";
  EXPECT_TRUE(open_challenge(*connection, asked, 100 + kChallengeLifetimeS).ok()) << "time frees them";
}

TEST_F(FactorStoreTest, PasskeysAreNamedCountedAndTheirUsersOwn) {
  const auto connection = store_.lease();
  Passkey passkey{.id = "Y3JlZA",
                  .user_id = ada_.id,
                  .name = "Phone",
                  .known = {.public_key = {1, 2, 255}, .sign_count = 4000000000U},
                  .created_s = 5,
                  .used_s = 0};
  ASSERT_TRUE(add_passkey(*connection, passkey).ok());
  EXPECT_EQ(add_passkey(*connection, passkey).error().code, ErrorCode::kConflict);
  const Passkey found = find_passkey(*connection, "Y3JlZA").value().value();
  EXPECT_EQ(found.known.public_key, passkey.known.public_key);
  EXPECT_EQ(found.known.sign_count, 4000000000U);
  EXPECT_TRUE(passkey_was_used(*connection, found, 4000000001U, 9).ok());
  EXPECT_EQ(passkey_was_used(*connection, found, 4000000001U, 9).error().code, ErrorCode::kConflict)
      << "two answers with one count";
  EXPECT_EQ(rename_passkey(*connection, "eve", "Y3JlZA", "Mine").error().code, ErrorCode::kNotFound);
  EXPECT_EQ(remove_passkey(*connection, "eve", "Y3JlZA").error().code, ErrorCode::kNotFound);
  EXPECT_EQ(rename_passkey(*connection, ada_.id, "Y3JlZA", "").error().code, ErrorCode::kInvalidArgument);
  EXPECT_TRUE(rename_passkey(*connection, ada_.id, "Y3JlZA", "Schlüssel").ok());
  EXPECT_EQ(passkeys_of(*connection, ada_.id).value().at(0).name, "Schlüssel");
  for (int64_t i = 1; i < kMaxPasskeys; ++i) {
    passkey.id = "id" + std::to_string(i);
    ASSERT_TRUE(add_passkey(*connection, passkey).ok());
  }
  passkey.id = "one-too-many";
  EXPECT_EQ(add_passkey(*connection, passkey).error().code, ErrorCode::kConflict);
  ASSERT_TRUE(remove_user(*connection, ada_).ok());
  EXPECT_FALSE(find_passkey(*connection, "Y3JlZA").value().has_value()) << "they go with their user";
}

TEST_F(FactorStoreTest, RotationLeavesTheOldTokenWorthless) {
  const auto connection = store_.lease();
  const std::string token = open_web_session(*connection, ada_.id, "", {}, 100).value();
  const WebSession before = find_web_session(*connection, token, 101).value().value();
  EXPECT_FALSE(fresh_second_factor(before, 101, 900));
  const std::string next = rotate_web_session(*connection, before, true, 200).value();
  EXPECT_FALSE(find_web_session(*connection, token, 201).value().has_value());
  const WebSession after = find_web_session(*connection, next, 201).value().value();
  EXPECT_EQ(after.id, before.id);
  EXPECT_EQ(after.created_s, 100) << "a day in all, however often it is rotated";
  EXPECT_TRUE(fresh_second_factor(after, 1100, 900));
  EXPECT_FALSE(fresh_second_factor(after, 1101, 900));
  EXPECT_EQ(rotate_web_session(*connection, before, true, 202).error().code, ErrorCode::kUnauthenticated);
  const std::string third = rotate_web_session(*connection, after, false, 300).value();
  EXPECT_EQ(find_web_session(*connection, third, 301).value()->proof.second_factor_s, 200);
  EXPECT_EQ(find_web_session(*connection, third, 301).value()->proved_s, 300);
}

TEST(BrowserNameTest, BrowsersAreCalledByTheirNames) {
  EXPECT_EQ(
      browser_name("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Safari/537.36"),
      "Chrome on Linux");
  EXPECT_EQ(
      browser_name("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/130.0 Safari/537.36 Edg/130.0"),
      "Edge on Windows");
  EXPECT_EQ(browser_name("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1 Version/17.5 Safari/605.1"),
            "Safari on macOS");
  EXPECT_EQ(
      browser_name(
          "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1 Version/17.5 Mobile Safari/604.1"),
      "Safari on iPhone");
  EXPECT_EQ(browser_name("Mozilla/5.0 (Android 14; Mobile; rv:130.0) Gecko/130.0 Firefox/130.0"), "Firefox on Android");
  EXPECT_EQ(browser_name(""), "A browser");
}

}  // namespace
}  // namespace vitrine::broker
