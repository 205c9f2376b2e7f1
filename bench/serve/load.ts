/** Clients that upload at once, while another asks for the server's health. */
import { setTimeout as sleep } from "node:timers/promises";
import { secondsOf } from "./own-cpu.ts";
import { watchHealth } from "./watch-health.ts";
import type { RunningServer } from "./run-server.ts";

/** A recording of a known length. */
export interface Recording {
  readonly name: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly durationSec: number;
}

export interface LoadResult {
  /** Answers by status. */
  readonly statuses: ReadonlyMap<number, number>;
  /** From the first request to the last answer. */
  readonly seconds: number;
  /** Of the recordings that were answered. */
  readonly audioSec: number;
  /** From upload to answer, without those that were refused. */
  readonly latenciesMs: readonly number[];
  readonly healthMs: readonly number[];
  /** Processor time of the clients. */
  readonly clientCpuSec: number;
}

/** Uploads each recording, so many at once; one that is refused with 429 comes back when it is told to. */
export async function load(
  { url, token }: Pick<RunningServer, "url" | "token">,
  recordings: readonly Recording[],
  concurrency: number,
): Promise<LoadResult> {
  const statuses = new Map<number, number>();
  const latenciesMs: number[] = [];
  const headers = { authorization: `Bearer ${token}` };
  const queue = recordings.values();
  let audioSec = 0;

  async function upload({ name, bytes, durationSec }: Recording): Promise<void> {
    for (;;) {
      const body = new FormData();
      body.append("file", new Blob([bytes]), name);
      const startedAt = performance.now();
      const answer = await fetch(`${url}/v1/audio/emotions`, { method: "POST", body, headers });
      await answer.arrayBuffer();
      statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
      if (answer.status !== 429) {
        if (answer.ok) audioSec += durationSec;
        latenciesMs.push(performance.now() - startedAt);
        return;
      }
      await sleep(1000 * Number(answer.headers.get("retry-after") ?? 1));
    }
  }
  async function client(): Promise<void> {
    for (const recording of queue) await upload(recording);
  }

  const health = watchHealth(url);
  const cpuAtStart = process.cpuUsage();
  const startedAt = performance.now();
  await Promise.all(Array.from({ length: concurrency }, client));
  const seconds = (performance.now() - startedAt) / 1000;
  const uploadCpuSec = secondsOf(process.cpuUsage(cpuAtStart));
  const { latenciesMs: healthMs, cpuSec } = await health();
  const clientCpuSec = uploadCpuSec + cpuSec;
  return { statuses, seconds, audioSec, latenciesMs, healthMs, clientCpuSec };
}
