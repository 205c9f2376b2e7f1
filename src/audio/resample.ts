import type Libsamplerate from "@alexanderolsen/libsamplerate-js";
import { concatenate } from "./blocks.ts";

/** libsamplerate takes ratios up to 256 either way. */
const maxRatio = 256;
/** Its buffers hold 1 008 000 samples in and out; a block stays below both. */
const maxBlock = 1 << 18;

type Converter = Awaited<ReturnType<typeof Libsamplerate.create>>;

/**
 * Changes the sample rate of a mono stream, block by block: the same samples as in one go, without
 * delay, drift or lost edges; n samples in give round(n · toHz / fromHz) out.
 * Band-limited interpolation: libsamplerate's medium sinc converter.
 * @see http://libsndfile.github.io/libsamplerate/
 */
export class Resampler {
  readonly #converter: Converter | undefined;
  readonly #ratio: number;
  readonly #maxInput: number;
  #received = 0;
  #emitted = 0;

  private constructor(converter: Converter | undefined, ratio: number) {
    this.#converter = converter;
    this.#ratio = ratio;
    this.#maxInput = Math.max(1, Math.floor(maxBlock / Math.max(1, ratio)));
  }

  /** @throws RangeError when a rate is not a positive whole number or they differ by more than 256 times */
  static async create(fromHz: number, toHz: number): Promise<Resampler> {
    const ratio = toHz / fromHz;
    if (![fromHz, toHz].every((rate) => Number.isInteger(rate) && rate > 0)) {
      throw new RangeError(
        `Resampler: rates must be positive whole numbers, got ${fromHz}, ${toHz}`,
      );
    }
    if (ratio > maxRatio || ratio < 1 / maxRatio) {
      throw new RangeError(`Resampler: cannot go from ${fromHz} to ${toHz} Hz, over 1 to 256`);
    }
    if (ratio === 1) return new Resampler(undefined, 1);
    const { create, ConverterType } = await loadLibsamplerate();
    // Only the ratio counts, and the wrapper refuses rates above 192 kHz.
    const unit = greatestCommonDivisor(fromHz, toHz);
    const converter = await create(1, fromHz / unit, toHz / unit, {
      converterType: ConverterType.SRC_SINC_MEDIUM_QUALITY,
    });
    return new Resampler(converter, ratio);
  }

  /** Takes the next samples in and gives those that are ready. */
  push(samples: Float32Array): Float32Array {
    this.#received += samples.length;
    return this.#convert(samples);
  }

  /** Gives the samples that were waiting for what comes after them, which is silence, and ends. */
  finish(): Float32Array {
    const missing = Math.round(this.#received * this.#ratio) - this.#emitted;
    const tail: Float32Array[] = [];
    const silence = new Float32Array(Math.ceil(1024 * Math.max(1, 1 / this.#ratio)));
    for (let length = 0; length < missing; length += tail.at(-1)!.length) {
      tail.push(this.#convert(silence));
    }
    this.free();
    return concatenate(tail).subarray(0, Math.max(0, missing));
  }

  /** Gives the converter back; only needed when the stream is left before `finish`. */
  free(): void {
    if (this.#converter && !this.#converter.isDestroyed) this.#converter.destroy();
  }

  #convert(samples: Float32Array): Float32Array {
    if (!this.#converter) {
      this.#emitted += samples.length;
      return samples;
    }
    const converted: Float32Array[] = [];
    for (let start = 0; start < samples.length; start += this.#maxInput) {
      converted.push(this.#converter.full(samples.subarray(start, start + this.#maxInput)));
    }
    const joined = concatenate(converted);
    this.#emitted += joined.length;
    return joined;
  }
}

/**
 * Resolves to mono `samples` at another sample rate [round(length · toHz / fromHz)], by band-limited interpolation without
 * delay (libsamplerate's medium sinc converter).
 * @throws RangeError when a rate is not a positive whole number or they differ by more than 256 times
 * @see http://libsndfile.github.io/libsamplerate/
 * @example
 * ```ts
 * import { readFile } from "node:fs/promises";
 * import { decodeAudio, resample, toMono } from "undertone/audio";
 *
 * const { channels, sampleRate } = await decodeAudio(await readFile("speech.wav"));
 * const samples = await resample(toMono(channels), sampleRate, 16_000);
 * ```
 */
export async function resample(
  samples: Float32Array,
  fromHz: number,
  toHz: number,
): Promise<Float32Array> {
  const resampler = await Resampler.create(fromHz, toHz);
  return concatenate([resampler.push(samples), resampler.finish()]);
}

/** A CommonJS module: Node puts its exports under `default`, bundlers put them beside it. */
async function loadLibsamplerate(): Promise<typeof Libsamplerate> {
  const imported = await import("@alexanderolsen/libsamplerate-js");
  return imported.default ?? imported;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
