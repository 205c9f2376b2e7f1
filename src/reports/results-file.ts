import { readFile } from "node:fs/promises";
import { z } from "zod";
import { UndertoneError } from "../shared/errors.ts";
import { fileError, systemCode, writeFileAtomically } from "../shared/files.node.ts";
import { runResultSchema, type RunResult } from "./run-result.ts";

const resultsSchema = z.strictObject({ format: z.literal(1), results: z.array(runResultSchema) });

/**
 * The results that a page was written from; none where there is no such file yet.
 * @throws UndertoneError `file-unreadable`, or `run-invalid` for what is no such file
 */
export async function readResults(path: string): Promise<RunResult[]> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if (systemCode(error) === "ENOENT") return [];
    throw fileError(path, error);
  }
  try {
    return resultsSchema.parse(JSON.parse(text)).results;
  } catch (cause) {
    const message = `${path} holds no results of "undertone results". Move it away, and give all run folders again.`;
    throw new UndertoneError("run-invalid", message, { cause });
  }
}

/**
 * Adds results to earlier ones, each in the place of what it repeats.
 * @throws UndertoneError `usage` when two of the later ones would take the same place
 */
export function mergeResults(
  earlier: readonly RunResult[],
  later: readonly RunResult[],
): RunResult[] {
  const keys = later.map(keyOf);
  const twice = later.find((result, index) => keys.indexOf(keyOf(result)) < index);
  if (twice) {
    throw new UndertoneError(
      "usage",
      `Runs of different recipes are called ${twice.name} on ${twice.corpus}, ${twice.protocol}. Give one, or rename the other's recipe.`,
    );
  }
  const byKey = new Map([...earlier, ...later].map((result) => [keyOf(result), result]));
  return [...byKey.values()].toSorted((a, b) => keyOf(a).localeCompare(keyOf(b), "en"));
}

const keyOf = (result: RunResult): string => {
  const { ablation = "", corpus, extraData = [], protocol, name, trainedOn = [] } = result;
  return [ablation, [corpus, ...extraData].join(" + "), protocol, name, ...trainedOn].join("\n");
};

/** Fractions to six digits that count, so that no small setting becomes 0. */
function rounded(_key: string, value: unknown): unknown {
  if (typeof value !== "number" || Number.isInteger(value)) return value;
  return Number(value.toPrecision(6));
}

/** @throws UndertoneError `disk-full` or `file-unreadable` */
export async function writeResults(path: string, results: readonly RunResult[]): Promise<void> {
  await writeFileAtomically(path, `${JSON.stringify({ format: 1, results }, rounded, 1)}\n`);
}
