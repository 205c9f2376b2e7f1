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
