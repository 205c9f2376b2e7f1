import { readdir } from "node:fs/promises";
import { basename, dirname, extname, join } from "node:path";
import { defineCommand } from "citty";
import type { EvaluatedRun } from "../experiments/evaluate-run.ts";
import { fileError, writeFileAtomically } from "../shared/files.node.ts";
import { counted } from "./output.ts";

/** `undertone results`: the results page, written from run folders. */
export const resultsCommand = defineCommand({
  meta: {
    name: "results",
    description: "Write a page of results in Markdown; runs join those that it already tells of",
    examples: [
      "undertone results runs/audio-cnn-brief runs/audio-cnn --out docs/results.md",
      "undertone results runs/audio-cnn --ablation runs/ablation --out docs/results.md",
    ],
    variadic: true,
  },
  args: {
    runs: { type: "positional", required: true, description: "Folders of runs" },
    ablation: {
      type: "string",
      valueHint: "folder",
      description:
        "A folder of run folders that differ in single settings; its name heads their table",
    },
    out: {
      type: "string",
      valueHint: "file.md",
      default: "docs/results.md",
      description: "Where to write the page",
    },
  },
  run: async ({ args }) => {
    const { mergeResults, readResults, writeResults } =
      await import("../experiments/results-file.ts");
    const { resultsPage } = await import("../experiments/results-page.ts");
    const { groupBySeed, resultOf } = await import("../experiments/run-result.ts");
    const numbers = join(dirname(args.out), `${basename(args.out, extname(args.out))}.json`);
    const earlier = await readResults(numbers);
    const runs = groupBySeed(await evaluateAll(args._)).map((group) => resultOf(group));
    const ablation = args.ablation;
    const settings =
      ablation === undefined
        ? []
        : groupBySeed(await evaluateAll(await foldersIn(ablation))).map((group) =>
            resultOf(group, basename(ablation)),
          );
    const results = mergeResults(earlier, [...runs, ...settings]);
    await writeResults(numbers, results);
    await writeFileAtomically(args.out, resultsPage(results));
    const added = counted(runs.length + settings.length, "result");
    console.log(`Wrote ${args.out} and ${numbers}: ${added} of ${results.length} are new.`);
  },
});

async function evaluateAll(folders: readonly string[]): Promise<EvaluatedRun[]> {
  const { evaluateRun } = await import("../experiments/evaluate-run.ts");
  const runs: EvaluatedRun[] = [];
  for (const folder of folders) runs.push(await evaluateRun(folder));
  return runs;
}

async function foldersIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    throw fileError(folder, error);
  });
  return entries
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => join(folder, name))
    .toSorted();
}
