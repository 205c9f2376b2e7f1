import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { call } from "../../../../test/support/analysis.ts";
import { startDatabase, type DatabaseServer } from "../../../../test/support/databases.ts";
import { formWith, startTestService, type TestService } from "../../../../test/support/service.ts";
import { openQueue } from "../../../jobs/job-queue.ts";
import { FinalFailure, work, type RunningJob } from "../../../jobs/work.ts";
import { analysisJobSchema } from "../../../recognition/batch-analyzer.node.ts";
import { keepFailure, keepResult, readWorkOrder } from "../../../recognition/batch-folder.node.ts";
import { jobAnswerSchema, type JobAnswer } from "./job.ts";

const files = [
  ["a.wav", "RIFF a"],
  ["b.wav", "RIFF b"],
  ["empty.wav", ""],
] as const;

/** Does what `undertone batch work` does, without models. */
async function analyze({ data }: RunningJob): Promise<void> {
  const { folder, job, path } = analysisJobSchema.parse(data);
  expect((await readWorkOrder(folder)).worker).toMatchObject({
    model: "default",
    recognition: { diarize: true },
  });
  if ((await readFile(path)).length > 0) return keepResult(folder, job, call);
  const error = { code: "audio-empty", message: `${path}: is empty.` } as const;
  await keepFailure(folder, job, error);
  throw new FinalFailure(error.message);
}

async function order(service: TestService): Promise<JobAnswer> {
  const body = formWith({ diarize: "true" }, files);
  const answer = await service.ask("/v1/jobs", { method: "POST", body });
  return jobAnswerSchema.parse(await answer.json());
}

describe.each(["redis", "postgres"] as const)(
  "jobs on a queue on %s (skipped where its server is not installed)",
  (kind) => {
    const start = startDatabase[kind];
    let database: DatabaseServer;
    let folder: string;
    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), "undertone-queued-"));
      if (start) database = await start();
    });
    afterAll(async () => {
      await database?.stop();
      await rm(folder, { recursive: true, force: true });
    });

    const serve = (): Promise<TestService> =>
      startTestService({
        folder,
        queue: database.url,
        analyze: () => Promise.reject(new Error("The server's own workers do no jobs.")),
      });
    async function counts() {
      const queue = await openQueue(database.url);
      const counted = await queue.counts();
      await queue.close();
      return counted;
    }
    const empty = { waiting: 0, running: 0, failed: 0 };
    const waits = { waiting: 3, running: 0, failed: 0 };

    test.skipIf(!start)("outlive the server and the queue, and are done once", async () => {
      const first = await serve();
      const { id } = await order(first);
      await expect.poll(counts).toEqual(waits);
      await first.close();
      const lost = await openQueue(database.url);
      expect(await lost.cancel()).toBe(3);
      await lost.close();

      const second = await serve();
      await expect.poll(counts).toEqual(waits);
      const done: string[] = [];
      await work(database.url, analyze, {
        jobs: 2,
        untilEmpty: true,
        signal: new AbortController().signal,
        onDone: (job) => done.push(job.id),
        onFailure: () => undefined,
        onTrouble: () => undefined,
      });
      const state = async () =>
        jobAnswerSchema.parse(await (await second.ask(`/v1/jobs/${id}`)).json());
      await expect.poll(async () => (await state()).status).toBe("finished");
      expect((await state()).counts).toEqual({ total: 3, done: 2, failed: 1 });
      expect(new Set(done).size).toBe(2);
      const lines = await (await second.ask(`/v1/jobs/${id}/results`)).text();
      expect(
        lines
          .trimEnd()
          .split("\n")
          .map((line): unknown => JSON.parse(line)),
      ).toMatchObject([
        { index: 0, name: "a.wav", durationSec: call.durationSec },
        { index: 1, name: "b.wav", durationSec: call.durationSec },
        { index: 2, error: { code: "audio-empty", message: "empty.wav: is empty." } },
      ]);
      await expect.poll(counts).toEqual(empty);
      await expect.poll(() => readdir(join(folder, "queue"))).toEqual([]);
      await second.close();
    });

    test.skipIf(!start)("leave the queue when they are deleted", async () => {
      const service = await serve();
      const { id } = await order(service);
      await expect.poll(counts).toEqual(waits);
      expect((await service.ask(`/v1/jobs/${id}`, { method: "DELETE" })).status).toBe(204);
      await expect.poll(counts).toEqual(empty);
      await expect.poll(() => readdir(join(folder, "queue"))).toEqual([]);
      await service.close();
    });
  },
);
