#include "codec/x264_video_encoder.h"

#include <x264.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <utility>

namespace vitrine::codec {
namespace {

// Frames a second that the library is told of; FilmRate and EvenFilm know when they come.
constexpr unsigned kNominalFrames = 30;
// And a quantizer that no frame is coded by; without one it takes them all for lossless. It holds the quantizers it is
// given to what these factors make of that one for kinds of frames: all of 0 to 51.
constexpr int kNominalQuantizer = 25;
constexpr float kQuantizerRange = 21;
// Finer than this a film of even frames does not become, whatever the link carries: nobody sees it.
constexpr float kFinestEven = 20;

// A limit that changes by no more than one part in this many stays as it is: a new one makes the library forget.
constexpr int kLimitSteps = 33;

void set_quantizers(x264_param_t& param) {
  // Every frame comes with its quantizer, so that the library need not look at a small copy of it first.
  param.rc.i_rc_method = X264_RC_CQP;
  param.rc.i_qp_constant = kNominalQuantizer;
  param.rc.f_ip_factor = kQuantizerRange;
  param.rc.f_pb_factor = kQuantizerRange;
}

// Its buffer holds one frame, so each is kept to that from row to row.
void set_limit(x264_param_t& param, int kbit) {
  param.rc.i_vbv_max_bitrate = kbit;
  param.rc.i_vbv_buffer_size = (kbit + static_cast<int>(kNominalFrames) - 1) / static_cast<int>(kNominalFrames);
}

void set_even(x264_param_t& param, int kbit) {
  param.rc.i_rc_method = X264_RC_CRF;
  param.rc.f_rf_constant = kFinestEven;
  param.rc.i_aq_mode = X264_AQ_NONE;
  param.rc.b_mb_tree = 0;
  set_limit(param, kbit);
}

bool set_parameters(x264_param_t& param, Size size) {
  if (x264_param_default_preset(&param, "superfast", "zerolatency") < 0) return false;
  param.i_log_level = X264_LOG_NONE;
  param.i_threads = 1;
  param.b_sliced_threads = 0;
  param.i_width = size.width;
  param.i_height = size.height;
  param.i_csp = X264_CSP_I420;
  // By the times of frames it would hold one back to know how long it lasts.
  param.b_vfr_input = 0;
  param.i_fps_num = kNominalFrames;
  param.i_fps_den = 1;
  param.i_keyint_max = X264_KEYINT_MAX_INFINITE;
  param.i_scenecut_threshold = 0;
  param.b_repeat_headers = 1;
  param.b_annexb = 1;
  // Weighted prediction would look at a small copy of each frame, for fades alone.
  param.analyse.i_weighted_pred = X264_WEIGHTP_NONE;
  // Dropping blocks of few coefficients takes longer than coding them, and more noise than it saves bytes.
  param.analyse.b_dct_decimate = 0;
  param.vui.b_fullrange = 0;
  param.vui.i_colorprim = 1;  // BT.709, which are sRGB's
  param.vui.i_transfer = 13;  // sRGB
  param.vui.i_colmatrix = 6;  // BT.601
  return true;
}

// What makes the library give a frame of the nominal rate so many bytes.
int limit_of(double frame_bytes) {
  return std::max(1, static_cast<int>(frame_bytes * 8 * kNominalFrames / 1000));
}

}  // namespace

Result<std::unique_ptr<VideoEncoder>> X264VideoEncoder::create(Size size, double bytes_per_s) {
  auto encoder = std::unique_ptr<X264VideoEncoder>(new X264VideoEncoder(size, bytes_per_s));
  TRY(encoder->open(false));
  return std::unique_ptr<VideoEncoder>(std::move(encoder));
}

X264VideoEncoder::~X264VideoEncoder() {
  if (encoder_ != nullptr) x264_encoder_close(encoder_);
}

Result<void> X264VideoEncoder::open(bool even) {
  if (encoder_ != nullptr) x264_encoder_close(encoder_);
  encoder_ = nullptr;
  x264_param_t param;
  if (!set_parameters(param, size_)) return Error{ErrorCode::kInternal, "libx264 lacks a preset"};
  limit_kbit_ = limit_of(even_.frame_bytes());
  if (even) {
    set_even(param, limit_kbit_);
  } else {
    set_quantizers(param);
  }
  if (x264_param_apply_profile(&param, "high") < 0) return Error{ErrorCode::kInternal, "libx264 lacks a profile"};
  encoder_ = x264_encoder_open(&param);
  if (encoder_ == nullptr) return Error{ErrorCode::kInternal, "libx264 makes no encoder of this size"};
  is_even_ = even;
  return {};
}

void X264VideoEncoder::set_rate(double bytes_per_s) {
  rate_.set_rate(bytes_per_s);
  even_.set_rate(bytes_per_s);
}

bool X264VideoEncoder::wants_key(Micros now) {
  even_wanted_ = even_.wanted(now);
  return even_wanted_ != is_even_;
}

Result<void> X264VideoEncoder::encode(const PictureView& picture, const Rect& area, bool key, Micros now,
                                      std::vector<uint8_t>& packet) {
  if (key && even_wanted_ != is_even_) TRY(open(even_wanted_));
  frame_.convert(picture, area);
  if (!is_even_) return encode_by_quantizer(key, now, packet);
  TRY(limit_frames());
  return encode_frame(key, std::nullopt, packet);
}

Result<void> X264VideoEncoder::limit_frames() {
  const int kbit = limit_of(even_.frame_bytes());
  if (std::abs(kbit - limit_kbit_) * kLimitSteps <= limit_kbit_) return {};
  limit_kbit_ = kbit;
  x264_param_t param;
  x264_encoder_parameters(encoder_, &param);
  set_limit(param, kbit);
  if (x264_encoder_reconfig(encoder_, &param) < 0) return Error{ErrorCode::kInternal, "libx264 takes no other rate"};
  return {};
}

Result<void> X264VideoEncoder::encode_by_quantizer(bool key, Micros now, std::vector<uint8_t>& packet) {
  const FrameLook look = look_.look(frame_.plane(0), frame_.stride(0), size_);
  const size_t before = packet.size();
  TRY(encode_frame(key, rate_.quantizer(key || look.cut, look.detail, now), packet));
  // A key frame needs nothing of the ones before, so one that is too large for the link is not sent.
  if (key) {
    if (const auto quantizer = rate_.again(packet.size() - before)) {
      packet.resize(before);
      TRY(encode_frame(key, *quantizer, packet));
    }
  }
  rate_.took(packet.size() - before);
  return {};
}

Result<void> X264VideoEncoder::encode_frame(bool key, std::optional<int> quantizer, std::vector<uint8_t>& packet) {
  x264_picture_t in;
  x264_picture_init(&in);
  in.i_type = key ? X264_TYPE_IDR : X264_TYPE_AUTO;
  in.i_qpplus1 = quantizer ? *quantizer + 1 : X264_QP_AUTO;
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

}  // namespace vitrine::codec
