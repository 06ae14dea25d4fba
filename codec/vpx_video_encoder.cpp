#include "codec/vpx_video_encoder.h"

#include <vpx/vp8cx.h>

#include <algorithm>
#include <cmath>

namespace vitrine::codec {
namespace {

// Of 0 (best) to 63. The best one bounds what a still or simple film takes on a fast link; it stands for the quality
// that H.264 gets by its rate factor.
constexpr unsigned kBestQuantizer = 14;
constexpr unsigned kWorstQuantizer = 58;
// Effort, faster by rising absolute value: what a 720p frame takes well below 10 ms with.
constexpr int kVp8Speed = -12;
constexpr int kVp9Speed = 9;
// Buffer of the rate control in milliseconds, and the most a key frame may take of an average frame, in percent.
constexpr unsigned kBufferMs = 500;
constexpr unsigned kMostKeyPercent = 900;

unsigned kilobits(double bytes_per_s) {
  return static_cast<unsigned>(std::clamp(bytes_per_s * 8 / 1000, 100.0, 400'000.0));
}

void configure(vpx_codec_enc_cfg_t& config, Size size, double bytes_per_s) {
  config.g_w = static_cast<unsigned>(size.width);
  config.g_h = static_cast<unsigned>(size.height);
  config.g_threads = 1;
  config.g_timebase = {1, static_cast<int>(kSecond)};
  config.g_lag_in_frames = 0;
  config.g_error_resilient = 0;
  config.rc_end_usage = VPX_CBR;
  config.rc_target_bitrate = kilobits(bytes_per_s);
  config.rc_min_quantizer = kBestQuantizer;
  config.rc_max_quantizer = kWorstQuantizer;
  config.rc_undershoot_pct = 100;
  config.rc_overshoot_pct = 15;
  config.rc_buf_sz = kBufferMs;
  config.rc_buf_initial_sz = kBufferMs / 2;
  config.rc_buf_optimal_sz = kBufferMs / 2;
  config.rc_dropframe_thresh = 0;  // every frame gives a packet
  config.kf_mode = VPX_KF_DISABLED;
}

}  // namespace

Result<std::unique_ptr<VideoEncoder>> VpxVideoEncoder::create(VideoCodec codec, Size size, double bytes_per_s) {
  vpx_codec_iface_t* interface = codec == VideoCodec::kVp9 ? vpx_codec_vp9_cx() : vpx_codec_vp8_cx();
  std::unique_ptr<VpxVideoEncoder> made(new VpxVideoEncoder(size, bytes_per_s));
  if (vpx_codec_enc_config_default(interface, &made->config_, 0) != VPX_CODEC_OK) {
    return Error{ErrorCode::kInternal, "libvpx has no configuration"};
  }
  configure(made->config_, size, bytes_per_s);
  if (vpx_codec_enc_init(&made->context_, interface, &made->config_, 0) != VPX_CODEC_OK) {
    return Error{ErrorCode::kInternal, "libvpx makes no encoder of this size"};
  }
  made->open_ = true;
  vpx_codec_ctx_t* context = &made->context_;
  bool set = vpx_codec_control(context, VP8E_SET_MAX_INTRA_BITRATE_PCT, kMostKeyPercent) == VPX_CODEC_OK;
  if (codec == VideoCodec::kVp9) {
    set = set && vpx_codec_control(context, VP8E_SET_CPUUSED, kVp9Speed) == VPX_CODEC_OK &&
          vpx_codec_control(context, VP9E_SET_COLOR_SPACE, VPX_CS_BT_601) == VPX_CODEC_OK &&
          vpx_codec_control(context, VP9E_SET_COLOR_RANGE, 0) == VPX_CODEC_OK &&
          vpx_codec_control(context, VP9E_SET_AQ_MODE, 3U) == VPX_CODEC_OK;
  } else {
    set = set && vpx_codec_control(context, VP8E_SET_CPUUSED, kVp8Speed) == VPX_CODEC_OK;
  }
  if (!set) return Error{ErrorCode::kInternal, "libvpx lacks a setting"};
  return std::unique_ptr<VideoEncoder>(std::move(made));
}

VpxVideoEncoder::~VpxVideoEncoder() {
  if (open_) vpx_codec_destroy(&context_);
}

Result<void> VpxVideoEncoder::encode(const VideoFrame& frame, std::vector<uint8_t>& packet) {
  frame_.convert(frame.picture, frame.area, frame.changed);
  vpx_image_t image;
  // Planes lie in one block, as libvpx lays them out itself.
  if (vpx_img_wrap(&image, VPX_IMG_FMT_I420, config_.g_w, config_.g_h, 1, frame_.plane(0)) == nullptr) {
    return Error{ErrorCode::kInternal, "libvpx takes no frame of this size"};
  }
  for (int i = 0; i < 3; ++i) {
    image.planes[i] = frame_.plane(i);
    image.stride[i] = frame_.stride(i);
  }
  image.cs = VPX_CS_BT_601;
  constexpr unsigned long kFrameDuration = kSecond / 30;
  const vpx_enc_frame_flags_t flags = frame.key ? VPX_EFLAG_FORCE_KF : 0;
  if (vpx_codec_encode(&context_, &image, frame.now, kFrameDuration, flags, VPX_DL_REALTIME) != VPX_CODEC_OK) {
    return Error{ErrorCode::kInternal, "libvpx refused a frame"};
  }
  const size_t before = packet.size();
  vpx_codec_iter_t at = nullptr;
  while (const vpx_codec_cx_pkt_t* part = vpx_codec_get_cx_data(&context_, &at)) {
    if (part->kind != VPX_CODEC_CX_FRAME_PKT) continue;
    const auto* bytes = static_cast<const uint8_t*>(part->data.frame.buf);
    packet.insert(packet.end(), bytes, bytes + part->data.frame.sz);
  }
  if (packet.size() == before) return Error{ErrorCode::kInternal, "libvpx gave no frame"};
  return {};
}

void VpxVideoEncoder::set_rate(double bytes_per_s) {
  if (std::abs(bytes_per_s - rate_) < rate_ / 16) return;
  rate_ = bytes_per_s;
  config_.rc_target_bitrate = kilobits(bytes_per_s);
  // Refused only for sizes, which do not change.
  (void)vpx_codec_enc_config_set(&context_, &config_);
}

}  // namespace vitrine::codec
