import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startDatabase, type DatabaseServer } from "../../test/support/databases.ts";
import { openQueue, type JobQueue } from "./job-queue.ts";
import { parseQueueUrl } from "./queue-address.ts";
import { FinalFailure, UnfitWorker, work, type RunningJob } from "./work.ts";

const kinds = ["redis", "postgres"] as const;

async function failingOnes({ id, data }: RunningJob): Promise<void> {
  expect(data).toEqual({ n: Number(id.at(-1)) });
  if (id === "job-1") throw new FinalFailure("is no sound");
  if (id === "job-2") throw new Error("is away");
}

async function unfit(): Promise<never> {
  throw new UnfitWorker(new RangeError("another model"));
}

describe.each(kinds)("a queue on %s (skipped where its server is not installed)", (kind) => {
  const start = startDatabase[kind];
  let server: DatabaseServer;
  let queue: JobQueue;

  beforeAll(async () => {
    if (start === undefined) return;
    server = await start();
    queue = await openQueue(server.url);
  });

  afterAll(async () => {
    await queue?.close();
    await server?.stop();
  });

  const jobs = Array.from({ length: 6 }, (_, n) => ({
    id: `job-${n}`,
    group: n < 2 ? "few" : "many",
    data: { n },
  }));

  /** Works until nothing is left; resolves to what was told. */
  async function workAll(handle: (job: RunningJob) => Promise<void>): Promise<string[]> {
    const told: string[] = [];
    await work(server.url, handle, {
      jobs: 2,
      untilEmpty: true,
      leaseSec: 1,
      signal: new AbortController().signal,
      onDone: ({ id }) => told.push(id),
      onFailure: ({ id, isLastAttempt }, { message }) =>
        told.push(`${id} ${message}${isLastAttempt ? " at last" : ""}`),
      onTrouble: (message) => told.push(message),
    });
    return told.toSorted();
  }

  test.skipIf(!start)("holds a job that is added twice once, until it is cancelled", async () => {
    await queue.add(jobs);
    await queue.add(jobs);
    expect(await queue.counts()).toEqual({ waiting: 6, running: 0, failed: 0 });
    expect(await queue.cancel("many")).toBe(4);
    expect(await queue.counts()).toEqual({ waiting: 2, running: 0, failed: 0 });
    expect(await queue.cancel()).toBe(2);
  });

  test.skipIf(!start)("lists what failed and why, and tries it again when asked", async () => {
    await queue.add(jobs);
    expect(await workAll(failingOnes)).toEqual([
      "job-0",
      "job-1 is no sound",
      "job-2 is away",
      "job-2 is away",
      "job-2 is away at last",
      "job-3",
      "job-4",
      "job-5",
    ]);
    const failures = await queue.failures();
    expect(failures.toSorted((a, b) => a.attempts - b.attempts)).toEqual([
      { ...jobs[1], reason: "is no sound", attempts: 1 },
      { ...jobs[2], reason: "is away", attempts: 3 },
    ]);
    expect(await queue.retry("few")).toBe(1);
    expect(await queue.counts()).toEqual({ waiting: 1, running: 0, failed: 1 });
    expect(await workAll(async () => undefined)).toEqual(["job-1"]);
    expect(await queue.cancel()).toBe(1);
  });

  test.skipIf(!start)("keeps a job whose work outlasts its lease with its worker", async () => {
    await queue.add(jobs.slice(0, 1));
    const begun: string[] = [];
    const long = workAll(async ({ id }) => {
      begun.push(id);
      await sleep(2500); // more than two leases
    });
    await expect.poll(() => begun).toHaveLength(1);
    const idle = workAll(async ({ id }) => void begun.push(id));
    expect(await Promise.all([long, idle])).toEqual([["job-0"], []]);
    expect(begun).toEqual(["job-0"]);
  });

  test.skipIf(!start)("gives the job of an unfit worker to another one", async () => {
    await queue.add(jobs.slice(0, 1));
    await expect(workAll(unfit)).rejects.toThrow(RangeError);
    expect(await workAll(async () => undefined)).toEqual(["job-0"]);
  });

  test.skipIf(!start).each(["SIGINT", "SIGKILL"] as const)(
    "keeps its jobs when its server ends by %s, and workers wait for it",
    { timeout: 60_000 },
    async (signal) => {
      const client = await openQueue(server.url);
      await client.add(jobs);
      await client.close();
      let crashed: Promise<void> | undefined;
      const done = new Set<string>();
      await workAll(async ({ id }) => {
        await (crashed ??= server.crash(signal));
        done.add(id);
      });
      expect([...done].toSorted()).toEqual(jobs.map(({ id }) => id));
    },
  );
});

test.each(["", "127.0.0.1:6379", "http://127.0.0.1", "file:///tmp/queue"])(
  "%j is no queue",
  async (url) => {
    await expect(openQueue(url)).rejects.toMatchObject({ code: "usage" });
  },
);

test.each(["redis://127.0.0.1:1", "postgres://127.0.0.1:1/x"])(
  "a queue at %s, where no server runs, is an error at once",
  async (url) => {
    await expect(openQueue(url)).rejects.toMatchObject({ code: "network-failed" });
  },
);

test("messages hold no password", () => {
  const { kind, shown } = parseQueueUrl("valkey://user:secret@example.com:1/2");
  expect({ kind, shown }).toEqual({ kind: "redis", shown: "valkey://example.com:1/2" });
});
