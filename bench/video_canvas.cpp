#include "bench/video_canvas.h"

extern "C" {
#include <libavcodec/avcodec.h>
}
#include <libyuv/convert_argb.h>

#include <cstring>
#include <string>
#include <vector>

namespace vitrine::codec {
namespace {

struct FreeContext {
  void operator()(AVCodecContext* context) const { avcodec_free_context(&context); }
};
struct FreePacket {
  void operator()(AVPacket* packet) const { av_packet_free(&packet); }
};
struct FreeFrame {
  void operator()(AVFrame* frame) const { av_frame_free(&frame); }
};

AVCodecID codec_id(VideoCodec codec) {
  switch (codec) {
    case VideoCodec::kH264: return AV_CODEC_ID_H264;
    case VideoCodec::kVp8: return AV_CODEC_ID_VP8;
    case VideoCodec::kVp9: return AV_CODEC_ID_VP9;
  }
  return AV_CODEC_ID_NONE;
}

}  // namespace

struct VideoCanvas::Stream {
  VideoCodec codec = VideoCodec::kH264;
  std::unique_ptr<AVCodecContext, FreeContext> context;
  std::unique_ptr<AVPacket, FreePacket> packet{av_packet_alloc()};
  std::unique_ptr<AVFrame, FreeFrame> frame{av_frame_alloc()};
  Picture picture;
};

VideoCanvas::VideoCanvas(Size size) : canvas_(size) {
  av_log_set_level(AV_LOG_QUIET);
}
VideoCanvas::~VideoCanvas() = default;
VideoCanvas::VideoCanvas(VideoCanvas&&) noexcept = default;

Result<void> VideoCanvas::update(const Decoder& decoder, std::span<const uint8_t> body) {
  for (const VideoPacket& packet : decoder.video_packets()) {
    auto& stream = streams_[static_cast<size_t>(packet.stream)];
    if ((packet.flags & kVideoEnd) != 0) {
      stream.reset();
      continue;
    }
    if (stream == nullptr || stream->codec != packet.codec || (packet.flags & kVideoKey) != 0) {
      stream = std::make_unique<Stream>();
      stream->codec = packet.codec;
      const AVCodec* codec = avcodec_find_decoder(codec_id(packet.codec));
      stream->context.reset(avcodec_alloc_context3(codec));
      stream->context->thread_count = 1;
      stream->context->flags |= AV_CODEC_FLAG_LOW_DELAY;
      if (avcodec_open2(stream->context.get(), codec, nullptr) < 0) {
        return Error{ErrorCode::kInternal, "libavcodec lacks a decoder"};
      }
    }
    TRY(decode(*stream, packet, body.subspan(packet.offset, packet.length)));
  }
  return {};
}

Result<void> VideoCanvas::decode(Stream& stream, const VideoPacket& packet, std::span<const uint8_t> bytes) {
  // libavcodec reads beyond the end.
  std::vector<uint8_t> padded(bytes.begin(), bytes.end());
  padded.resize(bytes.size() + AV_INPUT_BUFFER_PADDING_SIZE);
  stream.packet->data = padded.data();
  stream.packet->size = static_cast<int>(bytes.size());
  if (avcodec_send_packet(stream.context.get(), stream.packet.get()) < 0 ||
      avcodec_receive_frame(stream.context.get(), stream.frame.get()) < 0) {
    return Error{ErrorCode::kMalformed, "a packet of stream " + std::to_string(packet.stream) + " gave no frame"};
  }
  const AVFrame& frame = *stream.frame;
  if (frame.width != packet.area.width || frame.height != packet.area.height || frame.format != AV_PIX_FMT_YUV420P) {
    return Error{ErrorCode::kMalformed, "a frame has another size than its stream"};
  }
  if (stream.picture.size() != Size{frame.width, frame.height}) stream.picture = Picture({frame.width, frame.height});
  libyuv::I420ToARGB(frame.data[0], frame.linesize[0], frame.data[1], frame.linesize[1], frame.data[2],
                     frame.linesize[2], reinterpret_cast<uint8_t*>(stream.picture.row(0)), frame.width * 4, frame.width,
                     frame.height);
  return {};
}

PictureView VideoCanvas::view(const Decoder& decoder) {
  const auto draw_picture = [&](const Rect& area) {
    for (int y = area.y; y < area.bottom(); ++y) {
      const uint8_t* rgba = decoder.rgba() + (static_cast<int64_t>(y) * canvas_.width() + area.x) * 4;
      uint32_t* row = canvas_.row(y) + area.x;
      for (int x = 0; x < area.width; ++x, rgba += 4) {
        row[x] = uint32_t{rgba[0]} << 16 | uint32_t{rgba[1]} << 8 | rgba[2];
      }
    }
  };
  draw_picture(canvas_.bounds());
  for (int i = 0; i < kMaxVideoStreams; ++i) {
    const auto& stream = streams_[static_cast<size_t>(i)];
    if (stream == nullptr || !decoder.video_areas().live(i)) continue;
    const Rect& area = decoder.video_areas().area(i);
    for (int y = 0; y < area.height; ++y) {
      std::memcpy(canvas_.row(area.y + y) + area.x, stream->picture.row(y),
                  static_cast<size_t>(area.width) * sizeof(uint32_t));
    }
    for (const Rect& kept : decoder.video_areas().kept(i)) draw_picture(kept);
  }
  return canvas_.view();
}

}  // namespace vitrine::codec
