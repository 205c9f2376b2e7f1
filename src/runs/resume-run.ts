import { readdir } from "node:fs/promises";
import { isDeepStrictEqual } from "node:util";
import type { Split } from "../datasets/splits.ts";
import { UndertoneError } from "../shared/errors.ts";
import { systemCode } from "../shared/files.node.ts";
import { recipeDifference } from "../recipes/difference.ts";
import type { Experiment } from "../recipes/recipe.ts";
import { foldFolder, readRunInfo, readSplit, type RunInfo } from "./run-folder.ts";

interface Continuation {
  readonly runFolder: string;
  readonly experiment: Experiment;
  /** Whether the run may be continued. */
  readonly resume: boolean;
}

/** Resolves to `undefined` if the file is missing. */
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
  const { runFolder, experiment, resume } = continuation;
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
      `${runFolder} holds a run already. Continue it by --resume, or choose another folder by --out.`,
    );
  }
  const differences = recipeDifference(known.recipe, experiment.recipe);
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
  const inside = await readdir(runFolder).catch((error: unknown) => {
    if (systemCode(error) === "ENOENT") return [];
    throw new UndertoneError("usage", `${runFolder} is no folder. Choose another by --out.`);
  });
  if (!inside.some((name) => /^fold-\d+$/.test(name))) return;
  throw new UndertoneError(
    "run-invalid",
    `${runFolder} holds folds, but no run.json to tell of what recipe and corpus. Bring it back, or choose another folder by --out.`,
  );
}

/**
 * Refuses to train folds of one run on other data: a corpus or auxiliary corpora whose clips have changed under the same
 * names, or another run to begin with.
 * @throws UndertoneError `run-invalid`
 */
export function assertSameData(
  runFolder: string,
  known: RunInfo,
  now: Pick<RunInfo, "corpusSha256" | "extraData" | "initFrom" | "noise">,
): void {
  const names = known.extraData?.map(({ corpus }) => corpus).join(", ") ?? "none";
  const noise = known.noise?.map(({ corpus }) => corpus).join(", ") ?? "none";
  const problem =
    known.corpusSha256 !== now.corpusSha256
      ? "another content of the corpus"
      : !isDeepStrictEqual(known.extraData, now.extraData)
        ? `other --extra-data, or their clips have changed since (then: ${names})`
        : !isDeepStrictEqual(known.initFrom, now.initFrom)
          ? `another --init-from (then: ${known.initFrom?.name ?? "none"})`
          : !isDeepStrictEqual(known.noise, now.noise)
            ? `other --noise, or its recordings have changed since (then: ${noise})`
            : undefined;
  if (problem === undefined) return;
  throw new UndertoneError(
    "run-invalid",
    `${runFolder} was started with ${problem}. Give the same, or choose another folder by --out.`,
  );
}

/**
 * Refuses to mix folds of different splits: those of a run's folder must be those of its corpus today.
 * @throws UndertoneError `run-invalid` when clips were added, removed or moved to another split
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
