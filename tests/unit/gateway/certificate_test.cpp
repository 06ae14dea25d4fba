#include "gateway/certificate.h"

#include <gtest/gtest.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>

#include <fstream>
#include <iterator>

#include "gateway/tls_context.h"
#include "tests/unit/gateway/gateway_fixture.h"

namespace vitrine {
namespace {

std::string content(const std::string& file) {
  std::ifstream in(file);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

class CertificateTest : public testing::Test {
 protected:
  CertificateFiles ensure(const std::vector<std::string>& names = {"localhost", "127.0.0.1", "::1"}) {
    auto files = ensure_self_signed(folder_.path() / "tls", names);
    EXPECT_TRUE(files.ok()) << files.error().message;
    return files.ok() ? files.take() : CertificateFiles{};
  }
  TemporaryFolder folder_;
};

TEST_F(CertificateTest, CoversItsNamesAndProtectsItsKey) {
  const auto files = ensure();
  EXPECT_TRUE(make_tls_context(files).ok());
  struct stat status {};
  ASSERT_EQ(::stat(files.private_key.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
  std::FILE* file = std::fopen(files.certificate.c_str(), "r");
  X509* certificate = PEM_read_X509(file, nullptr, nullptr, nullptr);
  std::fclose(file);
  ASSERT_NE(certificate, nullptr);
  EXPECT_EQ(X509_check_ip_asc(certificate, "127.0.0.1", 0), 1);
  EXPECT_EQ(X509_check_ip_asc(certificate, "::1", 0), 1);
  EXPECT_EQ(X509_check_host(certificate, "localhost", 0, 0, nullptr), 1);
  EXPECT_EQ(X509_check_host(certificate, "example.org", 0, 0, nullptr), 0);
  X509_free(certificate);
}

TEST_F(CertificateTest, KeepsOneThatIsGood) {
  const auto first = content(ensure().certificate);
  EXPECT_EQ(content(ensure().certificate), first);
}

TEST_F(CertificateTest, MakesANewOneWhenANameOrTheKeyIsMissing) {
  const auto first = content(ensure().certificate);
  const auto second = content(ensure({"localhost", "192.0.2.7"}).certificate);
  EXPECT_NE(first, second);
  std::ofstream(folder_.path() / "tls/key.pem") << "nonsense";
  const auto files = ensure({"localhost", "192.0.2.7"});
  EXPECT_NE(content(files.certificate), second);
  EXPECT_TRUE(make_tls_context(files).ok());
}

TEST_F(CertificateTest, NamesForAnAddress) {
  const auto names = names_for_certificate("192.0.2.7");
  EXPECT_NE(std::find(names.begin(), names.end(), "192.0.2.7"), names.end());
  EXPECT_NE(std::find(names.begin(), names.end(), "localhost"), names.end());
  const auto any = names_for_certificate("0.0.0.0");
  EXPECT_EQ(std::find(any.begin(), any.end(), "0.0.0.0"), any.end());
}

}  // namespace
}  // namespace vitrine
