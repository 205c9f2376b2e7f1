import { openTransformKernel, stepBytes } from "./transform-kernel.ts";

/** So many frames are transformed at once. */
export const framesAtOnce = 4;

const vectorBytes = 4 * framesAtOnce;

/** Where a step takes a and b, and puts its result, in vectors. */
interface Places {
  readonly a: number;
  readonly b: number;
  readonly to: number;
}

/** Steps of the kernel, from a place of its memory up to another one. */
interface Steps {
  readonly step: number;
  readonly end: number;
}

export interface FrameTransformOptions {
  /** A power of two from 8 on, at least as long as the window. */
  readonly length: number;
  readonly window: Float32Array;
  /** Of the bins of a spectrum [length / 2 + 1]; those below `lowBin` are left out. */
  readonly weights: Float32Array;
  readonly lowBin: number;
}

/**
 * Weighted power spectra of four windowed frames at once, and their autocorrelations, in float32: what comes of one frame
 * does not depend on the others. As in `RealFft`, a complex transform of half the length does the work.
 */
export class FrameTransforms {
  /** Weighted power spectra [bins, 4], times 4; 0 below `lowBin`. */
  readonly spectra: Float32Array;
  /** Sums of the spectra [2, 4], without their weights and with them. */
  readonly sums: Float32Array;
  /** Samples of the frames [4, window]. */
  readonly #frames: Float32Array;
  /** The windowed frames [length, 4], then complex spectra or autocorrelations. */
  readonly #values: Float32Array;
  readonly #windowLength: number;
  /** Where a lag of the autocorrelations is among the values. */
  readonly #lagPlaces: Uint32Array;
  readonly #transform: () => void;
  readonly #correlate: () => void;

  constructor({ length, window, weights, lowBin }: FrameTransformOptions) {
    const half = length / 2;
    const bins = half + 1;
    // Places in vectors of four numbers.
    const sumsAt = length + bins;
    const windowAt = (sumsAt + 2) * vectorBytes;
    const weightsAt = windowAt + 4 * window.length;
    const framesAt = weightsAt + 4 * weights.length;
    const stepsAt = framesAt + vectorBytes * window.length;
    const turnCount = (half / 2) * Math.log2(half);
    const { buffer, run } = openTransformKernel(stepsAt + (turnCount + 2 * bins) * stepBytes);
    new Float32Array(buffer, windowAt).set(window);
    new Float32Array(buffer, weightsAt).set(weights);
    this.#values = new Float32Array(buffer, 0, length * framesAtOnce);
    this.spectra = new Float32Array(buffer, length * vectorBytes, bins * framesAtOnce);
    this.sums = new Float32Array(buffer, sumsAt * vectorBytes, 2 * framesAtOnce);
    this.#frames = new Float32Array(buffer, framesAt, window.length * framesAtOnce);
    this.#windowLength = window.length;

    const places = new Uint32Array(half); // of the transform's outputs
    for (let n = 1; n < half; n++) places[n] = (places[n >> 1]! >> 1) | (n & 1 ? half : 0);
    this.#lagPlaces = Uint32Array.from({ length }, (_, lag) => places[lag >> 1]! + (lag & 1));
    const steps = new StepWriter(buffer, stepsAt, length);
    for (let width = half / 2; width >= 1; width /= 2) {
      for (let n = 0; n < half / 2; n++) {
        const a = 2 * n - (n % width);
        steps.write({ a: 2 * a, b: 2 * (a + width), to: 0 }, ((n % width) * half) / width);
      }
    }
    const turns = steps.take();
    for (let bin = lowBin; bin < bins; bin++) {
      const [a, b] = [places[bin % half]!, places[(half - bin) % half]!];
      steps.write({ a, b, to: length + bin }, bin);
    }
    const powers = steps.take();
    for (let bin = 0; bin < half; bin++) {
      steps.write({ a: length + bin, b: length + half - bin, to: 2 * bin }, bin);
    }
    const inputs = steps.take();

    const frameAt = (row: number): number => framesAt + 4 * row * window.length;
    const cut = {
      frame0: frameAt(0),
      frame1: frameAt(1),
      frame2: frameAt(2),
      frame3: frameAt(3),
      window: windowAt,
      windowEnd: weightsAt,
      result: 0,
    };
    const spectrum = {
      spectrum: (length + lowBin) * vectorBytes,
      spectrumEnd: sumsAt * vectorBytes,
      weights: weightsAt + 4 * lowBin,
      sums: sumsAt * vectorBytes,
    };
    this.#transform = () => {
      run("cut", cut);
      run("turn", turns);
      run("power", powers);
      run("weigh", spectrum);
    };
    this.#correlate = () => {
      run("prepare", inputs);
      run("turn", turns);
    };
  }

  /** Computes the spectra of the frames that begin at up to four samples, with zeros outside of the recording. */
  transform(samples: Float32Array, starts: readonly number[]): void {
    const length = this.#windowLength;
    for (const [row, start] of starts.entries()) {
      const frame = this.#frames.subarray(row * length, (row + 1) * length);
      const before = Math.min(length, Math.max(0, -start));
      const inside = samples.subarray(Math.max(0, start), Math.max(0, start + length));
      frame.fill(0, 0, before);
      frame.set(inside, before);
      frame.fill(0, before + inside.length);
    }
    this.#values.fill(0, length * framesAtOnce);
    this.#transform();
  }

  /** Computes the autocorrelations of the spectra. */
  correlate(): void {
    this.#correlate();
  }

  /** Writes the first lags of a frame's autocorrelation, times 4 · length. */
  readLags(frame: number, lags: Float32Array): void {
    const values = this.#values;
    const places = this.#lagPlaces;
    for (let lag = 0; lag < lags.length; lag++) {
      const value = values[framesAtOnce * places[lag]! + frame]!;
      lags[lag] = lag & 1 ? -value : value;
    }
  }
}

/** Writes steps one after the other. */
class StepWriter {
  readonly #places: Uint32Array;
  readonly #angles: Float32Array;
  readonly #cos: Float64Array;
  readonly #sin: Float64Array;
  readonly #start: number;
  #count = 0;
  #taken = 0;

  constructor(buffer: ArrayBuffer, start: number, length: number) {
    this.#places = new Uint32Array(buffer, start);
    this.#angles = new Float32Array(buffer, start);
    const radians = Float64Array.from(
      { length: length / 2 + 1 },
      (_, n) => (2 * Math.PI * n) / length,
    );
    this.#cos = radians.map(Math.cos);
    this.#sin = radians.map(Math.sin);
    this.#start = start;
  }

  /** Writes a step, and its angle, a share of `length`. */
  write({ a, b, to }: Places, angle: number): void {
    const at = (this.#count++ * stepBytes) / 4;
    this.#places[at] = a * vectorBytes;
    this.#places[at + 1] = b * vectorBytes;
    this.#places[at + 2] = to * vectorBytes;
    this.#angles[at + 3] = this.#cos[angle]!;
    this.#angles[at + 4] = this.#sin[angle]!;
  }

  /** Returns where the steps are that were written since they were last taken. */
  take(): Steps {
    const step = this.#start + this.#taken * stepBytes;
    this.#taken = this.#count;
    return { step, end: this.#start + this.#count * stepBytes };
  }
}
