import { nodeRuntime } from "../../src/graph/runtime.node.ts";
import { fitLogisticRegression } from "../../src/models/linear/logistic-regression.ts";
import type { DetectorWeights } from "../../src/transcription/english-detector.ts";
import type { Measured } from "./measure.ts";

interface FitOptions {
  readonly layer: number;
  readonly width: number;
  /** How far examples count against small weights. */
  readonly c: number;
  /** Share of training utterances that are not English whose words may count, each tested by a fit without its speaker or language. */
  readonly believedShare: number;
}

const folds = 6;

/** Who must not be in two folds: of synthetic speech that is not English the language, which is what may be learned by heart. */
const groupOf = ({ group, speaker, language }: Measured): string =>
  group === "espeak-ng" && language !== "en" ? language : speaker;

const isEnglishClip = ({ language }: Measured): boolean => language === "en";

/** Fits the detector to training utterances; above a logit of 0 are `believedShare` of those that are not English. */
export async function fitDetector(
  rows: readonly Measured[],
  options: FitOptions,
): Promise<DetectorWeights> {
  const groups = [...new Set(rows.map(groupOf))].toSorted();
  const foldOf = (row: Measured): number => groups.indexOf(groupOf(row)) % folds;
  const logits: number[] = [];
  for (let fold = 0; fold < folds; fold++) {
    const others = rows.filter((row) => foldOf(row) !== fold);
    const weights = await fit(others, options);
    const own = rows.filter((row) => foldOf(row) === fold && !isEnglishClip(row));
    logits.push(...own.map(({ features }) => logitOf(features, weights)));
  }
  const sorted = logits.toSorted((a, b) => b - a);
  const whole = await fit(rows, options);
  const bias = whole.bias - sorted[Math.floor(options.believedShare * sorted.length)]!;
  return { ...whole, bias };
}

/** The logit of an utterance's features. */
export function logitOf(
  features: readonly number[],
  { weights, bias }: Pick<DetectorWeights, "weights" | "bias">,
): number {
  return features.reduce((logit, feature, n) => logit + feature * weights[n]!, bias);
}

async function fit(
  rows: readonly Measured[],
  { layer, width, c }: FitOptions,
): Promise<DetectorWeights> {
  const columnCount = rows[0]!.features.length;
  const columns = Array.from({ length: columnCount }, (_, n) => {
    const values = rows.map(({ features }) => features[n]!);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
    return { mean, deviation: Math.sqrt(variance) + 1e-6 };
  });
  const values = Float64Array.from(
    rows.flatMap(({ features }) =>
      columns.map(({ mean, deviation }, n) => (features[n]! - mean) / deviation),
    ),
  );
  const labels = Int32Array.from(rows, (row) => (isEnglishClip(row) ? 1 : 0));
  const fitted = await fitLogisticRegression({ columnCount, values }, labels, {
    classes: 2,
    c,
    balanced: true,
    runtime: nodeRuntime,
  });
  const difference = (n: number): number => fitted.weights[2 * n + 1]! - fitted.weights[2 * n]!;
  const weights = columns.map(({ deviation }, n) => difference(n) / deviation);
  const shift = columns.reduce((sum, { mean }, n) => sum + mean * weights[n]!, 0);
  return { layer, width, weights, bias: difference(columnCount) - shift };
}
