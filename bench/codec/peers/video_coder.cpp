#include "bench/codec/peers/video_coder.h"

#include <libyuv.h>

#include <cstring>
#include <utility>

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavutil/opt.h>
}

namespace vitrine::codec {
namespace {

struct Free {
  void operator()(AVCodecContext* context) const { avcodec_free_context(&context); }
  void operator()(AVFrame* frame) const { av_frame_free(&frame); }
  void operator()(AVPacket* packet) const { av_packet_free(&packet); }
};
template <class T>
using Owned = std::unique_ptr<T, Free>;

struct Settings {
  const char* encoder;
  const char* decoder;
  AVPixelFormat format;
  // "name=value" for the encoder, ended by {nullptr, nullptr}.
  std::pair<const char*, const char*> options[8];
};

// Constant quality: the sizes are then the coder's own and not a rate's. 20 and 27 give about the same signal to
// noise ratio on film.
constexpr Settings kX264 = {
    "libx264",
    "h264",
    AV_PIX_FMT_YUV420P,
    {{"preset", "superfast"}, {"tune", "zerolatency"}, {"crf", "20"}, {nullptr, nullptr}},
};
constexpr Settings kX264Lossless = {
    "libx264rgb",
    "h264",
    AV_PIX_FMT_BGR0,
    {{"preset", "superfast"}, {"tune", "zerolatency"}, {"qp", "0"}, {nullptr, nullptr}},
};
constexpr Settings kVp9 = {
    "libvpx-vp9",
    "vp9",
    AV_PIX_FMT_YUV420P,
    {{"deadline", "realtime"},
     {"cpu-used", "8"},
     {"lag-in-frames", "0"},
     {"tune-content", "screen"},
     {"crf", "27"},
     {"b", "0"},
     {nullptr, nullptr}},
};

constexpr int kFramesPerSecond = 30;
constexpr int kNoFurtherKeyFrame = 1 << 20;  // frames; a link that loses nothing needs one key frame only

Error failed(const char* what, int code) {
  char words[AV_ERROR_MAX_STRING_SIZE] = {};
  av_strerror(code, words, sizeof words);
  return Error{ErrorCode::kInternal, std::string(what) + ": " + words};
}

class VideoCoder : public FrameCoder {
 public:
  static Result<std::unique_ptr<FrameCoder>> create(const Settings& settings, Size size);

  Result<int64_t> encode(const Picture& frame, std::span<const Rect> changed, std::vector<uint8_t>& body) override;
  Result<void> decode(std::span<const uint8_t> body, Picture& shown) override;

 private:
  Result<void> open_encoder(const Settings& settings, Size size);
  Result<void> open_decoder(const Settings& settings);

  Owned<AVCodecContext> encoder_;
  Owned<AVCodecContext> decoder_;
  Owned<AVFrame> source_{av_frame_alloc()};
  Owned<AVFrame> decoded_{av_frame_alloc()};
  Owned<AVPacket> packet_{av_packet_alloc()};
  int64_t count_ = 0;
};

Result<std::unique_ptr<FrameCoder>> VideoCoder::create(const Settings& settings, Size size) {
  if (settings.format == AV_PIX_FMT_YUV420P && (size.width % 2 != 0 || size.height % 2 != 0)) {
    return Error{ErrorCode::kUnsupported, "4:2:0 video wants sides that are even"};
  }
  auto coder = std::make_unique<VideoCoder>();
  if (!coder->source_ || !coder->decoded_ || !coder->packet_) return Error{ErrorCode::kExhausted, "no memory"};
  av_log_set_level(AV_LOG_ERROR);
  TRY(coder->open_encoder(settings, size));
  TRY(coder->open_decoder(settings));
  return std::unique_ptr<FrameCoder>(std::move(coder));
}

Result<void> VideoCoder::open_encoder(const Settings& settings, Size size) {
  const AVCodec* codec = avcodec_find_encoder_by_name(settings.encoder);
  if (codec == nullptr) {
    return Error{ErrorCode::kUnsupported, "this libavcodec has no encoder " + std::string(settings.encoder)};
  }
  encoder_.reset(avcodec_alloc_context3(codec));
  encoder_->width = size.width;
  encoder_->height = size.height;
  encoder_->pix_fmt = settings.format;
  encoder_->time_base = {1, kFramesPerSecond};
  encoder_->framerate = {kFramesPerSecond, 1};
  encoder_->gop_size = kNoFurtherKeyFrame;
  encoder_->max_b_frames = 0;
  encoder_->thread_count = 1;
  for (const auto* option = settings.options; option->first != nullptr; ++option) {
    const int code = av_opt_set(encoder_.get(), option->first, option->second, AV_OPT_SEARCH_CHILDREN);
    if (code < 0) return failed(option->first, code);
  }
  if (const int code = avcodec_open2(encoder_.get(), codec, nullptr); code < 0) return failed(settings.encoder, code);
  source_->format = settings.format;
  source_->width = size.width;
  source_->height = size.height;
  if (const int code = av_frame_get_buffer(source_.get(), 0); code < 0) return failed("a frame", code);
  return {};
}

Result<void> VideoCoder::open_decoder(const Settings& settings) {
  const AVCodec* codec = avcodec_find_decoder_by_name(settings.decoder);
  if (codec == nullptr) {
    return Error{ErrorCode::kUnsupported, "this libavcodec has no decoder " + std::string(settings.decoder)};
  }
  decoder_.reset(avcodec_alloc_context3(codec));
  decoder_->thread_count = 1;
  decoder_->flags |= AV_CODEC_FLAG_LOW_DELAY;
  if (const int code = avcodec_open2(decoder_.get(), codec, nullptr); code < 0) return failed(settings.decoder, code);
  return {};
}

Result<int64_t> VideoCoder::encode(const Picture& frame, std::span<const Rect>, std::vector<uint8_t>& body) {
  if (const int code = av_frame_make_writable(source_.get()); code < 0) return failed("a frame", code);
  const auto* pixels = reinterpret_cast<const uint8_t*>(frame.row(0));
  uint8_t** planes = source_->data;
  const int* strides = source_->linesize;
  if (source_->format == AV_PIX_FMT_YUV420P) {
    libyuv::ARGBToI420(pixels, frame.width() * 4, planes[0], strides[0], planes[1], strides[1], planes[2], strides[2],
                       frame.width(), frame.height());
  } else {
    libyuv::CopyPlane(pixels, frame.width() * 4, planes[0], strides[0], frame.width() * 4, frame.height());
  }
  source_->pts = count_++;
  if (const int code = avcodec_send_frame(encoder_.get(), source_.get()); code < 0) return failed("encoding", code);
  if (const int code = avcodec_receive_packet(encoder_.get(), packet_.get()); code < 0) return failed("encoding", code);
  body.insert(body.end(), packet_->data, packet_->data + packet_->size);
  av_packet_unref(packet_.get());
  return frame.bounds().area();
}

Result<void> VideoCoder::decode(std::span<const uint8_t> body, Picture& shown) {
  if (const int code = av_new_packet(packet_.get(), static_cast<int>(body.size())); code < 0) {
    return failed("a packet", code);
  }
  std::memcpy(packet_->data, body.data(), body.size());
  const int sent = avcodec_send_packet(decoder_.get(), packet_.get());
  av_packet_unref(packet_.get());
  if (sent < 0) return failed("decoding", sent);
  if (const int code = avcodec_receive_frame(decoder_.get(), decoded_.get()); code < 0) return failed("decoding", code);
  uint8_t* const* planes = decoded_->data;
  const int* strides = decoded_->linesize;
  if (decoded_->width != shown.width() || decoded_->height != shown.height()) {
    return Error{ErrorCode::kMalformed, "a decoded frame of another size"};
  }
  if (decoded_->format == AV_PIX_FMT_YUV420P) {
    libyuv::I420ToARGB(planes[0], strides[0], planes[1], strides[1], planes[2], strides[2],
                       reinterpret_cast<uint8_t*>(shown.row(0)), shown.width() * 4, shown.width(), shown.height());
    return {};
  }
  if (decoded_->format != AV_PIX_FMT_GBRP) return Error{ErrorCode::kUnsupported, "a decoded frame of another format"};
  for (int y = 0; y < shown.height(); ++y) {
    const uint8_t* green = planes[0] + static_cast<ptrdiff_t>(y) * strides[0];
    const uint8_t* blue = planes[1] + static_cast<ptrdiff_t>(y) * strides[1];
    const uint8_t* red = planes[2] + static_cast<ptrdiff_t>(y) * strides[2];
    uint32_t* row = shown.row(y);
    for (int x = 0; x < shown.width(); ++x) row[x] = uint32_t{red[x]} << 16 | uint32_t{green[x]} << 8 | blue[x];
  }
  return {};
}

}  // namespace

Result<std::unique_ptr<FrameCoder>> make_x264_coder(Size size) {
  return VideoCoder::create(kX264, size);
}
Result<std::unique_ptr<FrameCoder>> make_x264_lossless_coder(Size size) {
  return VideoCoder::create(kX264Lossless, size);
}
Result<std::unique_ptr<FrameCoder>> make_vp9_coder(Size size) {
  return VideoCoder::create(kVp9, size);
}

}  // namespace vitrine::codec
