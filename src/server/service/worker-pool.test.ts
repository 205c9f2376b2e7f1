import { expect, test } from "vitest";
import { call } from "../../../test/support/analysis.ts";
import { WorkerPool, type Worker } from "./worker-pool.ts";

/** A worker that is done when it is told. */
class HeldWorker implements Worker {
  readonly begun: string[] = [];
  stopped = 0;
  #end: () => void = () => undefined;

  analyze(path: string): Promise<typeof call> {
    this.begun.push(path);
    return new Promise((resolve) => {
      this.#end = () => resolve(call);
    });
  }

  finish(): void {
    this.#end();
  }

  stop(): void {
    this.stopped++;
    this.#end();
  }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const task = { recognition: {} };

function poolOf(maxWaiting: number, timeoutSec = 60) {
  const worker = new HeldWorker();
  return { worker, pool: new WorkerPool({ workers: [worker], maxWaiting, timeoutSec }) };
}

test("recordings of jobs wait for those of clients, each in its turn", async () => {
  const { worker, pool } = poolOf(2);
  const all = [
    pool.analyze("a", task),
    pool.analyze("job", { ...task, isBackground: true }),
    pool.analyze("b", task),
    pool.analyze("c", task),
  ];
  expect([pool.busy, pool.waiting]).toEqual([1, 2]);
  for (let n = 0; n < all.length; n++) {
    await turn();
    worker.finish();
  }
  await Promise.all(all);
  expect(worker.begun).toEqual(["a", "b", "c", "job"]);
  expect(pool.busy).toBe(0);
});

test("one more than may wait is refused with the time to come back", async () => {
  const { worker, pool } = poolOf(1);
  const all = [pool.analyze("a", task), pool.analyze("b", task)];
  await expect(pool.analyze("c", task)).rejects.toMatchObject({
    code: "overloaded",
    status: 429,
    retryAfterSec: expect.any(Number),
  });
  for (let n = 0; n < all.length; n++) {
    await turn();
    worker.finish();
  }
  await Promise.all(all);
});

test("who leaves is not waited for, in the queue and at work", async () => {
  const { worker, pool } = poolOf(5);
  const [first, second] = [new AbortController(), new AbortController()];
  const all = [
    pool.analyze("a", { ...task, signal: first.signal }),
    pool.analyze("b", { ...task, signal: second.signal }),
  ].map((each) => expect(each).rejects.toMatchObject({ code: "cancelled" }));
  second.abort();
  await turn();
  expect(pool.waiting).toBe(0);
  first.abort();
  await Promise.all(all);
  expect(worker).toMatchObject({ begun: ["a"], stopped: 1 });
  expect(pool.busy).toBe(0);
});

test("work that takes too long is ended", async () => {
  const { worker, pool } = poolOf(5, 0.01);
  await expect(pool.analyze("a", task)).rejects.toMatchObject({ code: "timeout", status: 504 });
  expect(worker.stopped).toBe(1);
});
