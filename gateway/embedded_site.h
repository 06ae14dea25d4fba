// The files of web-client/dist as the build packed them into the program; see cmake/site.cmake.
#pragma once

#include <string_view>
#include <vector>

namespace vitrine {

struct EmbeddedFile {
  std::string_view path;  // "/index.html"
  std::string_view plain;
  std::string_view gzip;  // empty when it would not be smaller
  std::string_view hash;  // SHA-256 of the plain form, hexadecimal
};

// Defined by the generated target vitrine_client_site.
std::vector<EmbeddedFile> embedded_site();

}  // namespace vitrine
