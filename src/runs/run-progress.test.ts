import { expect, test } from "vitest";
import type { Progress } from "../shared/logger.ts";
import { RunProgress } from "./run-progress.ts";

/** What the bars of a run over folds of 10 and 20 clips, 3 epochs each, were told. */
function recorded(): { progress: RunProgress; run: string[]; epoch: string[] } {
  const [run, epoch]: string[][] = [[], []];
  const plan = { clips: new Map([1, 4].map((fold, index) => [fold, 10 * (index + 1)])), epochs: 3 };
  const progress = new RunProgress(plan, ({ label, done, total, facts }: Progress) => {
    const line = `${done}/${total} ${Object.values(facts ?? {}).join(", ")}`;
    (label === "run" ? run : epoch)!.push(line);
  });
  return { progress, run: run!, epoch: epoch! };
}

test("the run counts all epochs of all folds, the epoch its own clips", () => {
  const { progress, run, epoch } = recorded();
  progress.step(1, { epoch: 1, clips: 8, loss: 2 });
  progress.step(1, { epoch: 1, clips: 10, loss: 1 });
  progress.step(1, { epoch: 2, clips: 8, loss: 1 });
  expect(run).toEqual(["8/90 1", "10/90 1", "18/90 1"]);
  expect(epoch).toEqual(["8/10 1 of 3, 2.000", "10/10 1 of 3, 1.000", "8/10 2 of 3, 1.000"]);
});

test("a resumed fold starts where it stood", () => {
  const { progress, run } = recorded();
  progress.step(1, { epoch: 3, clips: 8, loss: 1 });
  expect(run).toEqual(["28/90 1"]);
});

test("epochs that early stopping leaves out are no longer to do, so that the run completes", () => {
  const { progress, run } = recorded();
  progress.step(1, { epoch: 1, clips: 10, loss: 1 });
  progress.finish(1);
  progress.step(4, { epoch: 3, clips: 20, loss: 1 });
  progress.finish(4);
  expect(run).toEqual(["10/90 1", "10/70 1", "70/70 4"]);
});
