import { mkdir, open, readdir, readFile, rename, rm } from "node:fs/promises";
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { systemCode, privateMode, writePrivateFile } from "../../../shared/files.node.ts";
import type { Log } from "../log.ts";
import {
  finishedSchema,
  jobSchema,
  type Finished,
  type ItemEnd,
  type Job,
  type JobState,
} from "./job.ts";
import { makeFolders } from "../../../shared/make-folders.node.ts";

interface Sent {
  readonly made: string;
  readonly sent: ReadonlyMap<number, string>;
}

/** Of a job's folder. */
const names = { job: "job.json", finished: "finished.json", inputs: "inputs", results: "results" };

/**
 * Jobs in a folder, each in a folder of its own that appears whole, with a file for each result: so that a server that was killed
 * goes on where it was, without losing a job or doing an item twice whose result is there.
 */
export class JobStore {
  readonly #folder: string;
  /** On the same disk: what is moved there is deleted, at the next start at the latest. */
  readonly #trash: string;
  readonly #jobs = new Map<string, JobState>();

  private constructor(folder: string, trash: string) {
    this.#folder = folder;
    this.#trash = trash;
  }

  /** Opens the jobs of a folder. @throws UndertoneError `file-unreadable`, `disk-full` */
  static async open(
    folder: string,
    { trash, log }: { readonly trash: string; readonly log: Log },
  ): Promise<JobStore> {
    const store = new JobStore(folder, trash);
    await makeFolders(folder, privateMode.folder);
    for (const id of await readdir(folder)) {
      try {
        const state = await readState(join(folder, id));
        if (state.job.id === id) store.#jobs.set(id, state);
      } catch {
        log("warn", "job-unreadable", { id });
      }
    }
    return store;
  }

  /** All jobs, the oldest first. */
  get jobs(): JobState[] {
    return [...this.#jobs.values()].toSorted((a, b) => a.job.createdAt - b.job.createdAt);
  }

  get count(): number {
    return this.#jobs.size;
  }

  find(id: string): JobState | undefined {
    return this.#jobs.get(id);
  }

  /** Bytes of the recordings that wait. */
  get bytes(): number {
    let sum = 0;
    for (const { job, ends } of this.#jobs.values()) {
      for (const [index, { sizeBytes }] of job.items.entries())
        if (!ends.has(index)) sum += sizeBytes;
    }
    return sum;
  }

  /** Adds a job with the files that were sent, the paths by index, which are moved. It is made in a new folder on the same disk. */
  async add(job: Job, { made, sent }: Sent): Promise<JobState> {
    await makeFolders(join(made, names.inputs), privateMode.folder);
    await mkdir(join(made, names.results), { mode: privateMode.folder });
    for (const [index, path] of sent) {
      await flush(path);
      await rename(path, join(made, names.inputs, String(index)));
    }
    await writePrivateFile(join(made, names.job), JSON.stringify(job));
    await rename(made, join(this.#folder, job.id));
    const state = stateOf(job);
    this.#jobs.set(job.id, state);
    return state;
  }

  /** Where the recording of an item is, or is to be fetched to. */
  inputPath({ job }: JobState, index: number): string {
    return join(this.#folder, job.id, names.inputs, String(index));
  }

  /** Keeps the result of an item, a line of JSON, and deletes its recording. */
  async end(state: JobState, index: number, result: { end: ItemEnd; line: string }): Promise<void> {
    await this.#write(state, join(names.results, `${index}.${result.end}.json`), result.line);
    state.ends.set(index, result.end);
    await rm(this.inputPath(state, index), { force: true });
  }

  async finish(state: JobState, finished: Finished): Promise<void> {
    await this.#write(state, names.finished, JSON.stringify(finished));
    state.finished = finished;
  }

  async #write({ job, deleted }: JobState, name: string, content: string): Promise<void> {
    const folder = join(this.#folder, job.id);
    await writePrivateFile(join(folder, name), content);
    // Writing makes folders anew that were deleted meanwhile.
    if (deleted.signal.aborted) await rm(folder, { recursive: true, force: true });
  }

  /** @yields the results so far, in the order of the items */
  async *results({ job, ends }: JobState): AsyncGenerator<string> {
    for (const index of [...ends.keys()].toSorted((a, b) => a - b)) {
      const name = `${index}.${ends.get(index)}.json`;
      yield await readFile(join(this.#folder, job.id, names.results, name), "utf8");
    }
  }

  /** Stops and deletes a job. */
  async delete(state: JobState): Promise<void> {
    const { id } = state.job;
    this.#jobs.delete(id);
    state.deleted.abort();
    const moved = join(this.#trash, randomUUID());
    await rename(join(this.#folder, id), moved);
    await rm(moved, { recursive: true, force: true });
  }
}

const stateOf = (job: Job): JobState => ({
  job,
  ends: new Map(),
  running: new Set(),
  deleted: new AbortController(),
  finished: undefined,
});

async function readState(folder: string): Promise<JobState> {
  const state = stateOf(jobSchema.parse(await readJson(join(folder, names.job))));
  for (const name of await readdir(join(folder, names.results))) {
    const [, index, end] = /^(\d+)\.(done|failed)\.json$/.exec(name) ?? [];
    if (index !== undefined) state.ends.set(Number(index), end === "done" ? "done" : "failed");
  }
  const finished = await readJson(join(folder, names.finished)).catch((error: unknown) => {
    if (systemCode(error) === "ENOENT") return undefined;
    throw error;
  });
  state.finished = finished === undefined ? undefined : finishedSchema.parse(finished);
  return state;
}

/** Waits until a file is on the disk itself. */
async function flush(path: string): Promise<void> {
  const file = await open(path, "r+");
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

async function readJson(path: string): Promise<unknown> {
  return JSON.parse(await readFile(path, "utf8"));
}
