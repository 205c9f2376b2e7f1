import type { AudioBlock, DecodingContext } from "./blocks.ts";
import type { ByteSource } from "./source.ts";
import { readWavLayout } from "./wav-layout.ts";
import type { WavLayout } from "./wav-layout.ts";

const blockBytes = 1 << 18;

/**
 * Decodes a WAV file by ranges: PCM of 8 to 32 bits, 32- and 64-bit float, A-law and µ-law.
 * A truncated file is decoded as far as it goes, with a warning.
 * @yields blocks of about 256 KiB of the file
 * @throws UndertoneError `audio-corrupt` or `audio-unsupported`
 */
export async function* decodeWav(
  source: ByteSource,
  context: DecodingContext,
): AsyncGenerator<AudioBlock> {
  const layout = await readWavLayout(source);
  const { sampleRate, channelCount, dataStart } = layout;
  const frameBytes = channelCount * layout.bytesPerSample;
  if (layout.dataEnd > source.size) {
    context.warn(
      `The WAV header declares ${layout.dataEnd - dataStart} bytes of samples, the file has ${source.size - dataStart}: it may be truncated.`,
    );
  }
  const dataEnd = Math.min(layout.dataEnd, source.size);
  const step = Math.max(1, Math.floor(blockBytes / frameBytes)) * frameBytes;
  for (let position = dataStart; position + frameBytes <= dataEnd; position += step) {
    const bytes = await source.read(position, Math.min(position + step, dataEnd));
    const frames = Math.floor(bytes.length / frameBytes);
    if (frames === 0) return;
    const read = sampleReader(layout, bytes);
    const channels = Array.from({ length: channelCount }, (_, channel) => {
      const samples = new Float32Array(frames);
      let at = channel * layout.bytesPerSample;
      for (let n = 0; n < frames; n++, at += frameBytes) samples[n] = read(at);
      return samples;
    });
    yield { sampleRate, channels };
  }
}

/** Returns a function from a byte offset to the sample there, with full scale at 1. */
function sampleReader(layout: WavLayout, bytes: Uint8Array): (at: number) => number {
  const data = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  switch (`${layout.encoding} ${layout.bytesPerSample}`) {
    case "pcm 1":
      return (at) => (bytes[at]! - 128) / 128;
    case "pcm 2":
      return (at) => data.getInt16(at, true) / 0x8000;
    case "pcm 3":
      return (at) => (bytes[at]! | (bytes[at + 1]! << 8) | (data.getInt8(at + 2) << 16)) / 0x800000;
    case "pcm 4":
      return (at) => data.getInt32(at, true) / 0x80000000;
    case "float 4":
      return (at) => data.getFloat32(at, true);
    case "float 8":
      return (at) => data.getFloat64(at, true);
    case "a-law 1":
      return (at) => aLaw(bytes[at]!);
    default:
      return (at) => muLaw(bytes[at]!);
  }
}

/** @see ITU-T G.711 */
function aLaw(code: number): number {
  const bits = code ^ 0x55;
  const exponent = (bits >> 4) & 7;
  const mantissa = ((bits & 15) << 4) + 8;
  const magnitude = exponent === 0 ? mantissa : (mantissa + 0x100) << (exponent - 1);
  return (bits & 0x80 ? magnitude : -magnitude) / 0x8000;
}

/** @see ITU-T G.711 */
function muLaw(code: number): number {
  const bits = ~code & 0xff;
  const magnitude = ((((bits & 15) << 3) + 0x84) << ((bits >> 4) & 7)) - 0x84;
  return (bits & 0x80 ? -magnitude : magnitude) / 0x8000;
}

/** Sample format of `encodeWav`: 16- or 24-bit PCM, clipped at full scale, or 32-bit float. */
export type WavSampleFormat = "pcm16" | "pcm24" | "float32";

/**
 * Returns the bytes of a WAV file of `channels` [channel][sample], or of one channel [sample], full scale 1.
 * @throws RangeError when there is no channel, the channels differ in length, or the rate is not a positive whole number
 * @example
 * ```ts
 * import { writeFile } from "node:fs/promises";
 * import { encodeWav } from "undertone/audio";
 *
 * const tone = Float32Array.from({ length: 16_000 }, (_, n) => 0.5 * Math.sin(n / 10));
 * await writeFile("tone.wav", encodeWav(tone, 16_000));
 * ```
 */
export function encodeWav(
  channels: Float32Array | readonly Float32Array[],
  sampleRate: number,
  sampleFormat: WavSampleFormat = "pcm16",
): Uint8Array {
  const all = channels instanceof Float32Array ? [channels] : channels;
  const frames = all[0]?.length;
  if (frames === undefined || all.some((channel) => channel.length !== frames)) {
    throw new RangeError("encodeWav: channels must be one or more of one length");
  }
  if (!Number.isInteger(sampleRate) || sampleRate < 1) {
    throw new RangeError(
      `encodeWav: sampleRate must be a positive whole number, got ${sampleRate}`,
    );
  }
  const bytesPerSample = { pcm16: 2, pcm24: 3, float32: 4 }[sampleFormat];
  const frameBytes = bytesPerSample * all.length;
  const dataLength = frames * frameBytes;
  const bytes = new Uint8Array(44 + dataLength + (dataLength % 2));
  const out = new DataView(bytes.buffer);
  const text = (at: number, word: string): void => bytes.set(new TextEncoder().encode(word), at);
  text(0, "RIFF");
  out.setUint32(4, bytes.length - 8, true);
  text(8, "WAVEfmt ");
  out.setUint32(16, 16, true);
  out.setUint16(20, sampleFormat === "float32" ? 3 : 1, true);
  out.setUint16(22, all.length, true);
  out.setUint32(24, sampleRate, true);
  out.setUint32(28, sampleRate * frameBytes, true);
  out.setUint16(32, frameBytes, true);
  out.setUint16(34, bytesPerSample * 8, true);
  text(36, "data");
  out.setUint32(40, dataLength, true);
  let at = 44;
  for (let n = 0; n < frames; n++) {
    for (const channel of all) {
      const sample = channel[n]!;
      if (sampleFormat === "float32") {
        out.setFloat32(at, sample, true);
      } else {
        const fullScale = 2 ** (bytesPerSample * 8 - 1);
        const level = Math.max(-fullScale, Math.min(fullScale - 1, Math.round(sample * fullScale)));
        out.setInt16(at, sampleFormat === "pcm16" ? level : level & 0xffff, true);
        if (sampleFormat === "pcm24") out.setInt8(at + 2, level >> 16);
      }
      at += bytesPerSample;
    }
  }
  return bytes;
}
