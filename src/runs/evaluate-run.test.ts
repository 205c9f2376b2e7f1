import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { writeSyntheticRun } from "../../test/synthetic-run.ts";
import { scoresOf } from "../evaluation/metrics.ts";
import { evaluateRun, type EvaluatedRun } from "./evaluate-run.ts";

const small = { speakers: 6, clipsPerSpeaker: 24, folds: 3, epochs: 3 };
let folder: string;
let run: EvaluatedRun;

async function synthetic(name: string, options: object): Promise<EvaluatedRun> {
  await writeSyntheticRun(join(folder, name), { ...small, name, ...options });
  return evaluateRun(join(folder, name));
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "undertone-evaluate-"));
  run = await synthetic("run", {});
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test("the folds' test predictions are pooled, each with the temperature of its fold", () => {
  expect(run.scores.clips).toBe(6 * 24);
  expect(run.scores.speakers).toBe(6);
  expect(run.folds.map((fold) => fold.test.length)).toEqual([48, 48, 48]);
  const accuracies = run.folds.map((fold) => scoresOf(fold.test, 8).accuracy);
  const mean = accuracies.reduce((sum, accuracy) => sum + accuracy, 0) / 3;
  expect(run.scores.accuracy.value).toBeCloseTo(mean, 12);
  expect(run.warnings).toEqual([]);
});

test("a run that is still going is scored on what it has, and says so", async () => {
  const going = await synthetic("going", { unfinished: 2 });
  expect(going.scores.clips).toBe(48);
  expect(going.warnings.join()).toContain("1 of 3 folds");
});

test("a run without a finished fold has nothing to evaluate", async () => {
  await expect(synthetic("new", { unfinished: 3 })).rejects.toMatchObject({
    code: "run-invalid",
    message: expect.stringContaining("--resume"),
  });
});

test.each(["calibration.json", "predictions.csv"])(
  "a finished fold without its %s says what helps",
  async (file) => {
    await synthetic("holed", {});
    await rm(join(folder, "holed", "fold-2", file));
    await expect(evaluateRun(join(folder, "holed"))).rejects.toMatchObject({
      code: "run-invalid",
      message: expect.stringMatching(/fold-2.*no such file.*Remove .*fold-2/),
    });
  },
);
