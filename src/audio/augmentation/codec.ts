import { limitBand } from "./band.ts";
import { celp } from "./celp.ts";
import { codecSampleRate, type Codec } from "./codec-names.ts";
import { decodeALaw, decodeMuLaw, encodeALaw, encodeMuLaw } from "./g711.ts";
import { gsmLike } from "./gsm.ts";

const telephoneHz = 8000;

interface Channel {
  /** Of the codec, in Hz. */
  readonly sampleRate: number;
  readonly lowHz?: number;
  readonly highHz: number;
  readonly code: (samples: Float32Array) => Float32Array;
}

const telephone = { sampleRate: telephoneHz, lowHz: 300, highHz: 3400 };
const wideband = { sampleRate: codecSampleRate, lowHz: 50 };

const channels: Readonly<Record<Codec, Channel>> = {
  "mu-law": { ...telephone, code: (x) => x.map((sample) => decodeMuLaw(encodeMuLaw(sample))) },
  "a-law": { ...telephone, code: (x) => x.map((sample) => decodeALaw(encodeALaw(sample))) },
  "gsm-like": { ...telephone, code: gsmLike },
  "amr-like": {
    ...telephone,
    code: (x) => celp(x, { sampleRate: telephoneHz, order: 10, pulses: 4 }),
  },
  "opus-like-8": {
    ...telephone,
    lowHz: 50,
    code: (x) => celp(x, { sampleRate: telephoneHz, order: 10, pulses: 5 }),
  },
  "opus-like-12": {
    ...wideband,
    highHz: 6000,
    code: (x) => celp(x, { sampleRate: codecSampleRate, order: 16, pulses: 6 }),
  },
  "opus-like-16": {
    ...wideband,
    highHz: 7200,
    code: (x) => celp(x, { sampleRate: codecSampleRate, order: 16, pulses: 10 }),
  },
};

/**
 * Returns samples at 16 kHz, of the same length, after a call: the band of its line (300 to 3400 Hz for telephones) and the
 * noise of its codec. µ-law and A-law are those of G.711; GSM full rate, AMR at about 8 kbit/s and Opus for speech at 8 to
 * 16 kbit/s are imitated by linear prediction with the same parts, in floating point.
 * @see ITU-T G.711 and G.712, ETSI EN 300 961, 3GPP TS 26.090, RFC 6716
 * @example
 * ```ts
 * import { applyCodec } from "undertone/audio";
 *
 * const tone = Float32Array.from({ length: 16_000 }, (_, n) => 0.5 * Math.sin(n / 10));
 * const overThePhone = applyCodec(tone, "mu-law");
 * ```
 */
export function applyCodec(samples: Float32Array, codec: Codec): Float32Array {
  const { sampleRate, code, ...band } = channels[codec];
  const line = limitBand(samples, { fromHz: codecSampleRate, toHz: sampleRate, ...band });
  const received = code(line);
  const whole = { fromHz: sampleRate, toHz: codecSampleRate, highHz: 0.45 * sampleRate };
  return limitBand(received, whole).slice(0, samples.length);
}
