import { createHash } from "node:crypto";
import { rm } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import { z } from "zod";
import { exportEnsemble } from "../models/ensemble.ts";
import type { Combination, CombinationMethod } from "../models/combination.ts";
import { readModelCard } from "../models/model-card.ts";
import { UndertoneError } from "../shared/errors.ts";
import { writeFileAtomically } from "../shared/files.node.ts";
import type { Logger } from "../shared/logger.ts";
import { combineFolds } from "./combine-folds.ts";
import { readRun, type FinishedFold } from "./evaluate-run.ts";
import { writeOutcome } from "./fold-outcome.ts";
import { combinedCalibration, type Calibration } from "./run-calibration.ts";
import {
  corporaOf,
  foldFolder,
  modelFile,
  readFoldModel,
  readRunInfo,
  retrained,
  writeFoldState,
  writeRunInfo,
  writeSplit,
  type FoldState,
  type RunInfo,
} from "./run-folder.ts";
import { unlessMissing } from "./resume-run.ts";
import { combinedMessage } from "./training-messages.ts";

/** Finished runs to combine (late fusion, ensembles). */
export interface CombineRequest {
  readonly runs: readonly string[];
  readonly method: CombinationMethod;
  readonly name: string;
  readonly runFolder: string;
  /** A combined run by folds whose test clips calibrate the model, in place of validation clips. */
  readonly calibrateFrom?: string | undefined;
  /** Facts that repeat the run. */
  readonly facts: Pick<RunInfo, "command" | "versions" | "machine">;
}

type Member = Awaited<ReturnType<typeof readRun>>;

/**
 * Combines the folds that all runs have finished into a run of its own, with a model file where the members fit into one.
 * @throws UndertoneError `usage` for fewer than two runs, `run-invalid` when they do not belong together or the folder holds
 * another run
 */
export async function combineRuns(request: CombineRequest, logger: Logger): Promise<void> {
  const { method, name, runFolder, calibrateFrom, facts } = request;
  const members = await readMembers(request);
  const { info } = members[0]!;
  const combined = {
    method,
    members: members.map(({ info: own, runFolder: folder }) => ({
      name: own.name,
      runFolder: relative(resolve(runFolder), resolve(folder)),
      kind: kindOf(own),
      seed: own.seed,
    })),
  };
  await assertFree(runFolder, combined);
  const calibration =
    calibrateFrom === undefined
      ? undefined
      : await combinedCalibration(calibrateFrom, { combined, labels: info.labels });
  const extra = new Map(
    members.flatMap((run) => run.info.extraData ?? []).map((data) => [data.corpus, data]),
  );
  await writeRunInfo(runFolder, {
    ...info,
    ...(extra.size > 0 && { extraData: [...extra.values()] }),
    ...facts,
    name,
    recipe: { name, protocol: info.protocol, model: { kind: `combine-${method}` } },
    combined,
  });
  const problems = new Set<string>();
  for (const { fold, split } of members[0]!.folds) {
    const folds = members.flatMap((run) => run.folds.filter((own) => own.fold === fold));
    if (folds.length < members.length) continue;
    for (const [index, own] of folds.entries()) assertWhole(members[index]!.runFolder, own);
    const { rule, predictions } = combineFolds(method, folds);
    const folder = foldFolder(runFolder, fold);
    await writeSplit(folder, split);
    const outcome = await writeOutcome(folder, info.labels, predictions);
    const job = { ...request, members, fold, rule, calibration: calibration ?? outcome };
    const problem = await writeModel(job, modelFile(folder));
    if (problem !== undefined) problems.add(problem);
    const state = combinedState(folds.map(({ state: own }) => own));
    await writeFoldState(folder, state);
    logger.info(combinedMessage(fold, outcome.scores));
  }
  for (const problem of problems) logger.info(`No model file is written. ${problem}`);
}

/** The runs, after they were found to be of the same corpus, labels and test clips. */
async function readMembers({ runs }: CombineRequest): Promise<Member[]> {
  if (new Set(runs.map((folder) => resolve(folder))).size < Math.max(2, runs.length)) {
    throw new UndertoneError("usage", "Name two or more different run folders to combine.");
  }
  const members: Member[] = [];
  for (const runFolder of runs) members.push(await readRun(runFolder));
  const [first, ...others] = members;
  for (const other of others) {
    const [one, two] = [first!, other];
    const problem =
      one.info.corpus !== two.info.corpus
        ? "different corpora"
        : one.info.labels.join() !== two.info.labels.join()
          ? "different labels"
          : sameTests(one.folds, two.folds)
            ? undefined
            : "different test clips";
    if (problem === undefined) continue;
    throw new UndertoneError(
      "run-invalid",
      `${one.runFolder} and ${two.runFolder} have ${problem}. Train both on the same corpus with the same --protocol; where the seed draws the folds, with the same --seed.`,
    );
  }
  return members;
}

function sameTests(one: readonly FinishedFold[], other: readonly FinishedFold[]): boolean {
  return one.every(({ fold, split }) => {
    const twin = other.find((candidate) => candidate.fold === fold);
    const tested = new Set(twin?.split.test);
    return !twin || (tested.size === split.test.length && split.test.every((id) => tested.has(id)));
  });
}

const kindSchema = z.object({ model: z.object({ kind: z.string() }) });

const kindOf = ({ recipe }: RunInfo): string =>
  kindSchema.safeParse(recipe).data?.model.kind ?? "unknown";

/** A combination can be repeated in its folder; what it combines must be the same. */
async function assertFree(
  runFolder: string,
  combined: NonNullable<RunInfo["combined"]>,
): Promise<void> {
  const known = await unlessMissing(readRunInfo(runFolder));
  if (!known || JSON.stringify(known.combined) === JSON.stringify(combined)) return;
  throw new UndertoneError(
    "run-invalid",
    `${runFolder} holds another run. Choose another folder by --out.`,
  );
}

/** @throws UndertoneError `run-invalid` when predictions of a member's test clips are missing */
function assertWhole(runFolder: string, { fold, split, test }: FinishedFold): void {
  const ids = new Set(test.map(({ id }) => id));
  if (split.test.every((id) => ids.has(id))) return;
  const folder = foldFolder(runFolder, fold);
  throw new UndertoneError(
    "run-invalid",
    `${join(folder, "predictions.csv")} has ${test.length} of ${split.test.length} test clips. ${retrained(folder)}`,
  );
}

interface ModelJob extends CombineRequest {
  readonly members: readonly Member[];
  readonly fold: number;
  readonly rule: Combination;
  readonly calibration: Calibration;
}

/** Writes the members' models of a fold as one file, or returns why there is none. */
async function writeModel(job: ModelJob, path: string): Promise<string | undefined> {
  const { members, fold, rule } = job;
  await rm(path, { force: true });
  if (rule.method === "vote") return "A vote has no model file: its members predict one by one.";
  const text = members.find(({ info }) => kindOf(info).startsWith("text-"));
  if (text) return `${text.info.name} takes words, so the members predict one by one.`;
  const files: Uint8Array[] = [];
  for (const { runFolder } of members) {
    const bytes = await readFoldModel(runFolder, fold);
    if (bytes === undefined) return `The run ${runFolder} has no model of fold ${fold}.`;
    assertModel(bytes, foldFolder(runFolder, fold));
    files.push(bytes);
  }
  try {
    await writeFileAtomically(path, ensembleFile(files, job));
    return undefined;
  } catch (error) {
    if (!(error instanceof UndertoneError) || error.code !== "model-invalid") throw error;
    return error.message;
  }
}

/** @throws UndertoneError `run-invalid` for a damaged model */
function assertModel(bytes: Uint8Array, folder: string): void {
  try {
    readModelCard(bytes);
  } catch (cause) {
    const message = `${modelFile(folder)} is no whole model. ${retrained(folder)}`;
    throw new UndertoneError("run-invalid", message, { cause });
  }
}

function ensembleFile(
  files: readonly Uint8Array[],
  { name, members, fold, rule, calibration, facts }: ModelJob,
): Uint8Array {
  const { method, weights } = rule;
  const provenance = {
    corpora: [...new Set(members.flatMap(({ info }) => corporaOf(info)))],
    protocol: members[0]!.info.protocol,
    fold,
    method,
    members: files.map((bytes) => {
      const card = readModelCard(bytes);
      return { name: card.name, recipe: card.provenance["recipe"] };
    }),
    versions: facts.versions,
    machine: facts.machine,
  };
  const { temperature, neutral, ordinary } = calibration;
  const of = method === "mean" ? "probabilities" : "logits";
  const card = {
    name,
    temperature,
    ...(neutral && { neutral }),
    ...(ordinary && { ordinary }),
    provenance,
  };
  return exportEnsemble(files, { of, weights }, card);
}

function combinedState(states: readonly FoldState[]): FoldState {
  const hash = createHash("sha256");
  for (const { weightsSha256 } of states) hash.update(weightsSha256);
  const total = (valueOf: (state: FoldState) => number): number =>
    states.reduce((sum, state) => sum + valueOf(state), 0);
  return {
    finished: true,
    epochs: 0,
    seconds: total(({ seconds }) => seconds),
    parameters: total(({ parameters = 0 }) => parameters),
    weightsSha256: hash.digest("hex"),
  };
}
