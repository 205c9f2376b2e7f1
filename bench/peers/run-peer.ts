import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { promisify } from "node:util";
import { z } from "zod";
import { findPython } from "./find-python.ts";

const cnnRecord = z.object({
  peer: z.literal("pytorch"),
  torch: z.string(),
  threads: z.number(),
  /** Clips per second of the fastest variant. */
  training: z.number(),
  inference: z.number(),
  /** Clips per second of PyTorch as it is installed, without tuning. */
  plain: z.object({ training: z.number(), inference: z.number() }),
  peakMemoryMb: z.object({ training: z.number(), inference: z.number() }),
  variants: z.array(
    z.object({
      task: z.enum(["training", "inference"]),
      variant: z.string(),
      clipsPerSec: z.number().optional(),
      peakMemoryMb: z.number().optional(),
      error: z.string().optional(),
    }),
  ),
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
const textRecord = z.object({
  peer: z.literal("pytorch"),
  torch: z.string(),
  threads: z.number(),
  variant: z.string(),
  utterancesPerSec: z.number(),
  peakMemoryMb: z.number(),
});
const missingRecord = z.object({ peer: z.string(), missing: z.literal(true) });

export type CnnRecord = z.infer<typeof cnnRecord>;
export type LogMelRecord = z.infer<typeof logMelRecord>;
export type TextRecord = z.infer<typeof textRecord>;

/** What a peer measured; `warnings` says, in sentences, what could not be measured and what to do about it. */
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

/** Options as the peers in Python take them. */
export const optionsOf = ({ secondsEach, threads }: PeerOptions): string[] => [
  "--seconds",
  String(secondsEach),
  "--threads",
  threads.join(","),
];

/** Measures PyTorch on the brief's CNN in all its variants, one record a number of threads. */
export async function runCnnPeer(options: PeerOptions): Promise<PeerRun<CnnRecord>> {
  const python = await findPython("torch");
  if (python === undefined) return without("PyTorch", "torch");
  return run(python, ["cnn.py", ...optionsOf(options)], cnnRecord);
}

/** Measures PyTorch on the brief's text model, one record a variant and a number of threads. */
export async function runTextPeer(options: PeerOptions): Promise<PeerRun<TextRecord>> {
  const python = await findPython("torch");
  if (python === undefined) return without("PyTorch", "torch");
  return run(python, ["text.py", ...optionsOf(options)], textRecord);
}

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
  const script = "../log-mel-transformers.ts";
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

/** What is said where nothing can be measured, as no Python has a module. */
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
