#include "gateway/certificate.h"

#include <fcntl.h>
#include <openssl/bn.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <memory>

namespace vitrine {
namespace {

// The longest that browsers accept of a certificate; ours is renewed before.
constexpr long kLifetimeSeconds = 397L * 24 * 3600;
constexpr long kRenewBeforeSeconds = 7L * 24 * 3600;

template <auto Free>
struct FreeWith {
  template <class T>
  void operator()(T* object) const {
    Free(object);
  }
};
using X509Ptr = std::unique_ptr<X509, FreeWith<X509_free>>;
using KeyPtr = std::unique_ptr<EVP_PKEY, FreeWith<EVP_PKEY_free>>;
using BioPtr = std::unique_ptr<BIO, FreeWith<BIO_free_all>>;

Error crypto_error(const std::string& what) {
  ERR_clear_error();
  return {ErrorCode::kInternal, "OpenSSL could not " + what + "."};
}

Error file_error(const std::string& what, const std::filesystem::path& path, int error) {
  return {ErrorCode::kIo, "Cannot " + what + " " + path.string() + ": " + std::strerror(error) + "."};
}

bool is_address(const std::string& name) {
  ASN1_OCTET_STRING* address = a2i_IPADDRESS(name.c_str());
  ERR_clear_error();
  ASN1_OCTET_STRING_free(address);
  return address != nullptr;
}

X509Ptr read_certificate(const std::string& file) {
  const BioPtr bio(BIO_new_file(file.c_str(), "r"));
  X509Ptr certificate(bio ? PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr) : nullptr);
  ERR_clear_error();
  return certificate;
}

bool covers(X509* certificate, const std::vector<std::string>& names) {
  for (const std::string& name : names) {
    const int match = is_address(name) ? X509_check_ip_asc(certificate, name.c_str(), 0)
                                       : X509_check_host(certificate, name.c_str(), name.size(), 0, nullptr);
    if (match != 1) return false;
  }
  return true;
}

bool still_good(const CertificateFiles& files, const std::vector<std::string>& names) {
  const X509Ptr certificate = read_certificate(files.certificate);
  const BioPtr bio(BIO_new_file(files.private_key.c_str(), "r"));
  const KeyPtr key(bio ? PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, nullptr) : nullptr);
  const bool matches = certificate && key && X509_check_private_key(certificate.get(), key.get()) == 1;
  ERR_clear_error();
  if (!matches) return false;
  std::time_t renew_at = std::time(nullptr) + kRenewBeforeSeconds;
  return X509_cmp_time(X509_get0_notAfter(certificate.get()), &renew_at) > 0 && covers(certificate.get(), names);
}

bool add_extension(X509* certificate, int kind, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str());
  const bool added = extension != nullptr && X509_add_ext(certificate, extension, -1) == 1;
  X509_EXTENSION_free(extension);
  return added;
}

Result<X509Ptr> self_sign(EVP_PKEY* key, const std::vector<std::string>& names) {
  X509Ptr certificate(X509_new());
  if (!certificate) return crypto_error("make a certificate");
  std::array<unsigned char, 16> serial{};
  if (RAND_bytes(serial.data(), serial.size()) != 1) return crypto_error("make a serial number");
  serial[0] &= 0x7f;  // a serial number is positive (RFC 5280, 4.1.2.2)
  BIGNUM* number = BN_bin2bn(serial.data(), serial.size(), nullptr);
  BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate.get()));
  BN_free(number);
  std::string alternatives;
  for (const std::string& name : names) {
    if (!alternatives.empty()) alternatives += ',';
    alternatives += (is_address(name) ? "IP:" : "DNS:") + name;
  }
  X509* const raw = certificate.get();
  X509_NAME* const subject = X509_get_subject_name(raw);
  const auto* const common_name = reinterpret_cast<const unsigned char*>("Vitrine (self-signed)");
  const bool made =
      X509_set_version(raw, X509_VERSION_3) == 1 &&
      // An hour back, for machines whose clocks differ a little.
      X509_gmtime_adj(X509_getm_notBefore(raw), -3600) != nullptr &&
      X509_gmtime_adj(X509_getm_notAfter(raw), kLifetimeSeconds - 3600) != nullptr && X509_set_pubkey(raw, key) == 1 &&
      X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, common_name, -1, -1, 0) == 1 &&
      X509_set_issuer_name(raw, subject) == 1 && add_extension(raw, NID_basic_constraints, "critical,CA:FALSE") &&
      add_extension(raw, NID_key_usage, "critical,digitalSignature") &&
      add_extension(raw, NID_ext_key_usage, "serverAuth") && add_extension(raw, NID_subject_alt_name, alternatives) &&
      X509_sign(raw, key, EVP_sha256()) > 0;
  if (!made) return crypto_error("make a certificate");
  return certificate;
}

// Written beside and renamed, so that a reader sees the old or the new file, whole.
Result<void> replace_file(const std::filesystem::path& path, const std::string& text, mode_t mode) {
  const std::string fresh = path.string() + ".new";
  ::unlink(fresh.c_str());
  const int file = ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
  if (file < 0) return file_error("write", path, errno);
  const bool written = ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  const int write_error = written ? 0 : (errno != 0 ? errno : ENOSPC);
  const bool synced = ::fsync(file) == 0;
  ::close(file);
  if (!written || !synced || ::rename(fresh.c_str(), path.c_str()) != 0) {
    const int error = written ? errno : write_error;
    ::unlink(fresh.c_str());
    return file_error("write", path, error);
  }
  return {};
}

std::string text_of(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return {data, static_cast<size_t>(size)};
}

}  // namespace

Result<CertificateFiles> ensure_self_signed(const std::filesystem::path& folder,
                                            const std::vector<std::string>& names) {
  const CertificateFiles files{folder / "cert.pem", folder / "key.pem"};
  if (still_good(files, names)) return files;
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) return file_error("create", folder, error.value());
  std::filesystem::permissions(folder, std::filesystem::perms::owner_all, error);

  const KeyPtr key(EVP_EC_gen("P-256"));
  if (!key) return crypto_error("make a key");
  const X509Ptr certificate = TRY(self_sign(key.get(), names));
  const BioPtr key_text(BIO_new(BIO_s_mem()));
  const BioPtr certificate_text(BIO_new(BIO_s_mem()));
  if (PEM_write_bio_PKCS8PrivateKey(key_text.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) != 1 ||
      PEM_write_bio_X509(certificate_text.get(), certificate.get()) != 1) {
    return crypto_error("write a certificate");
  }
  TRY(replace_file(files.private_key, text_of(key_text.get()), 0600));
  TRY(replace_file(files.certificate, text_of(certificate_text.get()), 0644));
  return files;
}

std::vector<std::string> names_for_certificate(const std::string& listen_address) {
  std::vector<std::string> names = {"localhost", "127.0.0.1", "::1"};
  const auto add = [&](const std::string& name) {
    if (!name.empty() && std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  };
  std::array<char, 256> host{};
  if (::gethostname(host.data(), host.size() - 1) == 0) {
    const std::string name = host.data();
    // What is no host name would spoil the whole extension.
    const bool plain =
        name.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-") == std::string::npos;
    if (plain) add(name);
  }
  if (listen_address != "0.0.0.0" && listen_address != "::") add(listen_address);
  return names;
}

Result<std::string> certificate_fingerprint(const std::string& file) {
  const X509Ptr certificate = read_certificate(file);
  if (!certificate) return Error{ErrorCode::kMalformed, file + " holds no certificate in PEM form."};
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  if (X509_digest(certificate.get(), EVP_sha256(), digest.data(), &size) != 1)
    return crypto_error("hash a certificate");
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string text;
  for (unsigned i = 0; i < size; ++i) {
    if (i != 0) text += ':';
    text += kDigits[digest[i] >> 4];
    text += kDigits[digest[i] & 15];
  }
  return text;
}

}  // namespace vitrine
