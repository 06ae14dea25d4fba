#include "bench/codec/peers/picture_coder.h"

#include <array>
#include <cstring>

namespace vitrine::codec {
namespace {

// What stands before each rectangle's file: x, y, width, height and length, as much as VNC spends.
struct Header {
  uint16_t x, y, width, height;
  uint32_t length;
};

class PictureCoder : public FrameCoder {
 public:
  explicit PictureCoder(const PictureCoding& coding) : coding_(coding) {}

  Result<int64_t> encode(const Picture& frame, std::span<const Rect> changed, std::vector<uint8_t>& body) override {
    int64_t pixels = 0;
    for (const Rect& area : changed) {
      file_.clear();
      TRY(coding_.encode({frame.row(area.y) + area.x, area.width, area.height, frame.width()}, file_));
      const Header header{static_cast<uint16_t>(area.x), static_cast<uint16_t>(area.y),
                          static_cast<uint16_t>(area.width), static_cast<uint16_t>(area.height),
                          static_cast<uint32_t>(file_.size())};
      std::array<uint8_t, sizeof header> bytes;
      std::memcpy(bytes.data(), &header, sizeof header);
      body.insert(body.end(), bytes.begin(), bytes.end());
      body.insert(body.end(), file_.begin(), file_.end());
      pixels += area.area();
    }
    return pixels;
  }

  Result<void> decode(std::span<const uint8_t> body, Picture& shown) override {
    while (!body.empty()) {
      Header header;
      if (body.size() < sizeof header) return Error{ErrorCode::kMalformed, "a rectangle without its header"};
      std::memcpy(&header, body.data(), sizeof header);
      body = body.subspan(sizeof header);
      const Rect area{header.x, header.y, header.width, header.height};
      if (header.length > body.size() || intersect(area, shown.bounds()) != area) {
        return Error{ErrorCode::kMalformed, "a rectangle that ends outside of the update or the picture"};
      }
      Picture picture({area.width, area.height});
      TRY(coding_.decode(body.first(header.length), picture));
      for (int y = 0; y < area.height; ++y) {
        std::memcpy(shown.row(area.y + y) + area.x, picture.row(y), static_cast<size_t>(area.width) * 4);
      }
      body = body.subspan(header.length);
    }
    return {};
  }

 private:
  PictureCoding coding_;
  std::vector<uint8_t> file_;
};

}  // namespace

std::unique_ptr<FrameCoder> make_picture_coder(const PictureCoding& coding) {
  return std::make_unique<PictureCoder>(coding);
}

}  // namespace vitrine::codec
