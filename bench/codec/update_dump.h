// The updates of a replay as a file, for the benchmark of the decoder in a browser. Little-endian words:
//
//   screen   'S' as u32, width u32, height u32, length of the name u32, the file's name
//   update   'U' as u32, changed pixels u32, hash of the whole picture afterwards u32, length u32, body
//
// Updates belong to the screen before them, which starts black.
#pragma once

#include <fstream>
#include <span>
#include <string>

#include "codec/dec_decoder.h"
#include "protocol/base/result.h"

namespace vitrine::codec {

class UpdateDump {
 public:
  // Makes or empties the file. Errors: io.
  static Result<UpdateDump> create(const std::string& path);

  void screen(const std::string& name, Size size);
  // `decoder` has just applied `body`, which is not empty.
  void update(std::span<const uint8_t> body, int64_t changed_pixels, const Decoder& decoder);
  // Whether everything was written. Errors: io.
  Result<void> close();

 private:
  explicit UpdateDump(std::string path);
  void words(std::initializer_list<uint32_t> values);

  std::string path_;
  std::ofstream out_;
};

// All tile hashes as one, in the order of the tiles.
[[nodiscard]] uint32_t picture_hash(const Decoder& decoder);

}  // namespace vitrine::codec
