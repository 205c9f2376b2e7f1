import { readdir } from "node:fs/promises";
import { basename, dirname, extname, join } from "node:path";
import type { EvaluatedRun } from "../runs/evaluate-run.ts";
import type { RunResult } from "../reports/run-result.ts";
import { UndertoneError } from "../shared/errors.ts";
import { fileError, writeFileAtomically } from "../shared/files.node.ts";
import { cancellable } from "./cancel.ts";
import { createCommand, examples } from "./command.ts";
import { counted } from "./output.ts";
import { createProgress } from "./progress.ts";
import { processor } from "../runs/run-facts.ts";

/** `undertone results`: the results page, written from run folders. */
export const resultsCommand = createCommand(
  "results",
  "Write a page of results in Markdown; new runs join those that it already lists",
)
  .argument("[runs...]", "Run folders; without them the page is written again from its numbers")
  .option(
    "--ablation <folder>",
    "A folder of run folders that differ in single settings; its name heads their table",
  )
  .option("--out <file.md>", "Where to write the page", "docs/results.md")
  .addHelpText(
    "after",
    examples(
      "undertone results runs/reference runs/audio-cnn",
      "undertone results runs/audio-cnn --ablation runs/ablation",
      "undertone results --out docs/results.md",
    ),
  )
  .action(async (folders, { ablation, out }) => {
    const { mergeResults, readResults, writeResults } = await import("../reports/results-file.ts");
    const { resultsPage } = await import("../reports/results-page.ts");
    const { groupBySeed, resultOf } = await import("../reports/run-result.ts");
    const numbers = join(dirname(out), `${basename(out, extname(out))}.json`);
    const earlier = await readResults(numbers);
    const runs = await cancellable(async (signal) => {
      const measure = await servingMeasure(signal);
      const measured: RunResult[] = [];
      for (const group of groupBySeed(await evaluateAll(folders))) {
        const serving = await measure(group[0]!);
        measured.push({ ...resultOf(group), ...(serving && { serving }) });
      }
      return measured;
    });
    const settings =
      ablation === undefined
        ? []
        : groupBySeed(await evaluateAll(await foldersIn(ablation))).map((group) =>
            resultOf(group, basename(ablation)),
          );
    const results = mergeResults(earlier, [...runs, ...settings]);
    if (results.length === 0) {
      throw new UndertoneError("usage", `${numbers} does not exist yet: name run folders.`);
    }
    await writeResults(numbers, results);
    // From the numbers as they are kept, so that the page is the same when it is written from them alone.
    await writeFileAtomically(out, resultsPage(await readResults(numbers)));
    const added = counted(runs.length + settings.length, "result");
    console.log(`Wrote ${out} and ${numbers}: ${added} of ${results.length} are new.`);
  });

async function evaluateAll(folders: readonly string[]): Promise<EvaluatedRun[]> {
  const { evaluateRun } = await import("../runs/evaluate-run.ts");
  const runs: EvaluatedRun[] = [];
  for (const folder of folders) runs.push(await evaluateRun(folder));
  return runs;
}

/** Measures the latency and size of a run's model on this machine. */
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
      openEncoder: (encoder) => openEncoder(encoder, { ...where, threads: 1 }),
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
