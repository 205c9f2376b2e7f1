import { readFileSync } from "node:fs";

interface Reference {
  signal: {
    sampleRate: number;
    length: number;
    silent: number;
    noiseSeed: number;
    samples: Record<string, number>;
  };
  logMel: {
    sampleRate: number;
    nFft: number;
    winLength: number;
    hopLength: number;
    nMels: number;
    fMin: number;
    fMax: number;
    scale: "slaney" | "htk";
    /** [frames, nMels] natural logarithm of max(power, 1e-10) */
    logMel: number[];
  }[];
  filterbankColumnSums: {
    nFft: number;
    nMels: number;
    fMin: number;
    fMax: number;
    scale: "slaney" | "htk";
    norm: "slaney" | "none";
    sums: number[];
  }[];
  /** [frames, nMfcc] of `logMel[0]` */
  mfcc: { nMfcc: number; lifter: number; values: number[] }[];
  /** [frames, 13] of `mfcc[0]` */
  deltas: { width: number; order: 1 | 2; values: number[] }[];
  spectral: {
    nFft: number;
    winLength: number;
    hopLength: number;
    rolloff: number;
    spectralCentroid: number[];
    spectralBandwidth: number[];
    spectralRolloff: number[];
    spectralFlatness: number[];
  }[];
  energy: {
    frameLength: number;
    hopLength: number;
    rmsEnergy: number[];
    zeroCrossingRate: number[];
  }[];
  /** [80, frames] */
  whisperInput: number[];
}

/** Values that `features.py` beside this file computed with numpy and scipy. */
export const reference: Reference = JSON.parse(
  readFileSync(new URL("features.json", import.meta.url), "utf8"),
);

/** The signal of `features.py`. */
export function referenceSignal(): Float32Array {
  const { sampleRate, length, silent, noiseSeed } = reference.signal;
  let state = noiseSeed;
  return Float32Array.from({ length }, (_, n) => {
    state = (Math.imul(1_664_525, state) + 1_013_904_223) >>> 0;
    const t = n / sampleRate;
    const phase = 2 * Math.PI * (200 * t + 300 * t * t);
    const noise = 0.02 * (state / 2 ** 31 - 1);
    return n < silent ? 0 : 0.5 * Math.sin(phase) + 0.2 * Math.sin(3 * phase) + noise;
  });
}

/** Row-major [rows, columns] → [columns, rows]. */
export function transposed(values: ArrayLike<number>, columns: number): Float32Array {
  const rows = values.length / columns;
  return Float32Array.from(
    { length: values.length },
    (_, index) => values[(index % rows) * columns + Math.floor(index / rows)]!,
  );
}

/** The largest difference between two equally long lists, relative to 1 or the expected value if that is larger. */
export function largestError(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (actual.length !== expected.length) return Infinity;
  let largest = 0;
  for (let index = 0; index < actual.length; index++) {
    const error = Math.abs(actual[index]! - expected[index]!);
    largest = Math.max(largest, error / Math.max(1, Math.abs(expected[index]!)));
    if (Number.isNaN(error)) return Infinity;
  }
  return largest;
}
