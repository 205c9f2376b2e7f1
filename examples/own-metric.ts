/**
 * Scores a finished run by a metric of one's own, with a 95 % interval that resamples speakers:
 *
 *   npx tsx examples/own-metric.ts run/
 */
import { bootstrap, confusionMatrix } from "undertone/metrics";
import { evaluate } from "undertone/train";

const [runFolder] = process.argv.slice(2);
if (runFolder === undefined) {
  console.error("Usage: own-metric.ts RUN_FOLDER");
  process.exit(2);
}

const { info, test } = await evaluate(runFolder);
const yTrue = test.map(({ actual }) => info.labels[actual]!);
const yPred = test.map(
  ({ probabilities }) => info.labels[probabilities.indexOf(Math.max(...probabilities))]!,
);
const groups = test.map(({ speakerId }) => speakerId);

/** The lowest recall of all labels: what the model is like for the emotion that it recognizes worst. */
function worstRecall(actual: readonly string[], predicted: readonly string[]): number {
  const rows = confusionMatrix(actual, predicted, { labels: info.labels, normalize: "true" });
  return Math.min(...rows.map((row, label) => row[label]!));
}

console.log("worst recall", bootstrap([yTrue, yPred], worstRecall, { groups }));
