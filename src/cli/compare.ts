import { summaries } from "./command-list.ts";
import { UndertoneError } from "../shared/errors.ts";
import { createCommand, examples } from "./command.ts";
import { jsonOption } from "./options.ts";
import { printJson } from "./output.ts";
import { printable } from "./printable.ts";
import { printTable } from "./table.ts";

/** `undertone compare`: a table of runs and their differences. */
export const compareCommand = createCommand("compare", summaries.compare)
  .argument("<runs...>", "Folders of two or more runs; others are compared with the first one")
  .option(
    "--validation",
    "Compare validation scores only, to choose a run without looking at test clips",
  )
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
    const { comparisonTable, differenceTable, validationTable } =
      await import("../reports/comparison-tables.ts");
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
      else printTable(validationTable(scores));
      return;
    }
    const comparison = compareRuns(runs);
    if (json) {
      printJson(comparison);
      return;
    }
    printTable(comparisonTable(comparison));
    for (const warning of comparison.warnings) console.log(`\n${warning}`);
    const [difference] = comparison.differences;
    if (difference === undefined) return;
    console.log(
      `\nDifferences from ${printable(difference.second)} on the same clips, in points:\n`,
    );
    printTable(differenceTable(comparison));
  });
