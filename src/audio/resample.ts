import { UndertoneError } from "../shared/errors.ts";
import { concatenate } from "./blocks.ts";
import { filterUnit, openFilterKernel, type FilterKernel } from "./filter-kernel.ts";
import { interpolationFilters, sincLength } from "./kaiser-sinc.ts";

const maxRatio = 256;
/** Coefficients of all filters of a ratio: 64 MB, which rates without a common divisor would exceed. */
const maxCoefficients = 1 << 24;
/** Samples that are converted at once. */
const maxBlock = 1 << 16;

/** The filters of one ratio, in the memory of the kernel that runs them. */
interface FilterBank {
  readonly run: FilterKernel["run"];
  /** Samples to filter: those that are held, then the next ones. */
  readonly input: Float32Array;
  readonly output: Float32Array;
  readonly filterBytes: number;
  /** How many phases there are: the output's rate without the common divisor. */
  readonly phases: number;
  /** From one output to the next, in phases: the input's rate without the common divisor. */
  readonly step: number;
}

/**
 * Resamples a mono stream block by block, to the same samples as in one call, without delay or drift: of n samples
 * round(n · toHz / fromHz). Band-limited interpolation by a polyphase filter bank: up to 0.9 of the lower Nyquist rate
 * all passes, from there on all is stopped by 120 dB.
 */
export class Resampler {
  readonly #bank: FilterBank | undefined;
  readonly #ratio: number;
  /** Samples held in the bank's input, of which the first is that of the next output. */
  #held = 0;
  /** Samples that the next output still has to skip. */
  #skip = 0;
  #phase = 0;
  #received = 0;
  #emitted = 0;

  private constructor(bank: FilterBank | undefined, ratio: number, held = 0) {
    this.#bank = bank;
    this.#ratio = ratio;
    this.#held = held;
  }

  /**
   * @throws RangeError when a rate is not a positive whole number or they differ by more than 256 times
   * @throws UndertoneError `audio-unsupported` for high rates without a large common divisor
   */
  static create(fromHz: number, toHz: number): Resampler {
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
    const phases = toHz / unit;
    if (phases * sincLength(ratio) > maxCoefficients) {
      const problem = `Sound at ${fromHz} Hz cannot be resampled to ${toHz} Hz. Convert it to 48000 Hz.`;
      throw new UndertoneError("audio-unsupported", problem);
    }
    const { filters, length, before } = interpolationFilters(phases, ratio, filterUnit);
    const step = fromHz / unit;
    const inputLength = maxBlock + 2 * length;
    const outputLength = Math.ceil((inputLength + 1) * ratio) + 1;
    const { buffer, run } = openFilterKernel(4 * (filters.length + inputLength + outputLength));
    const at = (start: number, count: number) => new Float32Array(buffer, 4 * start, count);
    at(0, filters.length).set(filters);
    const bank = {
      run,
      input: at(filters.length, inputLength),
      output: at(filters.length + inputLength, outputLength),
      filterBytes: 4 * length,
      phases,
      step,
    };
    return new Resampler(bank, ratio, before); // silence before the first sample
  }

  /** Adds the next samples and returns those that are complete. */
  push(samples: Float32Array): Float32Array {
    this.#received += samples.length;
    return this.#convert(samples);
  }

  /** Returns the remaining samples, followed by silence. */
  finish(): Float32Array {
    const missing = Math.round(this.#received * this.#ratio) - this.#emitted;
    const tail: Float32Array[] = [];
    const silence = new Float32Array(this.#bank ? this.#bank.filterBytes / 4 : 0);
    for (let length = 0; length < missing; length += tail.at(-1)!.length) {
      tail.push(this.#convert(silence));
    }
    return concatenate(tail).subarray(0, Math.max(0, missing));
  }

  #convert(samples: Float32Array): Float32Array {
    const bank = this.#bank;
    const blocks = Array.from({ length: Math.ceil(samples.length / maxBlock) }, (_, n) =>
      samples.subarray(n * maxBlock, (n + 1) * maxBlock),
    );
    const converted = bank
      ? concatenate(blocks.map((block) => this.#filter(bank, block)))
      : samples;
    this.#emitted += converted.length;
    return converted;
  }

  /** Returns the outputs whose filters end within the samples that are held and the next ones. */
  #filter(
    { run, input, output, filterBytes, phases, step }: FilterBank,
    samples: Float32Array,
  ): Float32Array {
    input.set(samples, this.#held);
    const held = this.#held + samples.length;
    const free = held - filterBytes / 4 - this.#skip; // how far the next output's place may move on
    // Output k lies floor((phase + k · step) / phases) samples after the next one.
    const count = free < 0 ? 0 : Math.ceil(((free + 1) * phases - this.#phase) / step);
    if (count > 0) {
      run("filter", {
        input: input.byteOffset + 4 * this.#skip,
        filters: 0,
        output: output.byteOffset,
        outputEnd: output.byteOffset + 4 * count,
        filterBytes,
        phase: this.#phase,
        phases,
        wholeStepBytes: 4 * Math.floor(step / phases),
        phaseStep: step % phases,
      });
    }
    const moved = this.#phase + count * step;
    const next = this.#skip + Math.floor(moved / phases);
    this.#phase = moved % phases;
    const kept = Math.min(next, held);
    input.copyWithin(0, kept, held);
    this.#held = held - kept;
    this.#skip = next - kept;
    return output.slice(0, count);
  }
}

/**
 * Resolves to mono `samples` at another sample rate [round(length · toHz / fromHz)], by band-limited interpolation without
 * delay.
 * @throws RangeError when a rate is not a positive whole number or they differ by more than 256 times
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
  const resampler = Resampler.create(fromHz, toHz);
  return concatenate([resampler.push(samples), resampler.finish()]);
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
