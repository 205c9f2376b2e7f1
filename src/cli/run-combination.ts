import { basename, join, resolve } from "node:path";
import { recipeName } from "../recipes/recipe.ts";
import { combineRuns } from "../runs/combine-runs.ts";
import { runFacts } from "../runs/run-facts.ts";
import { UndertoneError } from "../shared/errors.ts";
import type { CombineOptions } from "./combine.ts";
import { createProgress } from "./progress.ts";
import { reportRun } from "./train-and-report.ts";
import { typedCommand } from "./typed-command.ts";

/** Combines runs as the options of `undertone combine` say, and writes the report. */
export async function runCombination(
  runs: readonly string[],
  { method, name, out, calibrateFrom, data, json, ...corpusOptions }: CombineOptions,
): Promise<void> {
  const names = runs.map((folder) => basename(resolve(folder)));
  const combination = recipeName.safeParse(name ?? names.join("+"));
  if (!combination.success) {
    throw new UndertoneError(
      "usage",
      "Give --name of lower-case letters, digits, hyphens and plus signs.",
    );
  }
  const runFolder = out ?? join("runs", combination.data);
  const facts = runFacts(typedCommand(), undefined);
  const request = { runs, method, name: combination.data, runFolder, calibrateFrom, facts };
  await combineRuns(request, createProgress(process.stderr));
  await reportRun(runFolder, { data, corpusOptions, json });
}
