import { predictedLabel, type Probabilities } from "./prediction.ts";

/** Errors among the samples that are predicted at a coverage. */
export interface RiskCoveragePoint {
  /** Share of the samples that are predicted, 0..1. */
  readonly coverage: number;
  /** Share of errors among them, 0..1. */
  readonly risk: number;
  /** The lowest confidence that is predicted. */
  readonly confidence: number;
}

/** How well confidence tells correct predictions from errors: selective classification. */
export interface RiskCoverage {
  /** From the most confident sample to all, at most 100 points; samples of equal confidence stand together. */
  readonly curve: readonly RiskCoveragePoint[];
  /** Area under the risk-coverage curve (AURC), the mean risk over all coverages: lower is better. */
  readonly areaUnderCurve: number;
  /** The largest coverage with at most half of the risk at full coverage; 0 for none. */
  readonly coverageAtHalfRisk: number;
}

const mostPoints = 100;

/**
 * Returns the risk-coverage curve: the error rate when samples below a confidence are left out. `yTrue` [samples] holds
 * column indices of `probabilities` [samples, labels].
 * @throws RangeError when there are no samples
 * @see El-Yaniv and Wiener, On the Foundations of Noise-free Selective Classification, 2010; Geifman and El-Yaniv 2017
 * @example
 * ```ts
 * import { riskCoverage } from "undertone/metrics";
 *
 * const coverage = riskCoverage([0, 1], [[0.9, 0.1], [0.6, 0.4]]).coverageAtHalfRisk; // → 0.5
 * ```
 */
export function riskCoverage(yTrue: ArrayLike<number>, probabilities: Probabilities): RiskCoverage {
  const points = allPoints(yTrue, probabilities);
  const all = points.at(-1);
  if (all === undefined) throw new RangeError("riskCoverage: probabilities must not be empty");
  const safe = points.findLast(({ risk }) => risk <= all.risk / 2);
  return {
    curve: thinned(points),
    areaUnderCurve: areaUnder(points),
    coverageAtHalfRisk: safe?.coverage ?? 0,
  };
}

/** A point after each confidence that occurs, highest first: a threshold cannot part equals. */
function allPoints(yTrue: ArrayLike<number>, probabilities: Probabilities): RiskCoveragePoint[] {
  const samples = probabilities
    .map((row, index) => {
      const predicted = predictedLabel(row);
      return { confidence: row[predicted]!, error: Number(predicted !== yTrue[index]) };
    })
    .toSorted((a, b) => b.confidence - a.confidence);
  let errors = 0;
  return samples.flatMap(({ confidence, error }, index) => {
    errors += error;
    const covered = index + 1;
    if (samples[covered]?.confidence === confidence) return [];
    return [{ coverage: covered / samples.length, risk: errors / covered, confidence }];
  });
}

function areaUnder(points: readonly RiskCoveragePoint[]): number {
  return points.reduce(
    (area, { coverage, risk }, index) =>
      area + risk * (coverage - (points[index - 1]?.coverage ?? 0)),
    0,
  );
}

function thinned(points: readonly RiskCoveragePoint[]): RiskCoveragePoint[] {
  const every = Math.ceil(points.length / mostPoints);
  return points.filter((_, index) => (points.length - 1 - index) % every === 0);
}
