#include "codec/x264_video_encoder.h"

#include <x264.h>

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace vitrine::codec {
namespace {

// Looks clean on films and leaves nothing that refinement would visibly jump from.
constexpr float kQuality = 23;
// What the coder may save up and spend on one frame, as time of the rate: a key frame of a film is ten times an
// ordinary one, and on a link that it fills the next frame waits that long.
constexpr double kBurstSeconds = 0.25;
// libx264 counts in kilobits; below this it has no room to work in.
constexpr double kLeastKilobits = 100;
constexpr double kMostKilobits = 400'000;

// Frames a second that the library is told of.
constexpr unsigned kNominalFrames = 30;
// How fast the measured time between frames follows; one pause of a second is not a new rate.
constexpr double kIntervalShare = 1.0 / 16;

int kilobits(double bytes_per_s) {
  return static_cast<int>(std::clamp(bytes_per_s * 8 / 1000, kLeastKilobits, kMostKilobits));
}

// The library counts frames, so the rate is scaled to what they really come at.
void set_limits(x264_param_t& param, double bytes_per_s, double frame_seconds) {
  param.rc.i_vbv_max_bitrate = kilobits(bytes_per_s * frame_seconds * kNominalFrames);
  param.rc.i_vbv_buffer_size = std::max(1, static_cast<int>(kilobits(bytes_per_s) * kBurstSeconds));
}

bool set_parameters(x264_param_t& param, Size size, double bytes_per_s) {
  if (x264_param_default_preset(&param, "superfast", "zerolatency") < 0) return false;
  param.i_log_level = X264_LOG_NONE;
  param.i_threads = 1;
  param.b_sliced_threads = 0;
  param.i_width = size.width;
  param.i_height = size.height;
  param.i_csp = X264_CSP_I420;
  // By the times of frames it would hold one back to know how long it lasts; set_limits() puts that right.
  param.b_vfr_input = 0;
  param.i_fps_num = kNominalFrames;
  param.i_fps_den = 1;
  param.i_keyint_max = X264_KEYINT_MAX_INFINITE;
  param.i_scenecut_threshold = 0;
  param.b_repeat_headers = 1;
  param.b_annexb = 1;
  param.rc.i_rc_method = X264_RC_CRF;
  param.rc.f_rf_constant = kQuality;
  set_limits(param, bytes_per_s, 1.0 / kNominalFrames);
  param.vui.b_fullrange = 0;
  param.vui.i_colorprim = 1;  // BT.709, which are sRGB's
  param.vui.i_transfer = 13;  // sRGB
  param.vui.i_colmatrix = 6;  // BT.601
  return x264_param_apply_profile(&param, "high") == 0;
}

}  // namespace

Result<std::unique_ptr<VideoEncoder>> X264VideoEncoder::create(Size size, double bytes_per_s) {
  x264_param_t param;
  if (!set_parameters(param, size, bytes_per_s)) return Error{ErrorCode::kInternal, "libx264 lacks a preset"};
  x264_t* encoder = x264_encoder_open(&param);
  if (encoder == nullptr) return Error{ErrorCode::kInternal, "libx264 makes no encoder of this size"};
  return std::unique_ptr<VideoEncoder>(new X264VideoEncoder(encoder, size));
}

X264VideoEncoder::~X264VideoEncoder() {
  x264_encoder_close(encoder_);
}

Result<void> X264VideoEncoder::encode(const PictureView& picture, const Rect& area, bool key, Micros now,
                                      std::vector<uint8_t>& packet) {
  note_interval(now);
  frame_.convert(picture, area);
  x264_picture_t in;
  x264_picture_init(&in);
  in.i_type = key ? X264_TYPE_IDR : X264_TYPE_AUTO;
  in.i_pts = number_++;
  in.img.i_csp = X264_CSP_I420;
  in.img.i_plane = 3;
  for (int i = 0; i < 3; ++i) {
    in.img.plane[i] = frame_.plane(i);
    in.img.i_stride[i] = frame_.stride(i);
  }
  x264_nal_t* units = nullptr;
  int count = 0;
  x264_picture_t out;
  const int bytes = x264_encoder_encode(encoder_, &units, &count, &in, &out);
  if (bytes <= 0) return Error{ErrorCode::kInternal, "libx264 gave no frame"};
  // All units of a frame follow each other in memory.
  packet.insert(packet.end(), units[0].p_payload, units[0].p_payload + bytes);
  return {};
}

// Time between frames, of which the rate control knows only the nominal one.
void X264VideoEncoder::note_interval(Micros now) {
  if (number_ > 0) {
    const double seconds = static_cast<double>(now - frame_at_) / static_cast<double>(kSecond);
    frame_seconds_ += (std::clamp(seconds, 1.0 / 120, 1.0 / 5) - frame_seconds_) * kIntervalShare;
  }
  frame_at_ = now;
}

void X264VideoEncoder::set_rate(double bytes_per_s) {
  // Setting it costs a reconfiguration; a few percent are not worth one.
  const double frame_bytes = bytes_per_s * frame_seconds_;
  if (std::abs(frame_bytes - frame_bytes_) < frame_bytes_ / 16) return;
  frame_bytes_ = frame_bytes;
  x264_param_t param;
  x264_encoder_parameters(encoder_, &param);
  set_limits(param, bytes_per_s, frame_seconds_);
  // Refused only when the limits were off from the start, and then they stay so.
  (void)x264_encoder_reconfig(encoder_, &param);
}

}  // namespace vitrine::codec
