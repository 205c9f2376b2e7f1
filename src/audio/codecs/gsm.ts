import type { CodecParameters, PacketDecoder } from "./codec.ts";

/** 13 kbit/s full-rate speech: frames of 160 samples at 8 kHz. */
const frameLength = 160;
const subframes = 4;
const pulses = 13;

/** All arithmetic is on 16-bit integers that saturate. */
const saturate = (x: number): number => Math.max(-32_768, Math.min(32_767, x));
const multiply = (a: number, b: number): number => saturate((a * b + 16_384) >> 15);

/** Of the log-area ratios: bits, then B, MIC and INVA of table 4.1. */
const ratioBits = [6, 6, 5, 5, 4, 4, 3, 3] as const;
const ratioTable = [
  [0, -32, 13_107],
  [0, -32, 13_107],
  [2048, -16, 13_107],
  [-2560, -16, 13_107],
  [94, -8, 19_223],
  [-1792, -8, 17_476],
  [-341, -4, 31_454],
  [-1144, -4, 29_708],
] as const;
/** Gains of the long-term predictor, and of the pulses. */
const lagGains = [3277, 11_469, 21_299, 32_767] as const;
const pulseFactors = [18_431, 20_479, 22_527, 24_575, 26_623, 28_671, 30_719, 32_767] as const;
/** Ends of the parts of a frame over which the log-area ratios are interpolated. */
const parts = [13, 27, 40, frameLength] as const;

/** Takes fields of 1 to 7 bits from a frame. */
type Fields = (bits: number) => number;

/**
 * Opens a decoder of GSM 06.10. A packet is a frame of 33 bytes, or with `gsm-ms` a block of 65 bytes with two frames,
 * whose bits are in reverse order.
 * @see ETSI EN 300 961
 */
export function openGsmDecoder({ codec, sampleRate }: CodecParameters): PacketDecoder {
  const decoder = new FrameDecoder();
  const decode = (packet: Uint8Array): Float32Array => {
    if (codec === "gsm-ms") {
      if (packet.length < 65) throw new Error("a block of GSM 06.10 is cut short");
      const fields = lowBitsFirst(packet);
      const samples = new Float32Array(2 * frameLength);
      samples.set(decoder.decode(fields), 0);
      samples.set(decoder.decode(fields), frameLength);
      return samples;
    }
    if (packet.length < 33) throw new Error("a frame of GSM 06.10 is cut short");
    const fields = highBitsFirst(packet);
    if (fields(4) !== 0xd) throw new Error("a frame of GSM 06.10 has no signature");
    return decoder.decode(fields);
  };
  return {
    decode: (packet) => ({ sampleRate, channels: [decode(packet)] }),
    free: () => undefined,
  };
}

function highBitsFirst(bytes: Uint8Array): Fields {
  let at = 0;
  return (bits) => {
    let value = 0;
    for (let n = 0; n < bits; n++, at++)
      value = 2 * value + ((bytes[at >> 3]! >> (7 - (at & 7))) & 1);
    return value;
  };
}

function lowBitsFirst(bytes: Uint8Array): Fields {
  let at = 0;
  return (bits) => {
    let value = 0;
    for (let n = 0; n < bits; n++, at++) value |= ((bytes[at >> 3]! >> (at & 7)) & 1) << n;
    return value;
  };
}

class FrameDecoder {
  /** The excitation: 120 samples of the past, then 40 of this subframe. */
  readonly #excitation = new Int32Array(160);
  readonly #filter = new Int32Array(9);
  #ratios = new Int32Array(8);
  #lag = 40;
  #deemphasis = 0;

  decode(fields: Fields): Float32Array {
    const codes = ratioBits.map((bits) => fields(bits));
    const residual = new Int32Array(frameLength);
    for (let subframe = 0; subframe < subframes; subframe++) {
      this.#decodeSubframe(fields);
      residual.set(this.#excitation.subarray(120), 40 * subframe);
      this.#excitation.copyWithin(0, 40);
    }
    this.#synthesize(codes, residual);
    return Float32Array.from(residual, (sample) => {
      this.#deemphasis = saturate(sample + multiply(this.#deemphasis, 28_180));
      return (saturate(2 * this.#deemphasis) & ~7) / 0x8000;
    });
  }

  #decodeSubframe(fields: Fields): void {
    const [lag, gain, grid, maximum] = [fields(7), fields(2), fields(2), fields(6)];
    const pulsesAt = decodePulses(fields, maximum);
    if (lag >= 40 && lag <= 120) this.#lag = lag;
    const excitation = this.#excitation;
    for (let n = 0; n < 40; n++) {
      const pulse = (n - grid) % 3 === 0 && n >= grid ? (pulsesAt[(n - grid) / 3] ?? 0) : 0;
      excitation[120 + n] = saturate(
        pulse + multiply(lagGains[gain]!, excitation[120 + n - this.#lag]!),
      );
    }
  }

  /** Filters the excitation in place. */
  #synthesize(codes: readonly number[], samples: Int32Array): void {
    const now = Int32Array.from(codes, (code, n) => {
      const [b, mic, inverse] = ratioTable[n]!;
      const ratio = multiply(inverse, saturate(((code + mic) << 10) - 2 * b));
      return saturate(2 * ratio);
    });
    const before = this.#ratios;
    this.#ratios = now;
    let n = 0;
    for (const [part, end] of parts.entries()) {
      const reflections = now.map((ratio, i) => toReflection(interpolate(before[i]!, ratio, part)));
      for (; n < end; n++) samples[n] = this.#filterSample(samples[n]!, reflections);
    }
  }

  #filterSample(excitation: number, reflections: Int32Array): number {
    const filter = this.#filter;
    let sample = excitation;
    for (let i = 7; i >= 0; i--) {
      sample = saturate(sample - multiply(reflections[i]!, filter[i]!));
      filter[i + 1] = saturate(filter[i]! + multiply(reflections[i]!, sample));
    }
    filter[0] = sample;
    return sample;
  }
}

function decodePulses(fields: Fields, maximum: number): number[] {
  let exponent = maximum > 15 ? (maximum >> 3) - 1 : 0;
  let mantissa = maximum - (exponent << 3);
  if (mantissa === 0) {
    exponent = -4;
    mantissa = 7;
  } else {
    while (mantissa <= 7) {
      mantissa = (mantissa << 1) | 1;
      exponent--;
    }
    mantissa -= 8;
  }
  const shift = 6 - exponent;
  const rounding = shift > 0 ? 1 << (shift - 1) : 0;
  return Array.from({ length: pulses }, () => {
    const pulse = multiply(pulseFactors[mantissa]!, (2 * fields(3) - 7) << 12);
    return saturate(pulse + rounding) >> shift;
  });
}

/** Between the ratios of the frame before and of this one, in the four parts of a frame. */
function interpolate(before: number, now: number, part: number): number {
  if (part === 0) return saturate(saturate((before >> 2) + (now >> 2)) + (before >> 1));
  if (part === 1) return saturate((before >> 1) + (now >> 1));
  if (part === 2) return saturate(saturate((before >> 2) + (now >> 2)) + (now >> 1));
  return now;
}

function toReflection(ratio: number): number {
  const size = ratio === -32_768 ? 32_767 : Math.abs(ratio);
  const reflection =
    size < 11_059 ? size << 1 : size < 20_070 ? size + 11_059 : saturate((size >> 2) + 26_112);
  return ratio < 0 ? -reflection : reflection;
}
