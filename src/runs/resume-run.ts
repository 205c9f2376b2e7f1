import { readdir } from "node:fs/promises";
import { isDeepStrictEqual } from "node:util";
import type { Split } from "../datasets/splits.ts";
import { UndertoneError } from "../shared/errors.ts";
import { recipeDifference } from "./recipe-difference.ts";
import { withDefaults, type Recipe } from "./recipe.ts";
import { foldFolder, readRunInfo, readSplit, type RunInfo } from "./run-folder.ts";

interface Continuation {
  readonly runFolder: string;
  readonly recipe: Recipe;
  /** Whether the person means to go on with what is there. */
  readonly resume: boolean;
}

/** What is read, or `undefined` where its file is not there. */
export async function unlessMissing<T>(reading: Promise<T>): Promise<T | undefined> {
  return reading.catch((error: unknown) => {
    if (error instanceof UndertoneError && error.code === "file-not-found") return undefined;
    throw error;
  });
}

/**
 * The run that the folder holds already, if it is the same run and may go on.
 * @throws UndertoneError `run-invalid` when it is another one, or `resume` was not asked for
 */
export async function existingRun(continuation: Continuation): Promise<RunInfo | undefined> {
  const { runFolder, recipe, resume } = continuation;
  const known = await unlessMissing(readRunInfo(runFolder));
  if (known === undefined) {
    await assertNoFolds(runFolder);
    return undefined;
  }
  if (known.tested) {
    throw new UndertoneError(
      "run-invalid",
      `${runFolder} holds a test of a finished model. Choose another folder by --out.`,
    );
  }
  if (!resume) {
    throw new UndertoneError(
      "run-invalid",
      `${runFolder} holds a run already. Go on with it by --resume, or choose another folder by --out.`,
    );
  }
  const differences = recipeDifference(withDefaults(known.recipe), recipe);
  if (differences.length > 0) {
    throw new UndertoneError(
      "run-invalid",
      `${runFolder} was started with another recipe. Now it has ${differences.join("; ")}. ` +
        "Bring the recipe back, or choose another folder by --out.",
    );
  }
  return known;
}

async function assertNoFolds(runFolder: string): Promise<void> {
  const inside = await readdir(runFolder).catch(() => []);
  if (!inside.some((name) => /^fold-\d+$/.test(name))) return;
  throw new UndertoneError(
    "run-invalid",
    `${runFolder} holds folds, but no run.json to tell of what recipe and corpus. Bring it back, or choose another folder by --out.`,
  );
}

/**
 * Refuses to train folds of one run on a corpus whose clips are called the same and sound, or read, otherwise. A run of an
 * earlier version does not say what they held.
 * @throws UndertoneError `run-invalid`
 */
export function assertSameCorpus(
  runFolder: string,
  { corpusSha256: known }: RunInfo,
  corpusSha256: string,
): void {
  if (known === undefined || known === corpusSha256) return;
  throw new UndertoneError(
    "run-invalid",
    `The corpus is no longer the one that ${runFolder} was started with: its clips hold something else. ` +
      "Bring them back, or choose another folder by --out.",
  );
}

/**
 * Refuses to train folds of one run beside different companions.
 * @throws UndertoneError `run-invalid` naming those that the run was started with
 */
export function assertSameCompanions(
  runFolder: string,
  { companions: known = [] }: RunInfo,
  companions: NonNullable<RunInfo["companions"]>,
): void {
  if (isDeepStrictEqual(known, companions)) return;
  const names = known.map(({ corpus }) => corpus).join(", ") || "none";
  throw new UndertoneError(
    "run-invalid",
    `${runFolder} was started with other companions, or these have changed since (then: ${names}). ` +
      "Give the same by --extra-data, or choose another folder by --out.",
  );
}

/**
 * Refuses to train folds of one run over different adapters. A run of an earlier version does not say which it had.
 * @throws UndertoneError `run-invalid` naming the models that the run took them from
 */
export function assertSameAdapters(
  runFolder: string,
  { adapters: known }: RunInfo,
  adapters: NonNullable<RunInfo["adapters"]>,
): void {
  if (known === undefined || isDeepStrictEqual(known, adapters)) return;
  const names = known.map(({ model }) => model).join(", ");
  throw new UndertoneError(
    "run-invalid",
    `${runFolder} was started with other adapters: those of ${names} have changed since. ` +
      "Bring them back, or choose another folder by --out.",
  );
}

/**
 * Refuses to mix folds of different splits: those of a run's folder must be those of its corpus today.
 * @throws UndertoneError `run-invalid` when clips have come, gone or changed sides
 */
export async function assertSameSplits(runFolder: string, splits: readonly Split[]): Promise<void> {
  for (const split of splits) {
    const known = await unlessMissing(readSplit(foldFolder(runFolder, split.fold)));
    if (known === undefined || isDeepStrictEqual(known, split)) continue;
    throw new UndertoneError(
      "run-invalid",
      `The corpus is no longer the one that ${runFolder} was started with: fold ${split.fold} would ` +
        "get other clips. Bring the clips back, or choose another folder by --out.",
    );
  }
}
