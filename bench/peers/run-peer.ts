import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { promisify } from "node:util";
import { z } from "zod";
import type { PeerRow } from "../speed/ratios.ts";
import { findPython } from "./find-python.ts";

const torchRecord = z.object({
  implementation: z.string(),
  threads: z.number(),
  task: z.enum(["training", "inference"]),
  variant: z.string(),
  rate: z.number().optional(),
  peakMemoryMb: z.number().optional(),
  error: z.string().optional(),
});

const logMelRecord = z.object({
  peer: z.string(),
  version: z.string(),
  threads: z.number(),
  nFft: z.number(),
  winLength: z.number(),
  hopLength: z.number(),
  nMels: z.number(),
  batch: z.number(),
  clipsPerSec: z.number(),
  peakMemoryMb: z.number(),
});

const missingRecord = z.object({ peer: z.string(), missing: z.literal(true) });

type LogMelRecord = z.infer<typeof logMelRecord>;

/** A variant of PyTorch; `rate` is in examples per second. */
type TorchRow = PeerRow & { readonly task: "training" | "inference" };

/** What a peer measured; each of `warnings` is a sentence on what could not be measured, and how to fix it. */
export interface PeerRun<T> {
  readonly records: readonly T[];
  readonly warnings: readonly string[];
}

/** How the peers in Python measure. */
export interface PeerOptions {
  /** For each variant or setting. */
  readonly secondsEach: number;
  /** Numbers of threads to measure with. */
  readonly threads: readonly number[];
}

/** Measures all variants of PyTorch by a script: `cnn.py`, `text.py`, or `encoder.py` and its folder. */
export async function runTorch(
  script: readonly string[],
  options: PeerOptions,
): Promise<PeerRun<TorchRow>> {
  const python = await findPython("torch");
  if (python === undefined) return without("PyTorch", "torch");
  const { records, warnings } = await run(python, [...script, ...optionsOf(options)], torchRecord);
  const failed = records.filter(({ error }) => error !== undefined);
  return {
    records: records.flatMap(({ rate, peakMemoryMb, ...row }) =>
      rate === undefined || peakMemoryMb === undefined ? [] : [{ ...row, rate, peakMemoryMb }],
    ),
    warnings: [
      ...warnings,
      ...failed.map(
        ({ implementation, task, variant, error }) =>
          `${implementation} failed in ${script[0]}, ${task}, ${variant}: ${error}`,
      ),
    ],
  };
}

const optionsOf = ({ secondsEach, threads }: PeerOptions): string[] => [
  "--seconds",
  String(secondsEach),
  "--threads",
  threads.join(","),
];

/** Measures log-mel spectrograms in numpy and, where installed, scipy and torch. */
export async function runLogMelPeers(options: PeerOptions): Promise<PeerRun<LogMelRecord>> {
  const python = (await findPython("torch")) ?? (await findPython("numpy"));
  if (python === undefined) return without("numpy", "numpy");
  const args = ["log_mel.py", ...optionsOf(options)];
  const { records, warnings } = await run(python, args, z.union([logMelRecord, missingRecord]));
  return {
    records: records.flatMap((record) => ("missing" in record ? [] : [record])),
    warnings: [
      ...warnings,
      ...records.flatMap((record) =>
        "missing" in record
          ? [`${record.peer} was not measured: ${python} has no such module.`]
          : [],
      ),
    ],
  };
}

/** Measures transformers.js, which is installed for this alone on the first run (half a gigabyte). */
export async function runTransformersPeer(secondsEach: number): Promise<PeerRun<LogMelRecord>> {
  const folder = `${import.meta.dirname}/transformers`;
  try {
    // npm writes this file last, so an interrupted installation is done again.
    if (!existsSync(`${folder}/node_modules/.package-lock.json`)) {
      await promisify(execFile)("npm", ["ci", "--ignore-scripts"], { cwd: folder });
    }
  } catch (error) {
    return { records: [], warnings: [`transformers.js was not measured: ${lastLine(error)}`] };
  }
  const script = "log-mel-transformers.ts";
  return run(
    process.execPath,
    ["--import", "tsx", script, "--seconds", String(secondsEach)],
    logMelRecord,
  );
}

/** Runs a peer, which prints a line of JSON for each record. */
export async function run<T>(
  program: string,
  args: readonly string[],
  record: z.ZodType<T>,
): Promise<PeerRun<T>> {
  try {
    const { stdout } = await promisify(execFile)(program, args, { cwd: import.meta.dirname });
    const lines = stdout.split("\n").filter((line) => line !== "");
    return { records: lines.map((line) => record.parse(JSON.parse(line))), warnings: [] };
  } catch (error) {
    return { records: [], warnings: [`${args.join(" ")} failed: ${lastLine(error)}`] };
  }
}

/** Returns the warning that no Python has a module. */
export function without<T>(peer: string, module: string): PeerRun<T> {
  const how = `pip install ${module}, or apt-get install python3-${module} on Debian`;
  return {
    records: [],
    warnings: [`${peer} was not measured: no python3 can import ${module} (${how}).`],
  };
}

/** The last line that a failed program wrote to its standard error, where Python and npm put what matters. */
function lastLine(error: unknown): string {
  const text = error instanceof Error && "stderr" in error ? String(error.stderr).trim() : "";
  return text.split("\n").at(-1) || String(error);
}
