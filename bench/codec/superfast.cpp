#include "bench/codec/superfast.h"

#include <libyuv/convert_argb.h>
#include <x264.h>

#include <algorithm>

namespace vitrine::codec {
namespace {

constexpr int kSuperfastRate = 30;
constexpr int kTimedFactor = 26;

x264_t* open_encoder(Size size, int rate_factor) {
  x264_param_t param;
  if (x264_param_default_preset(&param, "superfast", "zerolatency") < 0) return nullptr;
  param.i_log_level = X264_LOG_NONE;
  param.i_threads = 1;
  param.b_sliced_threads = 0;
  param.i_width = size.width;
  param.i_height = size.height;
  param.i_csp = X264_CSP_I420;
  param.b_vfr_input = 0;
  param.i_fps_num = kSuperfastRate;
  param.i_fps_den = 1;
  // A link that loses nothing needs one key frame only.
  param.i_keyint_max = X264_KEYINT_MAX_INFINITE;
  param.rc.i_rc_method = X264_RC_CRF;
  param.rc.f_rf_constant = static_cast<float>(rate_factor);
  if (x264_param_apply_profile(&param, "high") < 0) return nullptr;
  return x264_encoder_open(&param);
}

double squared_distance(const uint8_t* a, const uint8_t* b, size_t count) {
  constexpr size_t kAtOnce = 4096;  // whose squares fit 32 bits
  double total = 0;
  for (size_t begin = 0; begin < count; begin += kAtOnce) {
    uint32_t sum = 0;
    for (size_t i = begin; i < std::min(count, begin + kAtOnce); ++i) {
      const int step = int{a[i]} - int{b[i]};
      sum += static_cast<uint32_t>(step * step);
    }
    total += sum;
  }
  return total;
}

}  // namespace

struct Superfast::Stream {
  Stream(x264_t* made, Size size) : encoder(made), picture(size) {}
  ~Stream() { x264_encoder_close(encoder); }
  x264_t* encoder;       // owned
  Picture picture;       // what a viewer of it sees
  double encode_ms = 0;  // of the last frame
};

Superfast::Superfast(Size size) : size_(size), source_(size), seen_(size) {}
Superfast::Superfast(Superfast&&) noexcept = default;
Superfast& Superfast::operator=(Superfast&&) noexcept = default;
Superfast::~Superfast() = default;

Result<Superfast> Superfast::create(Size size) {
  Superfast made(size);
  for (const int rate_factor : kRateFactors) {
    x264_t* encoder = open_encoder(size, rate_factor);
    if (encoder == nullptr) return Error{ErrorCode::kInternal, "libx264 makes no encoder of this size"};
    made.streams_.push_back(std::make_unique<Stream>(encoder, size));
  }
  return made;
}

Result<size_t> Superfast::encode(Stream& stream) {
  x264_picture_t in;
  x264_picture_init(&in);
  in.i_type = X264_TYPE_AUTO;
  in.i_pts = number_;
  in.img.i_csp = X264_CSP_I420;
  in.img.i_plane = 3;
  for (int i = 0; i < 3; ++i) {
    in.img.plane[i] = source_.plane(i);
    in.img.i_stride[i] = source_.stride(i);
  }
  x264_nal_t* units = nullptr;
  int count = 0;
  x264_picture_t out;
  const double start = cpu_ms();
  const int bytes = x264_encoder_encode(stream.encoder, &units, &count, &in, &out);
  stream.encode_ms = cpu_ms() - start;
  if (bytes <= 0) return Error{ErrorCode::kInternal, "libx264 gave no frame"};
  // What libx264 shows a caller is its own picture, with both kinds of chroma in one plane.
  libyuv::NV12ToARGB(out.img.plane[0], out.img.i_stride[0], out.img.plane[1], out.img.i_stride[1],
                     reinterpret_cast<uint8_t*>(stream.picture.row(0)), size_.width * 4, size_.width, size_.height);
  return static_cast<size_t>(bytes);
}

Result<Superfast::Frame> Superfast::show(const PictureView& picture, const Rect& film) {
  source_.convert(picture, film);
  const auto pixels = static_cast<size_t>(film.area());
  const bool news = shown_.empty() || !std::equal(shown_.begin(), shown_.end(), source_.plane(0));
  shown_.assign(source_.plane(0), source_.plane(0) + pixels);
  Frame frame;
  for (size_t i = 0; i < streams_.size(); ++i) {
    if (news) frame.bytes[i] = TRY(encode(*streams_[i]));
    if (news && number_ > 0 && kRateFactors[i] == kTimedFactor) encode_ms_.add(streams_[i]->encode_ms);
    frame.squares[i] = distance(streams_[i]->picture.view(), {0, 0, size_.width, size_.height});
  }
  number_ += news ? 1 : 0;
  return frame;
}

double Superfast::distance(const PictureView& picture, const Rect& film) {
  seen_.convert(picture, film);
  return squared_distance(seen_.plane(0), shown_.data(), shown_.size());
}

}  // namespace vitrine::codec
