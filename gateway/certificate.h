// The server's certificate: the user's own, or one the program makes and signs itself.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "protocol/base/result.h"

namespace vitrine {

struct CertificateFiles {
  std::string certificate;  // PEM, the server's first, then its chain
  std::string private_key;  // PEM, not encrypted
};

// FOLDER/cert.pem and FOLDER/key.pem (0600): a self-signed ECDSA P-256 certificate for these host names and addresses.
// One that is there is kept unless it ends within a week, or lacks a name. Errors: io.
Result<CertificateFiles> ensure_self_signed(const std::filesystem::path& folder, const std::vector<std::string>& names);

// localhost, the loopback addresses, this machine's name, and the address listened on unless that is all of them.
std::vector<std::string> names_for_certificate(const std::string& listen_address);

// SHA-256 of the first certificate in the file, as "AB:CD:..."; what a browser shows for it.
Result<std::string> certificate_fingerprint(const std::string& file);

}  // namespace vitrine
