import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { UndertoneError } from "../shared/errors.ts";
import { fileError, systemCode, writeFileAtomically } from "../shared/files.node.ts";

/** Loss, and the label metrics of the version that wrote it; of dimensions 1 − CCC alone. */
const splitSchema = z
  .object({ loss: z.number(), unweightedAverageRecall: z.number().min(0).max(1).optional() })
  .catchall(z.number());

const epochSchema = z.strictObject({
  /** From 1. */
  epoch: z.int().positive(),
  learningRate: z.number(),
  train: splitSchema,
  /** Absent where a recipe keeps no validation speakers. */
  validation: splitSchema.optional(),
  seconds: z.number().nonnegative(),
  clipsPerSec: z.number().nonnegative(),
});

/** One line of `metrics.jsonl`: an epoch of training. */
export type EpochMetrics = z.infer<typeof epochSchema>;

const fileOf = (foldFolder: string): string => join(foldFolder, "metrics.jsonl");

/**
 * Reads `metrics.jsonl` of a fold, oldest epoch first; empty when there is none yet.
 * A torn last line, as a killed run leaves it, is left out.
 * @throws UndertoneError `run-invalid` naming the line
 */
export async function readMetrics(foldFolder: string): Promise<EpochMetrics[]> {
  const path = fileOf(foldFolder);
  const text = await readFile(path, "utf8").catch((error: unknown) => {
    if (systemCode(error) === "ENOENT") return "";
    throw fileError(path, error);
  });
  // What follows the last line feed is torn or empty.
  const lines = text.split("\n").slice(0, -1);
  return lines.map((line, index) => {
    const parsed = epochSchema.safeParse(parseLine(line));
    if (parsed.success) return parsed.data;
    throw new UndertoneError(
      "run-invalid",
      `${path}, line ${index + 1} is not an epoch's metrics:\n${z.prettifyError(parsed.error)}`,
      { cause: parsed.error },
    );
  });
}

function parseLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/**
 * Adds an epoch to `metrics.jsonl` of a fold. Lines of this epoch and later ones, as an interrupted
 * run left them behind its checkpoint, are replaced: a resumed run writes the file of one never stopped.
 * @throws UndertoneError `disk-full`, `file-unreadable`, `run-invalid`
 */
export async function appendMetrics(foldFolder: string, metrics: EpochMetrics): Promise<void> {
  const before = (await readMetrics(foldFolder)).filter(({ epoch }) => epoch < metrics.epoch);
  const lines = [...before, metrics].map((epoch) => `${JSON.stringify(epoch)}\n`);
  await writeFileAtomically(fileOf(foldFolder), lines.join(""));
}
