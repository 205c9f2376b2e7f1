import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { defineCommand } from "citty";
import type { EvaluatedRun } from "../experiments/evaluate-run.ts";
import { fileError, writeFileAtomically } from "../shared/files.node.ts";
import { counted } from "./output.ts";

/** `undertone results`: the results page, written from run folders. */
export const resultsCommand = defineCommand({
  meta: {
    name: "results",
    description: "Write a page of results in Markdown from run folders",
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
      description: "A folder of run folders that differ in single settings",
    },
    out: {
      type: "string",
      valueHint: "file.md",
      default: "docs/results.md",
      description: "Where to write the page",
    },
  },
  run: async ({ args }) => {
    const { resultsPage } = await import("../experiments/results-page.ts");
    const runs = await evaluateAll(args._);
    const ablation =
      args.ablation === undefined ? [] : await evaluateAll(await foldersIn(args.ablation));
    await writeFileAtomically(args.out, resultsPage({ runs, ablation }));
    console.log(`Wrote ${args.out} from ${counted(runs.length + ablation.length, "run")}.`);
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
