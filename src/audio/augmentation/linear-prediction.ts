/** Filter coefficients 1, a₁ … aₚ of A(z), which turns samples into what linear prediction leaves of them. */
export type Predictor = Float64Array;

/**
 * Returns the predictor of a frame of samples by the autocorrelation method, its reflection coefficients quantized as log
 * area ratios in steps of `step`.
 * @see Markel & Gray, "Linear Prediction of Speech", 1976
 */
export function quantizedPredictor(frame: Float64Array, order: number, step: number): Predictor {
  const reflections = reflectionCoefficients(frame, order).map((k) => {
    const ratio = Math.log((1 + k) / (1 - k));
    return Math.tanh((Math.round(ratio / step) * step) / 2);
  });
  return Float64Array.from(reflections.reduce(stepUp, [1]));
}

/** Returns the predictor of one order more, whose last reflection coefficient is `k`. */
function stepUp(a: readonly number[], k: number): number[] {
  const order = a.length;
  return Array.from({ length: order + 1 }, (_, i) => (a[i] ?? 0) + k * (a[order - i] ?? 0));
}

const largestReflection = 0.985;

/** @see Durbin's recursion */
function reflectionCoefficients(frame: Float64Array, order: number): number[] {
  const r = Array.from({ length: order + 1 }, (_, lag) => {
    let sum = 0;
    for (let n = lag; n < frame.length; n++) sum += frame[n]! * frame[n - lag]!;
    return sum;
  });
  let error = r[0]! * 1.0001 + 1e-9; // as if over noise 40 dB below
  let a = [1];
  const reflections: number[] = [];
  for (let i = 1; i <= order; i++) {
    const k = -a.reduce((sum, coefficient, j) => sum + coefficient * r[i - j]!, 0) / error;
    const limited = Math.max(-largestReflection, Math.min(largestReflection, k));
    reflections.push(limited);
    a = stepUp(a, limited);
    error *= 1 - limited * limited;
  }
  return reflections;
}

/** Samples from `start` to `end` that are read and written; those before are the memory of filters. */
export interface Filtering {
  readonly from: Float64Array;
  readonly to: Float64Array;
  readonly start: number;
  readonly end: number;
}

/** Writes A(z) `from` to `to`. */
export function analyze(a: Predictor, { from, to, start, end }: Filtering): void {
  for (let n = start; n < end; n++) {
    let sum = 0;
    for (let i = 0; i < a.length; i++) sum += a[i]! * from[n - i]!;
    to[n] = sum;
  }
}

/** Writes `from` / A(z) to `to`. */
export function synthesize(a: Predictor, { from, to, start, end }: Filtering): void {
  for (let n = start; n < end; n++) {
    let sum = from[n]!;
    for (let i = 1; i < a.length; i++) sum -= a[i]! * to[n - i]!;
    to[n] = sum;
  }
}
