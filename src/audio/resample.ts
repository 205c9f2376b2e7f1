import type Libsamplerate from "@alexanderolsen/libsamplerate-js";
import { UndertoneError } from "../shared/errors.ts";
import { concatenate } from "./blocks.ts";

/** libsamplerate supports ratios from 1/256 to 256, and its wrapper rates up to 192 kHz; only the ratio matters. */
const maxRatio = 256;
const maxHz = 192_000;
/** Below its buffer sizes of 1 008 000 samples in and out. */
const maxBlock = 1 << 18;

type Converter = Awaited<ReturnType<typeof Libsamplerate.create>>;

/**
 * Resamples a mono stream block by block, to the same samples as in one call, without delay or drift: of n samples
 * round(n · toHz / fromHz). Band-limited interpolation by libsamplerate's medium sinc converter.
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

  /**
   * @throws RangeError when a rate is not a positive whole number or they differ by more than 256 times
   * @throws UndertoneError `audio-unsupported` for rates above 192 kHz that are odd multiples of each other
   */
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
    const unit = greatestCommonDivisor(fromHz, toHz);
    if (Math.max(fromHz, toHz) > unit * maxHz) {
      const problem = `Sound at ${fromHz} Hz cannot be resampled to ${toHz} Hz. Convert it to 48000 Hz.`;
      throw new UndertoneError("audio-unsupported", problem);
    }
    const { create, ConverterType } = await loadLibsamplerate();
    const converter = await create(1, fromHz / unit, toHz / unit, {
      converterType: ConverterType.SRC_SINC_MEDIUM_QUALITY,
    });
    return new Resampler(converter, ratio);
  }

  /** Adds the next samples and returns those that are complete. */
  push(samples: Float32Array): Float32Array {
    this.#received += samples.length;
    return this.#convert(samples);
  }

  /** Returns the remaining samples, followed by silence, and frees the converter. */
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

  /** Frees the converter; only needed without `finish`. */
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

/** A CommonJS module, whose exports Node has under `default` and bundlers on the module itself. */
async function loadLibsamplerate(): Promise<typeof Libsamplerate> {
  const imported = await import("@alexanderolsen/libsamplerate-js");
  return imported.default ?? imported;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
