// The server's TLS settings: version 1.3 only, certificate and key from files.
#pragma once

#include <boost/asio/ssl/context.hpp>
#include <memory>

#include "gateway/certificate.h"

namespace vitrine {

// Errors: io, malformed; the sentence names the file and what is wrong with it.
Result<std::shared_ptr<boost::asio::ssl::context>> make_tls_context(const CertificateFiles& files);

}  // namespace vitrine
