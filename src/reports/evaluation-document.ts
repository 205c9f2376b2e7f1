import { countPredictions, labelScores } from "../evaluation/metrics.ts";
import { extraDataOf, isLeaky, type EvaluatedRun } from "../runs/evaluate-run.ts";

/** Returns what `evaluation.json` holds and `undertone evaluate --json` prints. */
export function evaluationDocument({ info, folds, scores, warnings }: EvaluatedRun) {
  return {
    format: 2,
    name: info.name,
    corpus: info.corpus,
    extraData: extraDataOf(info),
    protocol: info.protocol,
    leaky: isLeaky(info.protocol),
    seed: info.seed,
    labels: info.labels,
    tested: info.tested,
    parameters: folds[0]?.state.parameters,
    trainingSeconds: folds.reduce((sum, { state }) => sum + state.seconds, 0),
    folds: folds.map(({ fold, state, test, temperature }) => ({
      fold,
      clips: test.length,
      ...labelScores(countPredictions(test, info.labels.length)),
      temperature,
      epochs: state.epochs,
      bestEpoch: state.bestEpoch,
      seconds: state.seconds,
    })),
    warnings,
    scores,
  };
}

/** @see evaluationDocument */
export type EvaluationDocument = ReturnType<typeof evaluationDocument>;
