import { createHash } from "node:crypto";
import { readdir, rm, stat } from "node:fs/promises";
import { createRequire } from "node:module";
import { basename, join } from "node:path";
import { z } from "zod";
import { UndertoneError } from "../shared/errors.ts";
import {
  makeFolder,
  readText,
  readWholeFile,
  systemCode,
  writePrivateFile,
} from "../shared/files.node.ts";
import { withLock } from "../shared/lock.node.ts";
import type { Analysis } from "./analysis.ts";
import type { AnalysisSettings, Outcome } from "./file-result.node.ts";
import type { Failure, FoundFile } from "./find-audio.node.ts";
import { otherSettings } from "./results-file.node.ts";
import type { WorkerOptions } from "./worker-process.node.ts";

const { version }: { readonly version: string } = createRequire(import.meta.url)(
  "../../package.json",
);

/** `batch.json` of a folder of results, as far as workers need it: how all of its recordings are analyzed. */
export interface WorkOrder {
  readonly format: 1;
  /** Of undertone: results of two versions do not stand in one folder. */
  readonly version: string;
  readonly settings: Pick<AnalysisSettings, "modelId" | "textModelId">;
  readonly worker: WorkerOptions;
}

/** `batch.json` of `undertone batch submit`. */
export interface Batch extends WorkOrder {
  readonly settings: AnalysisSettings;
  /** Of the audio model. */
  readonly labels: readonly string[];
}

/** A line of `files.jsonl`: a recording, and the job that analyzes it; those of one content share a job. */
export interface BatchFile extends FoundFile {
  /** `null` where it cannot be read. */
  readonly job: string | null;
}

/** Returns the content of `batch.json`. */
export function batchOf<Given>(
  given: Given,
): Given & { readonly format: 1; readonly version: string } {
  return { format: 1, version, ...given };
}

const batchFile = (folder: string): string => join(folder, "batch.json");
const listFile = (folder: string): string => join(folder, "files.jsonl");
const jobFile = (folder: string, kind: "results" | "failed", job: string): string =>
  join(folder, kind, job.slice(0, 2), `${job}.json`);

/** Returns the id of the job that analyzes this content in this way, 40 hexadecimal digits. */
export function jobIdOf(file: FoundFile, content: string, { settings }: Batch): string {
  // Known turns are those of a recording's name.
  const name = settings.diarization?.startsWith("rttm") ? basename(file.file) : null;
  const identity = JSON.stringify({ version, content, section: file.section, settings, name });
  return createHash("sha256").update(identity).digest("hex").slice(0, 40);
}

const batchSchema = z.looseObject({ format: z.literal(1), version: z.string() });

/** @throws UndertoneError as `readWorkOrder` */
export const readBatch = (folder: string): Promise<Batch> => readOrder(folder);

/** @throws UndertoneError `file-not-found`, `file-unreadable`, `usage` where the folder holds no batch, or one of another version */
export const readWorkOrder = (folder: string): Promise<WorkOrder> => readOrder(folder);

/** Makes the folder of a batch without a list of its recordings. @throws UndertoneError `disk-full`, `file-unreadable` */
export const writeWorkOrder = (folder: string, order: WorkOrder): Promise<void> =>
  writePrivateFile(batchFile(folder), JSON.stringify(order));

async function readOrder<Order extends WorkOrder>(folder: string): Promise<Order> {
  const path = batchFile(folder);
  const text = await readText(path);
  const problem = (what: string): UndertoneError =>
    new UndertoneError("usage", `${path}: ${what}`, { path });
  let batch: Order;
  try {
    batch = JSON.parse(text);
    batchSchema.parse(batch);
  } catch {
    throw problem(
      "is not what undertone batch submit writes. Submit into another folder by --out.",
    );
  }
  if (batch.version === version) return batch;
  throw problem(
    `is of undertone ${batch.version}, this is ${version}. Install the same everywhere.`,
  );
}

/** Reads the recordings of a batch, in order. @throws UndertoneError `file-not-found`, `file-unreadable` */
export async function readBatchFiles(folder: string): Promise<BatchFile[]> {
  const path = listFile(folder);
  const lines = (await readText(path)).split("\n").filter((line) => line !== "");
  try {
    return lines.map((line): BatchFile => JSON.parse(line));
  } catch (cause) {
    const message = `${path}: is damaged. Submit the batch into another folder.`;
    throw new UndertoneError("usage", message, { cause, path });
  }
}

/**
 * Adds recordings to the batch of a folder, which it makes where there is none; one that is there already is replaced.
 * @throws UndertoneError `usage` where the folder's batch has other models or options, `busy`, `disk-full`
 */
export async function addToBatch(
  folder: string,
  batch: Batch,
  files: readonly BatchFile[],
): Promise<void> {
  await makeFolder(folder);
  await withLock(
    join(folder, "batch.lock"),
    async () => {
      const earlier = await unlessMissing(readBatch(folder));
      const other = earlier && otherSettings(folder, earlier.settings, batch.settings);
      if (other !== undefined) throw other;
      const all = new Map<string, BatchFile>();
      const known = earlier ? await readBatchFiles(folder) : [];
      for (const file of [...known, ...files]) all.set(file.file, file);
      const lines = [...all.values()].map((file) => `${JSON.stringify(file)}\n`);
      await writePrivateFile(listFile(folder), lines.join(""));
      await writePrivateFile(batchFile(folder), `${JSON.stringify(batch, undefined, 2)}\n`);
    },
    {},
  );
}

async function unlessMissing<T>(reading: Promise<T>): Promise<T | undefined> {
  return reading.catch((error: unknown) => {
    if (error instanceof UndertoneError && error.code === "file-not-found") return undefined;
    throw error;
  });
}

/** Resolves to whether a job has its result. */
export async function hasResult(folder: string, job: string): Promise<boolean> {
  return stat(jobFile(folder, "results", job)).then(
    () => true,
    () => false,
  );
}

/** Resolves to what came of a job so far; `undefined` where nothing did. */
export async function readOutcome(folder: string, job: string): Promise<Outcome | undefined> {
  for (const kind of ["results", "failed"] as const) {
    const bytes = await unlessMissing(readWholeFile(jobFile(folder, kind, job)));
    if (bytes !== undefined) return JSON.parse(bytes.toString());
  }
  return undefined;
}

/** Keeps a job's result: the same bits, however often it is done. @throws UndertoneError `disk-full`, `file-unreadable` */
export async function keepResult(folder: string, job: string, result: Analysis): Promise<void> {
  await writePrivateFile(jobFile(folder, "results", job), JSON.stringify(result));
  await rm(jobFile(folder, "failed", job), { force: true });
}

/** Keeps why a job failed, until it has a result. @throws UndertoneError `disk-full`, `file-unreadable` */
export async function keepFailure(folder: string, job: string, error: Failure): Promise<void> {
  await writePrivateFile(jobFile(folder, "failed", job), JSON.stringify({ error }));
}

/** Resolves to the jobs that have a result. @throws UndertoneError `file-unreadable` */
export async function finishedJobs(folder: string): Promise<Set<string>> {
  const root = join(folder, "results");
  const names = await readdir(root, { recursive: true }).catch((error: unknown) => {
    if (systemCode(error) === "ENOENT") return [];
    throw error;
  });
  const files = names.filter((name) => name.endsWith(".json"));
  return new Set(files.map((name) => basename(name, ".json")));
}
