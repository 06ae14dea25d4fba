// The Quite OK Image format (qoiformat.org, specification version 1.0), three channels: what a fast byte-oriented
// picture coder reaches, for comparison. It has no checksum; bytes that end early or run past the picture are refused.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "codec/picture.h"
#include "protocol/base/result.h"

namespace vitrine::codec {

// Appends the picture as a whole QOI file.
void encode_qoi(const PictureView& picture, std::vector<uint8_t>& out);
// `picture` has the size the file must have. Errors: malformed.
Result<void> decode_qoi(std::span<const uint8_t> file, Picture& picture);

}  // namespace vitrine::codec
