import { encoderInputs, standardisation } from "../models/audio-encoder.ts";
import type { Weights } from "../models/network.ts";
import { speechEncoders, type HeardLayers } from "../models/speech-encoder.ts";
import { floatsOf, type Inputs, type InputValues } from "./examples.ts";

/** Mean and standard deviation of each number, by its place in a row. */
export interface Moments {
  readonly mean: Float32Array;
  readonly deviation: Float32Array;
}

const leastDeviation = 1e-3;

/** Moments over all rows of some blocks, each [rows, rowLength]. */
export function rowMoments(blocks: readonly InputValues[], rowLength: number): Moments {
  const sums = new Float64Array(rowLength);
  const squares = new Float64Array(rowLength);
  let rows = 0;
  for (const block of blocks) {
    const values = floatsOf(block);
    rows += values.length / rowLength;
    for (let row = 0; row < values.length; row += rowLength) {
      for (let i = 0; i < rowLength; i++) {
        const value = values[row + i]!;
        sums[i]! += value;
        squares[i]! += value * value;
      }
    }
  }
  const mean = Float32Array.from(sums, (sum) => sum / rows);
  const deviation = Float32Array.from(squares, (sum, i) =>
    Math.max(leastDeviation, Math.sqrt(Math.max(0, sum / rows - (sums[i]! / rows) ** 2))),
  );
  return { mean, deviation };
}

/** The weights by which a network standardises encoders' layers: moments over all frames of some clips. */
export function standardisingWeights(
  clips: readonly Inputs[],
  encoders: readonly HeardLayers[],
): Weights {
  return new Map(
    encoders.flatMap(({ name, layers }): [string, Float32Array][] => {
      const blocks = clips.map((inputs) => inputs[encoderInputs(name).hidden]!);
      const moments = rowMoments(blocks, layers.length * speechEncoders[name].width);
      const names = standardisation(name);
      return [
        [names.mean, moments.mean],
        [names.deviation, moments.deviation],
      ];
    }),
  );
}
