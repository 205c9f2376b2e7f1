import type { MpegHeader } from "../codecs/mpeg-header.ts";
import { latin1, view } from "./read.ts";

/** What the first frame of a file says of the others, instead of sound. */
export interface Mp3Info {
  readonly frames: number;
  /** Of the stream, or 0 where it does not say. */
  readonly sizeBytes: number;
  /** Samples at the start and at the end that are no sound, the decoder's delay among them. */
  readonly delay: number;
  readonly padding: number;
  /** Whether it has delay and padding. */
  readonly hasGaps: boolean;
}

const decoderDelay = 529;

/** Returns what a frame with a tag of Xing, LAME or Fraunhofer says; `undefined` for a frame of sound. */
export function readMp3Info(frame: Uint8Array, header: MpegHeader): Mp3Info | undefined {
  if (header.layer !== "III") return undefined;
  const data = view(frame);
  const has = (at: number, text: string): boolean =>
    frame.length > at + 32 && latin1(frame.subarray(at, at + 4)) === text;
  if (has(36, "VBRI")) {
    return { frames: data.getUint32(50), sizeBytes: 0, delay: 0, padding: 0, hasGaps: false };
  }
  const sideBytes = header.halvings === 0 ? [17, 32] : [9, 17];
  const at = 4 + sideBytes[header.channels - 1]!;
  if (!has(at, "Xing") && !has(at, "Info")) return undefined;
  const flags = data.getUint32(at + 4);
  let next = at + 8;
  const take = (flag: number): number => {
    if (!(flags & flag) || next + 4 > frame.length) return 0;
    next += 4;
    return data.getUint32(next - 4);
  };
  const [frames, sizeBytes] = [take(1), take(2)];
  next += flags & 4 ? 100 : 0;
  next += flags & 8 ? 4 : 0;
  const hasGaps = /^(LAME|Lav[cf]|GOGO)/.test(latin1(frame.subarray(next, next + 4)));
  if (!hasGaps || next + 24 > frame.length) {
    return { frames, sizeBytes, delay: 0, padding: 0, hasGaps: false };
  }
  const gaps = (frame[next + 21]! << 16) | (frame[next + 22]! << 8) | frame[next + 23]!;
  return {
    frames,
    sizeBytes,
    delay: (gaps >> 12) + decoderDelay,
    padding: Math.max(0, (gaps & 0xfff) - decoderDelay),
    hasGaps,
  };
}
