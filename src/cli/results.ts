import { summaries } from "./command-list.ts";
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { Option } from "@commander-js/extra-typings";
import type { LogEntry } from "../reports/leaderboard/log-entry.ts";
import type { EvaluatedRun } from "../runs/evaluate-run.ts";
import { processor } from "../runs/run-facts.ts";
import { UndertoneError } from "../shared/errors.ts";
import { writeFileAtomically } from "../shared/files.node.ts";
import { cancellable } from "./cancel.ts";
import { createCommand, examples } from "./command.ts";
import { assertWritableFile } from "./out-file.ts";
import { counted } from "./output.ts";
import { createProgress } from "./progress.ts";

/** `undertone results`: the results log and the leaderboard made from it. */
export const resultsCommand = createCommand("results", summaries.results)
  .argument(
    "[runs...]",
    "Folders of the runs to append; runs that differ only in their seed become one result. Without any, the page is written anew",
  )
  .option(
    "--log <file.jsonl>",
    "Log, one result a line (default: next to the page, as in docs/results-log.jsonl)",
  )
  .option("--out <file.md>", "Leaderboard page, in Markdown", "docs/results.md")
  .addOption(
    new Option(
      "--verdict <verdict>",
      "Whether the idea behind these runs was kept; the leaderboard shows only what was",
    )
      .choices(["kept", "tied", "lost"])
      .default("kept" as const),
  )
  .option("--reason <sentence>", "Reason for the verdict, kept in the log")
  .addHelpText(
    "after",
    examples(
      "undertone results runs/reference runs/audio-cnn",
      'undertone results runs/mixup --verdict lost --reason "UAR −6"',
      "undertone results --out docs/results.md",
    ),
  )
  .action(async (folders, { log, out, verdict, reason }) => {
    const { appendToLog, readLog } = await import("../reports/leaderboard/results-log.ts");
    const { leaderboard } = await import("../reports/leaderboard/leaderboard.ts");
    const { entryOfRuns, groupBySeed } = await import("../reports/leaderboard/entry-of-runs.ts");
    await assertWritableFile(out);
    const commit = await currentCommit();
    const entries = await cancellable(async (signal) => {
      const measure = await inferenceMeasure(signal);
      const measured: LogEntry[] = [];
      for (const group of groupBySeed(await evaluateAll(folders))) {
        const facts = {
          date: group[0]!.info.startedAt.slice(0, 10),
          ...(commit !== undefined && { commit }),
          ...(await measure(group[0]!)),
          verdict,
          ...(reason !== undefined && { reason }),
        };
        measured.push(entryOfRuns(group, facts));
      }
      return measured;
    });
    const path = log ?? out.replace(/(\.[^./\\]*)?$/, "-log.jsonl");
    const added = await appendToLog(path, entries);
    const all = await readLog(path);
    if (all.length === 0) {
      throw new UndertoneError("usage", `${path} has no results yet: name run folders.`);
    }
    await writeFileAtomically(out, leaderboard(all));
    console.log(
      `Wrote ${out} from ${path}: ${counted(added.length, "result")} of ${all.length} are new.`,
    );
  });

async function evaluateAll(folders: readonly string[]): Promise<EvaluatedRun[]> {
  const { evaluateRun } = await import("../runs/evaluate-run.ts");
  const runs: EvaluatedRun[] = [];
  for (const folder of folders) runs.push(await evaluateRun(folder));
  return runs;
}

/** Measures size and latency of a run's model on this machine. */
async function inferenceMeasure(
  signal: AbortSignal,
): Promise<(run: EvaluatedRun) => Promise<Pick<LogEntry, "sizeBytes" | "clipMs" | "machine">>> {
  const { measureInference } = await import("../runs/measure-inference.ts");
  const { nodeRuntime } = await import("../graph/runtime.node.ts");
  const { encoderFile, openEncoder } = await import("../recognition/open-encoder.node.ts");
  const { openSentenceEncoder } = await import("../recognition/open-sentence-encoder.node.ts");
  const progress = createProgress(process.stderr);
  const where = { onProgress: progress, signal };
  const { cpu, cores } = processor();
  return async ({ runFolder, info }) => {
    const measured = await measureInference(runFolder, info, {
      runtime: nodeRuntime,
      encoderFile: (name) => encoderFile(name, where),
      openEncoder: (encoder) => openEncoder(encoder, { ...where, threads: 1 }),
      openSentenceEncoder: (name) => openSentenceEncoder(name, { ...where, threads: 1 }),
      logger: progress,
    });
    return measured ? { ...measured, machine: `${cpu}, ${counted(cores, "core")}` } : {};
  };
}

/** The commit of the working folder; `undefined` outside a repository. */
async function currentCommit(): Promise<string | undefined> {
  try {
    const { stdout } = await promisify(execFile)("git", ["rev-parse", "--short", "HEAD"]);
    return stdout.trim();
  } catch {
    return undefined;
  }
}
