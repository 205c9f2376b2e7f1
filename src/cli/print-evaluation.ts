import { noIntervalReason, type Estimate } from "../evaluation/bootstrap.ts";
import { estimateText } from "../evaluation/estimates.ts";
import { dimensionMetrics } from "../evaluation/metrics.ts";
import type { EvaluationDocument } from "../reports/evaluation-document.ts";
import type { DimensionDocument } from "../reports/report-dimensions.ts";
import { counted } from "./output.ts";
import { printable } from "./printable.ts";
import { printTable } from "./table.ts";

/** Prints an evaluation for people, and where its report lies. */
export function printEvaluation(document: EvaluationDocument, folder: string): void {
  const { scores, labels } = document;
  printTerms(document, labels);
  printTable({
    header: ["score", "%", "95 % interval"],
    rows: [
      scoreRow("unweighted average recall", scores.unweightedAverageRecall),
      scoreRow("accuracy", scores.accuracy),
      scoreRow("macro-F1", scores.macroF1),
      scoreRow("calibration error", scores.calibrated.expectedCalibrationError),
      scoreRow("  before calibration", scores.uncalibrated.expectedCalibrationError),
      scoreRow("chance", { value: 1 / labels.length }),
    ],
  });
  const reason = noIntervalReason(scores.speakers);
  console.log(reason === undefined ? "" : `\n${reason}\n`);
  printTable({
    header: ["emotion", "recall", "precision", "F1", "clips", "recall, 0 to 100 %"],
    rows: scores.perClass.map(({ label, recall, precision, f1, support }) => [
      label,
      percent(recall.value),
      percent(precision),
      percent(f1),
      String(support),
      bar(recall.value),
    ]),
  });
  if (scores.bySex.length > 0) {
    console.log();
    printTable({
      header: ["sex", "recall", "95 % interval", "speakers", "clips"],
      rows: scores.bySex.map(({ sex, unweightedAverageRecall, speakers, clips }) => [
        ...scoreRow(sex, unweightedAverageRecall),
        String(speakers),
        String(clips),
      ]),
    });
  }
  console.log(`\nReport: ${folder.replace(/\/+$/, "")}/report.html`);
}

/** Prints an evaluation of dimensions for people, and where its report lies. */
export function printDimensions(document: DimensionDocument, folder: string): void {
  const { scores, dimensions } = document;
  printTerms(
    document,
    dimensions.map(({ name }) => name),
  );
  printTable({
    header: ["dimension", "scale", ...dimensionMetrics.map(({ abbreviation }) => abbreviation)],
    rows: dimensions.map(({ name, low, high }, index) => [
      name,
      `${low} to ${high}`,
      ...dimensionMetrics.map(({ key, format }) =>
        estimateText(scores.dimensions[index]![key], format),
      ),
    ]),
  });
  const reason = noIntervalReason(scores.speakers);
  console.log(`\nMean CCC ${estimateText(scores.concordance, (value) => value.toFixed(3))}`);
  if (reason !== undefined) console.log(`\n${reason}`);
  console.log(`\nReport: ${folder.replace(/\/+$/, "")}/report.html`);
}

/** Prints what was tested, and what changes the meaning of its scores. */
function printTerms(
  document: EvaluationDocument | DimensionDocument,
  tested: readonly string[],
): void {
  const { scores } = document;
  const folds = counted(document.folds.length, "fold");
  const clipCount = `${counted(scores.clips, "test clip")} of ${counted(scores.speakers, "speaker")}`;
  const what = `${document.name}: ${document.corpus}, protocol ${document.protocol}`;
  console.log(`${printable(what)}, ${folds}, ${clipCount}\n`);
  if (document.leaky) {
    console.log(
      "LEAKY SPLIT: speakers of the test set were in training. These scores do not hold for unseen speakers.\n",
    );
  }
  if (document.tested) console.log(`${printable(testSentences(document.tested, tested))}\n`);
  for (const warning of document.warnings) console.log(`Warning: ${warning}\n`);
}

/** Says what a finished model was trained on, and on which labels it is tested. */
function testSentences(
  { trainedOn, knownLabels, leftOut }: NonNullable<EvaluationDocument["tested"]>,
  labels: readonly string[],
): string {
  const unasked = knownLabels.filter((label) => !labels.includes(label));
  const sentences = [
    ...(trainedOn.length > 0 ? [`Trained on ${trainedOn.join(" and ")}.`] : []),
    `Tested on ${labels.join(", ")}.`,
    ...(unasked.length > 0 ? [`Not tested, since no clip has it: ${unasked.join(", ")}.`] : []),
    ...leftOut.map(({ reason, count }) => `${counted(count, "clip")} left out: ${reason}.`),
  ];
  return sentences.join(" ");
}

const percent = (share: number): string => (100 * share).toFixed(1);

const scoreRow = (name: string, { value, low, high }: Estimate): string[] => [
  name,
  percent(value),
  low === undefined || high === undefined ? "" : `${percent(low)} to ${percent(high)}`,
];

const bar = (share: number): string => "█".repeat(Math.round(24 * share)).padEnd(24, "░");
