import { dimensionMetrics, metrics, type MetricFacts } from "./metrics.ts";

/** Returns docs/reference/metrics.md: every metric of the registry, and what the library has beside them. */
export function metricReference(): string {
  const paragraphs = [
    "# Metrics",
    "<!-- Written by `npm run docs` from src/evaluation/metrics.ts. Do not edit: change the entry and run the command again. -->",
    "Scores are shares of 1 in JSON and in the library, and per cent in tables. They are scikit-learn's definitions, and tests compare with its values; where nothing can be divided, such as the precision of a label that was never predicted, a score is 0.",
    listOf(metrics),
    "Label metrics do not change by calibration. The others are reported with and without it, and the tables show them with it. Every report also has precision, recall, F1 and support of each class, results per speaker and by sex, the confusion matrix `[true label][predicted label]`, the reliability diagram and the risk-coverage curve.",
    "Of models that predict dimensions, such as arousal, each dimension has:",
    listOf(dimensionMetrics),
    "`undertone/metrics` has them as functions of arrays: `uar`, `accuracy`, `macroF1`, `weightedF1`, `confusionMatrix`, `classScores`, `expectedCalibrationError`, `logLoss`, `brierScore`, `reliabilityBins`, `riskCoverage`, `ccc`, `pearson`, `rmse`, `wordErrorRate`, and `bootstrap` for the interval of any of them, by speakers.",
    "[Evaluation](../evaluation.md) explains protocols, intervals and calibration.",
  ];
  return `${paragraphs.join("\n\n")}\n`;
}

const listOf = (entries: readonly MetricFacts[]): string =>
  entries
    .map(
      ({ key, name, abbreviation, definition, better }) =>
        `- **${name}** (${abbreviation}, \`${key}\`): ${definition}; ${better} is better.`,
    )
    .join("\n");
