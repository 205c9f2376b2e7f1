import { cell, table } from "./markdown.ts";
import { servingLine } from "./results-inference.ts";
import { mean, type RunResult } from "./run-result.ts";

/** What a reader may want to know of one result beyond its scores; folded away until asked for. */
export function runDetails(result: RunResult): string {
  const parts = [
    `<details><summary>${cell(titleOf(result))}</summary>`,
    ...(result.leaky ? ["**Leaky: speakers of the test set were in training.**"] : []),
    ...result.warnings.map((warning) => `**${cell(warning)}**`),
    `\`${result.command.replaceAll("`", "")}\`; ${cell(facts(result.versions))}; ${cell(facts(result.machine))}.`,
    `${recallsOf(result)} ECE ${percent(result.uncalibratedError)} before calibration, ${withRange(result.expectedCalibrationError)} after.`,
    ...servingLine(result),
    table(
      ["emotion", "precision", "recall", "F1", "clips"],
      result.perClass.map((row) => [
        cell(row.label),
        percent(row.precision),
        withRange(row.recall),
        percent(row.f1),
        String(row.clips),
      ]),
    ),
    ...(result.bySex.length > 0
      ? [
          `By sex: ${result.bySex.map((row) => `${row.sex} ${withRange(row.unweightedAverageRecall)}`).join(", ")}.`,
        ]
      : []),
    "</details>",
  ];
  return parts.join("\n\n");
}

function titleOf({ name, corpus, protocol, trainedOn }: RunResult): string {
  const from = trainedOn && trainedOn.length > 0 ? ` of ${trainedOn.join(" + ")}` : "";
  return `${name}${from} on ${corpus}, ${protocol}`;
}

function recallsOf({ seeds }: RunResult): string {
  return seeds
    .map(({ seed, foldRecalls }) => {
      const spread =
        foldRecalls.length > 1
          ? ` (mean ${percent(mean(foldRecalls))}, standard deviation ${percent(deviation(foldRecalls))})`
          : "";
      return `Seed ${seed}: UAR of the folds ${foldRecalls.map(percent).join(", ")}${spread}.`;
    })
    .join(" ");
}

const facts = (record: Readonly<Record<string, string | number>>): string =>
  Object.entries(record)
    .map(([name, value]) => `${name} ${value}`)
    .join(", ");

/** A share as the page prints it. */
export const percent = (share: number): string => (100 * share).toFixed(1);

/** A score with its interval, where it has one. */
export const withRange = ({ value, low, high }: RunResult["accuracy"]): string =>
  low === undefined || high === undefined
    ? percent(value)
    : `${percent(value)} (${percent(low)} to ${percent(high)})`;

function deviation(values: readonly number[]): number {
  const middle = mean(values);
  return Math.sqrt(
    values.reduce((sum, value) => sum + (value - middle) ** 2, 0) / (values.length - 1),
  );
}
