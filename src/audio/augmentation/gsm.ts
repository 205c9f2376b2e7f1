import { analyze, quantizedPredictor, synthesize } from "./linear-prediction.ts";

const frameLength = 160; // 20 ms
const subframe = 40;
const order = 8;
const preEmphasis = 0.86;
const [shortestLag, longestLag] = [40, 120];
const lagGains = [0.1, 0.35, 0.65, 1];
/** Low-pass before every third sample is kept. */
const weighting = [-134, -374, 0, 2054, 5741, 8192, 5741, 2054, 0, -374, -134].map((w) => w / 8192);
const gridSpacing = 3;
const pulses = 13;
/** Steps of log area ratios, about as fine as the 36 bits of the standard. */
const ratioStep = 0.15;

/**
 * Returns samples at 8 kHz after a codec built as GSM full rate (13 kbit/s) is: linear prediction, long-term prediction, and
 * of what is left every third sample at 3 bits. In floating point: like the standard, not bit-exact.
 * @see ETSI EN 300 961 (GSM 06.10), RPE-LTP
 */
export function gsmLike(samples: Float32Array): Float32Array {
  const frames = Math.ceil(samples.length / frameLength);
  const length = longestLag + frames * frameLength; // what filters remember lies before
  const input = new Float64Array(length);
  for (const [n, sample] of samples.entries()) {
    input[longestLag + n] = sample - preEmphasis * (samples[n - 1] ?? 0);
  }
  const [residual, decoded, output] = [0, 1, 2].map(() => new Float64Array(length));
  for (let start = longestLag; start < length; start += frameLength) {
    const frame = { start, end: start + frameLength };
    const a = quantizedPredictor(input.subarray(frame.start, frame.end), order, ratioStep);
    analyze(a, { from: input, to: residual!, ...frame });
    for (let at = start; at < frame.end; at += subframe) codeSubframe(residual!, decoded!, at);
    synthesize(a, { from: decoded!, to: output!, ...frame });
  }
  let previous = 0;
  return samples.map((_, n) => (previous = output![longestLag + n]! + preEmphasis * previous));
}

/** Writes the decoded residual of one subframe. */
function codeSubframe(residual: Float64Array, decoded: Float64Array, start: number): void {
  const target = residual.subarray(start, start + subframe);
  const { lag, gain } = longTermPrediction(target, decoded, start);
  const predicted = target.map((_, n) => gain * decoded[start + n - lag]!);
  const left = target.map((value, n) => value - predicted[n]!);
  const pulsesOf = regularPulses(left);
  for (let n = 0; n < subframe; n++) decoded[start + n] = predicted[n]! + pulsesOf[n]!;
}

function longTermPrediction(
  target: Float64Array,
  decoded: Float64Array,
  start: number,
): { readonly lag: number; readonly gain: number } {
  let best = { lag: shortestLag, correlation: 0 };
  for (let lag = shortestLag; lag <= longestLag; lag++) {
    let correlation = 0;
    for (let n = 0; n < subframe; n++) correlation += target[n]! * decoded[start + n - lag]!;
    if (correlation > best.correlation) best = { lag, correlation };
  }
  let energy = 0;
  for (let n = 0; n < subframe; n++) energy += decoded[start + n - best.lag]! ** 2;
  const gain = energy > 0 ? best.correlation / energy : 0;
  return { lag: best.lag, gain: nearest(lagGains, gain) };
}

/** Returns the regular pulses [subframe] that stand for a signal: of four grids the strongest, quantized to 8 levels. */
function regularPulses(signal: Float64Array): Float64Array {
  const smooth = signal.map((_, n) =>
    weighting.reduce((sum, weight, i) => sum + weight * (signal[n + i - 5] ?? 0), 0),
  );
  let best = { offset: 0, energy: -1 };
  for (let offset = 0; offset <= gridSpacing; offset++) {
    let energy = 0;
    for (let i = 0; i < pulses; i++) energy += smooth[offset + gridSpacing * i]! ** 2;
    if (energy > best.energy) best = { offset, energy };
  }
  const grid = Array.from({ length: pulses }, (_, i) => best.offset + gridSpacing * i);
  const largest = Math.max(...grid.map((n) => Math.abs(smooth[n]!)));
  const coded = new Float64Array(subframe);
  if (largest < 2 ** -15) return coded;
  const scale = 2 ** (Math.ceil(8 * Math.log2(largest)) / 8); // 6 bits: 8 steps an octave
  for (const n of grid) {
    const level = Math.min(7, Math.floor(((smooth[n]! / scale + 1) / 2) * 8));
    coded[n] = (scale * (2 * level - 7)) / 8;
  }
  return coded;
}

function nearest(values: readonly number[], wanted: number): number {
  return values.reduce((best, value) =>
    Math.abs(value - wanted) < Math.abs(best - wanted) ? value : best,
  );
}
