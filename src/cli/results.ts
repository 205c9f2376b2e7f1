import { readdir } from "node:fs/promises";
import { basename, dirname, extname, join } from "node:path";
import { defineCommand } from "citty";
import type { EvaluatedRun } from "../runs/evaluate-run.ts";
import type { RunResult } from "../reports/run-result.ts";
import { UndertoneError } from "../shared/errors.ts";
import { fileError, writeFileAtomically } from "../shared/files.node.ts";
import { signalOf } from "./cancel.ts";
import { counted } from "./output.ts";
import { createProgress } from "./progress.ts";
import { processor } from "./run-facts.ts";

/** `undertone results`: the results page, written from run folders. */
export const resultsCommand = defineCommand({
  meta: {
    name: "results",
    description: "Write a page of results in Markdown; runs join those that it already tells of",
    examples: [
      "undertone results runs/audio-cnn-brief runs/audio-cnn --out docs/results.md",
      "undertone results runs/audio-cnn --ablation runs/ablation --out docs/results.md",
      "undertone results --out docs/results.md",
    ],
    variadic: true,
  },
  args: {
    runs: {
      type: "positional",
      required: false,
      description: "Folders of runs; without them the page is written anew from its numbers",
    },
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
  run: async ({ args, data }) => {
    const { mergeResults, readResults, writeResults } = await import("../reports/results-file.ts");
    const { resultsPage } = await import("../reports/results-page.ts");
    const { groupBySeed, resultOf } = await import("../reports/run-result.ts");
    const measure = await servingMeasure(signalOf({ data }));
    const numbers = join(dirname(args.out), `${basename(args.out, extname(args.out))}.json`);
    const earlier = await readResults(numbers);
    const runs: RunResult[] = [];
    for (const group of groupBySeed(await evaluateAll(args._))) {
      const serving = await measure(group[0]!);
      runs.push({ ...resultOf(group), ...(serving && { serving }) });
    }
    const ablation = args.ablation;
    const settings =
      ablation === undefined
        ? []
        : groupBySeed(await evaluateAll(await foldersIn(ablation))).map((group) =>
            resultOf(group, basename(ablation)),
          );
    const results = mergeResults(earlier, [...runs, ...settings]);
    if (results.length === 0) {
      throw new UndertoneError("usage", `${numbers} is not there yet: give the folders of runs.`);
    }
    await writeResults(numbers, results);
    // From the numbers as they are kept, so that the page is the same when it is written from them alone.
    await writeFileAtomically(args.out, resultsPage(await readResults(numbers)));
    const added = counted(runs.length + settings.length, "result");
    console.log(`Wrote ${args.out} and ${numbers}: ${added} of ${results.length} are new.`);
  },
});

async function evaluateAll(folders: readonly string[]): Promise<EvaluatedRun[]> {
  const { evaluateRun } = await import("../runs/evaluate-run.ts");
  const runs: EvaluatedRun[] = [];
  for (const folder of folders) runs.push(await evaluateRun(folder));
  return runs;
}

/** What the model of a run takes of this machine. */
async function servingMeasure(
  signal: AbortSignal,
): Promise<(run: EvaluatedRun) => Promise<RunResult["serving"]>> {
  const { measureInference } = await import("../runs/measure-inference.ts");
  const { nodeRuntime } = await import("../graph/runtime.node.ts");
  const { encoderFile, openEncoder } = await import("../recognition/open-encoder.node.ts");
  const progress = createProgress(process.stderr);
  const where = { onProgress: progress, signal };
  return async ({ runFolder, info }) => {
    const serving = await measureInference(runFolder, info, {
      runtime: nodeRuntime,
      encoderFile: (name) => encoderFile(name, where),
      openEncoder: (heard) => openEncoder(heard, { ...where, threads: 1 }),
      logger: progress,
    });
    return serving && { ...serving, machine: processor() };
  };
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
