import { predictedLabel, type Prediction } from "./prediction.ts";

/** What is left when only the surest answers are given. */
export interface SelectivePoint {
  /** Share of the clips that are answered, 0..1. */
  readonly coverage: number;
  /** Share of wrong answers among them, 0..1. */
  readonly risk: number;
  /** The lowest confidence that is answered. */
  readonly confidence: number;
}

/** How far confidence tells right answers from wrong ones: a model that abstains when unsure. */
export interface Selective {
  /** From the surest clip to all of them, at most 100 points; clips of equal confidence stand together. */
  readonly curve: readonly SelectivePoint[];
  /** Mean risk over all coverages: lower is better. */
  readonly areaUnderCurve: number;
  /** The largest coverage at which answers are wrong at most half as often as over all clips; 0 for none. */
  readonly coverageAtHalfRisk: number;
}

const mostPoints = 100;

/**
 * Risk over coverage when clips below a confidence are left unanswered.
 * @see El-Yaniv and Wiener, On the Foundations of Noise-free Selective Classification, 2010; Geifman and El-Yaniv 2017
 */
export function selectiveScores(predictions: readonly Prediction[]): Selective {
  const points = allPoints(predictions);
  const all = points.at(-1);
  if (all === undefined) throw new RangeError("selectiveScores: predictions must not be empty");
  const safe = points.findLast(({ risk }) => risk <= all.risk / 2);
  return {
    curve: thinned(points),
    areaUnderCurve: areaUnder(points),
    coverageAtHalfRisk: safe?.coverage ?? 0,
  };
}

/** A point after each confidence that occurs, surest first: a threshold cannot part equals. */
function allPoints(predictions: readonly Prediction[]): SelectivePoint[] {
  const answers = predictions
    .map(({ actual, probabilities }) => {
      const predicted = predictedLabel(probabilities);
      return { confidence: probabilities[predicted]!, wrong: Number(predicted !== actual) };
    })
    .toSorted((a, b) => b.confidence - a.confidence);
  let wrong = 0;
  return answers.flatMap((answer, index) => {
    wrong += answer.wrong;
    const answered = index + 1;
    if (answers[answered]?.confidence === answer.confidence) return [];
    return [
      {
        coverage: answered / answers.length,
        risk: wrong / answered,
        confidence: answer.confidence,
      },
    ];
  });
}

function areaUnder(points: readonly SelectivePoint[]): number {
  return points.reduce(
    (area, { coverage, risk }, index) =>
      area + risk * (coverage - (points[index - 1]?.coverage ?? 0)),
    0,
  );
}

function thinned(points: readonly SelectivePoint[]): SelectivePoint[] {
  const every = Math.ceil(points.length / mostPoints);
  return points.filter((_, index) => (points.length - 1 - index) % every === 0);
}
