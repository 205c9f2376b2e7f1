import { encoderInputs, standardization, type EncoderLayers } from "./encoder-layers.ts";
import type { Weights } from "./network.ts";
import { floatsOf, type Inputs, type InputValues } from "./example.ts";

/** Mean and standard deviation of each number of a row. */
export interface Moments {
  readonly mean: Float32Array;
  readonly deviation: Float32Array;
}

const leastDeviation = 1e-3;

/** Accumulates the moments of rows. */
class Sums {
  readonly #sums: Float64Array;
  readonly #squares: Float64Array;
  #rows = 0;

  constructor(width: number) {
    this.#sums = new Float64Array(width);
    this.#squares = new Float64Array(width);
  }

  /** Adds so many rows of this mean and deviation. */
  add(rows: number, mean: Float32Array, deviation: Float32Array): void {
    this.#rows += rows;
    for (let i = 0; i < this.#sums.length; i++) {
      this.#sums[i]! += rows * mean[i]!;
      this.#squares[i]! += rows * (mean[i]! ** 2 + deviation[i]! ** 2);
    }
  }

  moments(): Moments {
    const mean = Float32Array.from(this.#sums, (sum) => sum / this.#rows);
    const deviation = Float32Array.from(this.#squares, (sum, i) => {
      const variance = sum / this.#rows - (this.#sums[i]! / this.#rows) ** 2;
      return Math.max(leastDeviation, Math.sqrt(Math.max(0, variance)));
    });
    return { mean, deviation };
  }
}

/** Returns the moments of rows of one length. */
export function rowMoments(rows: readonly Float32Array[]): Moments {
  const sums = new Sums(rows[0]!.length);
  const constant = new Float32Array(rows[0]!.length);
  for (const row of rows) sums.add(1, row, constant);
  return sums.moments();
}

/** Returns mean, then deviation, of a clip's frames: layers [frames, width] → [2, layers, width]. */
export function layerStatistics(layers: readonly InputValues[], width: number): Float32Array {
  const moments = layers.map((layer) => {
    const values = floatsOf(layer);
    const frames = Array.from({ length: values.length / width }, (_, frame) =>
      values.subarray(frame * width, (frame + 1) * width),
    );
    return rowMoments(frames);
  });
  const statistics = new Float32Array(2 * layers.length * width);
  for (const [index, { mean, deviation }] of moments.entries()) {
    statistics.set(mean, index * width);
    statistics.set(deviation, (layers.length + index) * width);
  }
  return statistics;
}

/** Returns the weights by which a network standardizes encoder layers: moments over all frames of some clips. */
export function standardizingWeights(
  clips: readonly Inputs[],
  encoders: readonly EncoderLayers[],
): Weights {
  return new Map(
    encoders.flatMap(({ name }): [string, Float32Array][] => {
      const { mask, statistics } = encoderInputs(name);
      const size = clips[0]![statistics]!.length / 2;
      const sums = new Sums(size);
      for (const clip of clips) {
        const own = floatsOf(clip[statistics]!);
        sums.add(clip[mask]!.length, own.subarray(0, size), own.subarray(size));
      }
      const { mean, deviation } = sums.moments();
      const names = standardization(name);
      return [
        [names.mean, mean],
        [names.deviation, deviation],
      ];
    }),
  );
}
