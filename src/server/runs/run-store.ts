import { join } from "node:path";
import { z } from "zod";
import { evaluateDimensionRun } from "../../runs/evaluate-dimension-run.ts";
import { evaluateRun, isLeaky, readRun, type EvaluatedRun } from "../../runs/evaluate-run.ts";
import { foldFolder, readRunInfo, type RunInfo } from "../../runs/run-folder.ts";
import { UndertoneError } from "../../shared/errors.ts";
import type { LockOwner } from "../../shared/lock-owner.node.ts";
import { livingOwner } from "../../shared/lock.node.ts";
import type { RunProgress, RunRow, RunSummary } from "../api.ts";
import { Refusal } from "../refusal.ts";
import type { Trainings } from "../trainings/trainings.ts";
import { findRuns } from "./find-runs.ts";
import {
  dimensionsOf,
  evaluationOf,
  finishedMs,
  readEvaluation,
  readScores,
  type RunDimensions,
  type RunEvaluation,
} from "./run-evaluation.ts";
import { foldsDone, readProgress, statusOf } from "./run-progress.ts";

interface Evaluated {
  /** Of the state of the folder that was evaluated. */
  readonly key: string;
  readonly run: EvaluatedRun;
}

/** The run folders in one folder. A run is only found by its id in the list, so that no path leads elsewhere. */
export class RunStore {
  readonly folder: string;
  readonly #trainings: Trainings;
  readonly #evaluated = new Map<string, Evaluated>();

  constructor(folder: string, trainings: Trainings) {
    this.folder = folder;
    this.#trainings = trainings;
  }

  /** Resolves to all runs, the latest first, and trainings that have not written a `run.json` yet. */
  async list(): Promise<RunRow[]> {
    const ids = new Set([...this.#trainings.runIds(), ...(await findRuns(this.folder))]);
    const rows = await Promise.all([...ids].map((id) => this.#row(id)));
    return rows.toSorted((a, b) => startOf(b).localeCompare(startOf(a)));
  }

  /** Resolves to the folder of a run. @throws Refusal `not-found` for an id that is not in the list */
  async folderOf(id: string): Promise<string> {
    if (this.#trainings.stateOf(id) || (await findRuns(this.folder)).includes(id)) {
      return join(this.folder, id);
    }
    throw new Refusal("not-found", `There is no run ${id} in ${this.folder}.`);
  }

  /** @throws Refusal `not-found`; UndertoneError `run-invalid`, `file-not-found` */
  async info(id: string): Promise<RunInfo> {
    return readRunInfo(await this.folderOf(id));
  }

  /** Resolves to the commands that made the runs which can be read. */
  async commands(): Promise<string[]> {
    const ids = await findRuns(this.folder);
    const infos = await Promise.allSettled(ids.map((id) => readRunInfo(join(this.folder, id))));
    return infos.flatMap((info) => (info.status === "fulfilled" ? [info.value.command] : []));
  }

  /** Resolves to how far a run is; without folds while its training has not planned them. */
  async progress(id: string): Promise<RunProgress> {
    const folder = await this.folderOf(id);
    const training = this.#trainings.stateOf(id);
    const info = await readRunInfo(folder).catch((error: unknown) => {
      if (training && error instanceof UndertoneError && error.code === "file-not-found") return;
      throw error;
    });
    return readProgress(folder, info?.folds ?? [], training);
  }

  /** Resolves to the process of this machine that trains a run; `undefined` where there is none. */
  async owner(id: string): Promise<LockOwner | undefined> {
    const folder = await this.folderOf(id);
    for (const fold of (await readRunInfo(folder)).folds) {
      const owner = await livingOwner(`${foldFolder(folder, fold)}.lock`);
      if (owner !== undefined) return owner;
    }
    return undefined;
  }

  /** Resolves to the predictions of a run without scoring them. @throws as `readRun` */
  async predictions(id: string): Promise<Pick<EvaluatedRun, "info" | "folds">> {
    return readRun(await this.folderOf(id));
  }

  /**
   * Resolves to what the page shows of a run's scores: as its last evaluation has them, or computed where a fold has finished
   * since; `null` where no fold with test clips has finished.
   * @throws as `evaluateRun`
   */
  async evaluation(id: string): Promise<RunEvaluation | RunDimensions | null> {
    const folder = await this.folderOf(id);
    const { folds, protocol, dimensions } = await readRunInfo(folder);
    if (protocol === "all" || (await foldsDone(folder, folds)) === 0) return null;
    const known = await readEvaluation(folder, folds);
    if (known) return known;
    if (dimensions) return dimensionsOf(await evaluateDimensionRun(folder));
    return evaluationOf(await this.evaluate(id));
  }

  /** Resolves to the scores of a run, computed anew when a fold has finished since. @throws as `evaluateRun` */
  async evaluate(id: string): Promise<EvaluatedRun> {
    const folder = await this.folderOf(id);
    const { folds } = await readRunInfo(folder);
    const key = (await finishedMs(folder, folds)).join(" ");
    const known = this.#evaluated.get(folder);
    if (known?.key === key) return known.run;
    const run = await evaluateRun(folder);
    this.#evaluated.set(folder, { key, run });
    return run;
  }

  async #row(id: string): Promise<RunRow> {
    const folder = join(this.folder, id);
    const training = this.#trainings.stateOf(id);
    try {
      const info = await readRunInfo(folder);
      const scores = await readScores(folder);
      return {
        id,
        status: await statusOf(folder, info.folds, training),
        foldsDone: await foldsDone(folder, info.folds),
        info: summaryOf(info),
        ...(scores && { scores }),
      };
    } catch (error) {
      if (!(error instanceof UndertoneError)) throw error;
      const status = await statusOf(folder, [], training);
      const isMissing = error.code === "file-not-found";
      if (status === "running" && isMissing) return { id, status, foldsDone: 0 };
      // What a training said last is why it has written nothing.
      const said = isMissing ? training?.log.findLast((line) => line.trim() !== "") : undefined;
      return { id, status, foldsDone: 0, problem: said ?? error.message };
    }
  }
}

/** What has no `run.json` yet has just begun. */
const startOf = (row: RunRow): string => row.info?.startedAt ?? "9";

const kindSchema = z.object({ model: z.object({ kind: z.string() }) });

function summaryOf(info: RunInfo): RunSummary {
  const { name, corpus, protocol, seed, labels, dimensions, startedAt, recipe, combined } = info;
  return {
    name,
    corpus,
    protocol,
    seed,
    labels,
    dimensions,
    startedAt,
    kind: combined?.method ?? kindSchema.safeParse(recipe).data?.model.kind ?? "",
    leaky: isLeaky(protocol),
    folds: info.folds.length,
  };
}
