// The codings a video packet may have, and what a browser calls them.
import { kCanDecodeH264, kCanDecodeVp8, kCanDecodeVp9 } from '../wire/messages.gen.js';

/** As numbered in an update body (codec/BITSTREAM.md). */
export enum VideoCodec {
  H264 = 0,
  Vp8 = 1,
  Vp9 = 2,
}

/** The hello's bit that promises this coding. */
export function capabilityOf(codec: VideoCodec): number {
  switch (codec) {
    case VideoCodec.H264:
      return kCanDecodeH264;
    case VideoCodec.Vp8:
      return kCanDecodeVp8;
    case VideoCodec.Vp9:
      return kCanDecodeVp9;
  }
}

/**
 * The name that WebCodecs configures a decoder with, before any packet is seen: H.264 high profile level 4.2, VP9 profile
 * 0 level 4.1 (2048x1152 at 60 Hz). Names by "AVC/VP9 Codec Registration", W3C.
 */
export const kProbedNames: Readonly<Record<VideoCodec, string>> = {
  [VideoCodec.H264]: 'avc1.64002a',
  [VideoCodec.Vp8]: 'vp8',
  [VideoCodec.Vp9]: 'vp09.00.41.08',
};

/** The name for a stream that begins with this key packet; null when the packet does not say what H.264 must say. */
export function nameOf(codec: VideoCodec, keyPacket: Uint8Array): string | null {
  return codec === VideoCodec.H264 ? h264Name(keyPacket) : kProbedNames[codec];
}

const kSliceTypes = new Set([1, 2, 3, 4, 5]);
const kParameterSet = 7;

/**
 * avc1.PPCCLL from the sequence parameter set of a packet in Annex B form (ITU-T H.264, 7.3.2.1.1): profile, constraints
 * and level are its first three bytes. It stands before the first slice, so the search ends there.
 */
function h264Name(packet: Uint8Array): string | null {
  for (let at = 0; at + 6 < packet.length; at += 1) {
    if (packet[at] !== 0 || packet[at + 1] !== 0 || packet[at + 2] !== 1) continue;
    const type = (packet[at + 3] ?? 0) & 31;
    if (kSliceTypes.has(type)) return null;
    if (type !== kParameterSet) continue;
    const hex = Array.from(packet.subarray(at + 4, at + 7), (byte) => byte.toString(16).padStart(2, '0'));
    return `avc1.${hex.join('')}`;
  }
  return null;
}
