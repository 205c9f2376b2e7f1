import type { Estimate } from "../evaluation/evaluation.ts";
import type { Comparison } from "../reports/compare-runs.ts";
import type { ValidationScores } from "../reports/validation-scores.ts";
import { UndertoneError } from "../shared/errors.ts";
import { createCommand, examples } from "./command.ts";
import { jsonOption } from "./options.ts";
import { printJson } from "./output.ts";
import { formatTable } from "./table.ts";

/** `undertone compare`: runs side by side. */
export const compareCommand = createCommand(
  "compare",
  "Compare runs, with paired differences on the same clips",
)
  .argument("<runs...>", "Run folders, two or more")
  .option("--validation", "Compare scores on validation clips only, to choose a run")
  .addOption(jsonOption)
  .addHelpText(
    "after",
    examples(
      "undertone compare runs/reference runs/audio-cnn",
      "undertone compare --validation runs/text-gru runs/text-encoder",
    ),
  )
  .action(async (folders, { validation, json }) => {
    const { compareRuns } = await import("../reports/compare-runs.ts");
    const { evaluateRun } = await import("../runs/evaluate-run.ts");
    if (folders.length < 2) {
      throw new UndertoneError("usage", "Name two runs or more to compare.");
    }
    const runs = [];
    for (const folder of folders) runs.push(await evaluateRun(folder));
    if (validation) {
      const { validationScores } = await import("../reports/validation-scores.ts");
      const scores = validationScores(runs);
      if (json) printJson({ format: 1, runs: scores });
      else printValidation(scores);
      return;
    }
    const comparison = compareRuns(runs);
    if (json) printJson(comparison);
    else printComparison(comparison);
  });

function printValidation(runs: readonly ValidationScores[]): void {
  console.log(
    formatTable(
      ["run", "extra data", "UAR", "accuracy", "macro-F1", "weighted F1", "minutes"],
      runs.map((run) => [
        run.name,
        run.extraData.join(" "),
        percent(run.unweightedAverageRecall),
        percent(run.accuracy),
        percent(run.macroF1),
        percent(run.weightedF1),
        run.trainingMinutes.toFixed(1),
      ]),
    ),
  );
}

function printComparison({ runs, comparable, differences, warnings }: Comparison): void {
  const ranked = comparable
    ? runs.toSorted((a, b) => b.unweightedAverageRecall.value - a.unweightedAverageRecall.value)
    : runs;
  console.log(
    formatTable(
      [
        "run",
        "protocol",
        "UAR",
        "95 % interval",
        "accuracy",
        "macro-F1",
        "ECE",
        "parameters",
        "minutes",
      ],
      ranked.map((run) => [
        run.name,
        run.leaky ? `${run.protocol} (LEAKY)` : run.protocol,
        percent(run.unweightedAverageRecall.value),
        interval(run.unweightedAverageRecall),
        percent(run.accuracy.value),
        percent(run.macroF1.value),
        percent(run.expectedCalibrationError.value),
        run.parameters?.toLocaleString("en") ?? "",
        run.trainingMinutes.toFixed(1),
      ]),
    ),
  );
  for (const warning of warnings) console.log(`\n${warning}`);
  if (differences.length === 0) return;
  console.log("\nDifferences on the same clips, in points:\n");
  console.log(
    formatTable(
      ["", "UAR", "95 % interval", "accuracy", "macro-F1", ""],
      differences.map(({ first, second, unweightedAverageRecall, accuracy, macroF1 }) => [
        `${first} − ${second}`,
        percent(unweightedAverageRecall.value),
        interval(unweightedAverageRecall),
        percent(accuracy.value),
        percent(macroF1.value),
        verdict(unweightedAverageRecall),
      ]),
    ),
  );
}

function verdict({ low = 0, high = 0 }: Estimate): string {
  if (low > 0) return "better";
  return high < 0 ? "worse" : "no clear difference";
}

const percent = (share: number): string => (100 * share).toFixed(1);

const interval = ({ low, high }: Estimate): string =>
  low === undefined || high === undefined ? "" : `${percent(low)} to ${percent(high)}`;
