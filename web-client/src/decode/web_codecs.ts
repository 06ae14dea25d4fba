// The browser's video decoders. Absent in some (Firefox on Android): then nothing is promised and pictures come as JPEG.
import { capabilityOf, kProbedNames, VideoCodec } from '../core/video_codec.js';
import type { Chunk, DecoderConfig, DecoderListener, StreamDecoder } from '../core/video_streams.js';

function configFor(codec: VideoCodec, name: string): VideoDecoderConfig {
  // No description: parameter sets come in the stream. H.264 says in them what its colours are. VP8 has no field for it, and
  // Chromium takes a VP9 name without colours for BT.709 whatever the stream says; this is what the encoders make.
  const colorSpace = { primaries: 'bt709', transfer: 'iec61966-2-1', matrix: 'smpte170m', fullRange: false } as const;
  return { codec: name, optimizeForLatency: true, ...(codec === VideoCodec.H264 ? {} : { colorSpace }) };
}

/** The hello's bits for what this browser decodes. Takes a fraction of a millisecond, or what the browser's GPU process takes. */
export async function videoCapabilities(): Promise<number> {
  if (typeof VideoDecoder === 'undefined') return 0;
  const ask = async (codec: VideoCodec): Promise<number> => {
    try {
      const { supported } = await VideoDecoder.isConfigSupported(configFor(codec, kProbedNames[codec]));
      return supported === true ? capabilityOf(codec) : 0;
    } catch {
      return 0;
    }
  };
  const bits = await Promise.all([ask(VideoCodec.H264), ask(VideoCodec.Vp8), ask(VideoCodec.Vp9)]);
  return bits.reduce((all, bit) => all | bit, 0);
}

export function openDecoder(
  config: DecoderConfig,
  listener: DecoderListener<VideoFrame>,
  nowMs: () => number,
): StreamDecoder {
  const decoder = new VideoDecoder({
    output: (frame) => { listener.frame(frame, nowMs()); },
    error: (error) => { listener.failed(error.message); },
  });
  decoder.configure(configFor(config.codec, config.name));
  return {
    decode: ({ key, timestamp, bytes }: Chunk): void => {
      decoder.decode(new EncodedVideoChunk({ type: key ? 'key' : 'delta', timestamp, data: bytes }));
    },
    close: (): void => {
      if (decoder.state !== 'closed') decoder.close();
    },
  };
}
