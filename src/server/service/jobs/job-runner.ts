import { setTimeout as sleep } from "node:timers/promises";
import { UndertoneError, type ErrorCode } from "../../../shared/errors.ts";
import { outcomeOfFile } from "../analyze-file.ts";
import { Refusal } from "../../refusal.ts";
import { fetchTo } from "../remote/call.ts";
import type { AllowedHosts } from "../remote/allowed-hosts.ts";
import type { Service } from "../service.ts";
import { recognitionOf } from "../settings.ts";
import type { JobState } from "./job.ts";
import type { JobStore } from "./job-store.ts";
import { RecordingQueue } from "./recording-queue.ts";
import { deliver } from "./webhook.ts";

export interface RunnerParts {
  readonly store: JobStore;
  readonly hosts: AllowedHosts;
  /** Analyzes in place of the server's own workers. */
  readonly queue?: RecordingQueue | undefined;
  /** Wait before the second attempt, doubled for the third; 1000 by default. */
  readonly retryDelayMs?: number | undefined;
}

const mostAttempts = 3;
/** What another attempt may mend. */
const passing: readonly string[] = ["internal", "network-failed", "disk-full"];
const sweepMs = 60_000;

/** An item that is under way. */
interface Claim {
  readonly state: JobState;
  readonly index: number;
}

interface Work extends Claim {
  readonly signal: AbortSignal;
}

interface Failed {
  readonly error: { readonly code: string; readonly message: string };
}

/** Works on the jobs of a folder, an item of each in turn, until the server stops. */
export class JobRunner {
  readonly #service: Service;
  readonly #parts: RunnerParts;
  #work: readonly Promise<void>[] = [];
  #wake: () => void = () => undefined;
  #awake = Promise.resolve();

  constructor(service: Service, parts: RunnerParts) {
    this.#service = service;
    this.#parts = parts;
    this.#sleep();
  }

  /** Goes on with what an earlier server left. */
  start(): void {
    const { closing, pool } = this.#service;
    const { store, queue } = this.#parts;
    const { jobs } = store;
    // One fetches while all workers are busy.
    const most = queue ? RecordingQueue.most : pool.size + 1;
    this.#work = Array.from({ length: most }, () => this.#run());
    for (const state of jobs) {
      if (state.finished?.webhook === "pending") this.#tell(state);
      const isDone = state.ends.size === state.job.items.length;
      if (isDone && !state.finished) this.#behind(this.#finish(state));
    }
    const sweep = setInterval(() => this.#behind(this.sweep(Date.now())), sweepMs);
    closing.addEventListener("abort", () => {
      clearInterval(sweep);
      this.notify();
    });
    this.#behind(this.sweep(Date.now()));
  }

  /** Tells of a new job. */
  notify(): void {
    this.#wake();
    this.#sleep();
  }

  /** Resolves when the items that were under way are done, after the server's `closing`. */
  async closed(): Promise<void> {
    await Promise.all(this.#work);
  }

  /** Deletes jobs whose time is over. */
  async sweep(nowMs: number): Promise<void> {
    const keptMs = this.#service.limits.keepHours * 3600e3;
    for (const state of this.#parts.store.jobs) {
      const { finished } = state;
      if (finished && finished.finishedAt + keptMs < nowMs) await this.#parts.store.delete(state);
    }
    await this.#parts.queue?.sweep(this.#parts.store);
  }

  /** Nobody waits for it: what goes wrong is logged. */
  #behind(work: Promise<void>): void {
    work.catch((error: unknown) => {
      this.#service.log("error", "job-not-kept", { error: String(error) });
    });
  }

  #sleep(): void {
    this.#awake = new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  async #run(): Promise<void> {
    const { closing } = this.#service;
    while (!closing.aborted) {
      const awake = this.#awake;
      const claim = this.#claim();
      if (claim === undefined) await awake;
      else await this.#do(claim);
    }
  }

  /** Returns an item that nobody works on, of the job with the fewest that are under way. */
  #claim(): Claim | undefined {
    const open = this.#parts.store.jobs
      .filter(({ job, ends, running }) => ends.size + running.size < job.items.length)
      .toSorted((a, b) => a.running.size - b.running.size);
    const [state] = open;
    if (state === undefined) return undefined;
    const { job, ends, running } = state;
    const index = job.items.findIndex((_, n) => !ends.has(n) && !running.has(n));
    running.add(index);
    return { state, index };
  }

  async #do({ state, index }: Claim): Promise<void> {
    const { store, queue } = this.#parts;
    const { job, running, deleted } = state;
    const { name, url } = job.items[index]!;
    try {
      const signal = this.#stopOf(state);
      const outcome = await this.#analyzed({ state, index, signal });
      if (signal.aborted) {
        running.delete(index);
        if (deleted.signal.aborted && running.size === 0) await queue?.forget(state);
        return;
      }
      const end = "error" in outcome ? "failed" : "done";
      const line = JSON.stringify({ index, name, ...(url !== undefined && { url }), ...outcome });
      await store.end(state, index, { end, line });
      running.delete(index);
      if (state.ends.size === job.items.length) await this.#finish(state);
    } catch (error) {
      // It stays under way: with a disk that is full, only the next start can do it.
      this.#service.log("error", "job-not-kept", { id: job.id, index, error: String(error) });
    }
  }

  /** Stops the work on a job: a queue goes on without this server. */
  #stopOf({ deleted }: JobState): AbortSignal {
    const { closing } = this.#service;
    return this.#parts.queue ? AbortSignal.any([closing, deleted.signal]) : deleted.signal;
  }

  async #analyzed(work: Work): Promise<object> {
    const fetched = await this.#attempts(mostAttempts, work, () => this.#fetch(work));
    if ("error" in fetched) return fetched;
    // A queue makes its own attempts.
    const most = this.#parts.queue ? 1 : mostAttempts;
    return this.#attempts(most, work, () => this.#analyze(work));
  }

  async #attempts(
    most: number,
    { signal }: Work,
    tried: () => Promise<object>,
  ): Promise<object | Failed> {
    const { retryDelayMs = 1000 } = this.#parts;
    for (let attempt = 1; ; attempt++) {
      const outcome: object | Failed = await tried().catch(failureOf);
      const mayPass = "error" in outcome && passing.includes(outcome.error.code);
      if (!mayPass || attempt === most || signal.aborted) return outcome;
      await sleep(retryDelayMs * 2 ** (attempt - 1), undefined, { signal }).catch(() => undefined);
    }
  }

  /** Fetches a recording that was not sent. */
  async #fetch({ state, index, signal }: Work): Promise<object> {
    const { store, hosts } = this.#parts;
    const { maxUploadBytes: maxBytes, idleSec } = this.#service.limits;
    const { url } = state.job.items[index]!;
    if (url === undefined) return {};
    await fetchTo(store.inputPath(state, index), url, { hosts, maxBytes, idleSec, signal });
    return {};
  }

  async #analyze({ state, index, signal }: Work): Promise<object> {
    const { store, queue } = this.#parts;
    const path = store.inputPath(state, index);
    const { name } = state.job.items[index]!;
    const recognition = recognitionOf(state.job.settings);
    const task = { path, name, recognition, isBackground: true, signal };
    if (queue === undefined) return outcomeOfFile(this.#service, task);
    const pool: Pick<Service["pool"], "analyze"> = {
      analyze: (_, asked) =>
        queue.analyze({ state, index, path, recognition: asked.recognition, signal }),
    };
    return outcomeOfFile({ ...this.#service, pool }, task);
  }

  async #finish(state: JobState): Promise<void> {
    const webhook = state.job.webhook === null ? null : "pending";
    await this.#parts.store.finish(state, { finishedAt: Date.now(), webhook });
    await this.#parts.queue?.forget(state);
    this.#service.log("info", "job-finished", { id: state.job.id });
    if (webhook !== null) this.#tell(state);
  }

  /** Calls the webhook, without waiting for it. */
  #tell(state: JobState): void {
    const { store, hosts } = this.#parts;
    const { closing, log, limits } = this.#service;
    const signal = AbortSignal.any([closing, state.deleted.signal]);
    const told = async (): Promise<void> => {
      const webhook = await deliver(state, { hosts, signal, keepHours: limits.keepHours });
      if (signal.aborted) return;
      log("info", "webhook", { id: state.job.id, webhook });
      await store.finish(state, { ...state.finished!, webhook });
    };
    this.#behind(told());
  }
}

function failureOf(error: unknown): Failed {
  if (error instanceof UndertoneError || error instanceof Refusal) {
    const { code, message }: { code: ErrorCode | Refusal["code"]; message: string } = error;
    return { error: { code, message } };
  }
  const message = `This is an error in undertone itself: ${String(error)}`;
  return { error: { code: "internal", message } };
}
