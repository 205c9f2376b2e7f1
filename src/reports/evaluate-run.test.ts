import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { writeSyntheticRun } from "../../test/synthetic-run.ts";
import { compareRuns } from "./compare-runs.ts";
import { evaluateRun, evaluationDocument, type EvaluatedRun } from "../runs/evaluate-run.ts";
import { recipeDifference } from "../runs/recipe-difference.ts";
import { writeEvaluation } from "./report-run.ts";
import { resultsPage } from "./results-page.ts";
import { resultOf } from "./run-result.ts";

const small = { speakers: 6, clipsPerSpeaker: 24, folds: 3, epochs: 3 };
let folder: string;
let weak: EvaluatedRun;
let strong: EvaluatedRun;
let leaky: EvaluatedRun;

async function synthetic(name: string, options: object): Promise<EvaluatedRun> {
  await writeSyntheticRun(join(folder, name), { ...small, name, ...options });
  return evaluateRun(join(folder, name));
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "undertone-evaluate-"));
  [weak, strong, leaky] = await Promise.all([
    synthetic("weak", { skill: 0.5 }),
    synthetic("strong", { skill: 4 }),
    synthetic("leaky", { protocol: "random", folds: 1 }),
  ]);
}, 30_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

test("the folds' test predictions are pooled, each with the temperature of its fold", () => {
  expect(strong.scores.clips).toBe(6 * 24);
  expect(strong.scores.speakers).toBe(6);
  const { folds } = evaluationDocument(strong);
  expect(folds.map(({ clips }) => clips)).toEqual([48, 48, 48]);
  const mean = folds.reduce((sum, { accuracy }) => sum + accuracy, 0) / 3;
  expect(strong.scores.accuracy.value).toBeCloseTo(mean, 12);
  expect(strong.warnings).toEqual([]);
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

test("evaluation.json holds what is printed, and the same run gives the same bytes", async () => {
  const run = join(folder, "strong");
  await writeEvaluation(run, strong);
  const first = await readFile(join(run, "evaluation.json"), "utf8");
  const page = await readFile(join(run, "report.html"), "utf8");
  expect(JSON.parse(first)).toEqual(JSON.parse(JSON.stringify(evaluationDocument(strong))));
  await writeEvaluation(run, await evaluateRun(run));
  expect(await readFile(join(run, "evaluation.json"), "utf8")).toBe(first);
  expect(await readFile(join(run, "report.html"), "utf8")).toBe(page);
});

test("runs on the same clips are subtracted, later ones from the first", () => {
  const { comparable, differences, warnings } = compareRuns([weak, strong]);
  expect(comparable).toBe(true);
  expect(warnings).toEqual([]);
  expect(differences.map(({ first, second }) => [first, second])).toEqual([["strong", "weak"]]);
  expect(differences[0]!.unweightedAverageRecall.value).toBeCloseTo(
    strong.scores.unweightedAverageRecall.value - weak.scores.unweightedAverageRecall.value,
    12,
  );
  expect(differences[0]!.unweightedAverageRecall.low).toBeGreaterThan(0);
});

test("a leaky run beside an honest one is named, and neither ranked nor subtracted", () => {
  const { comparable, differences, warnings } = compareRuns([strong, leaky]);
  expect(comparable).toBe(false);
  expect(differences).toEqual([]);
  expect(warnings.join()).toContain("do not rank");
  expect(warnings.join()).toContain("LEAKY: leaky");
});

const percent = (share: number): string => (100 * share).toFixed(1);

test("the results page keeps leaky scores apart and takes its numbers from the runs", () => {
  const page = resultsPage([
    ...[leaky, weak, strong].map((run) => resultOf([run])),
    ...[weak, strong].map((run) => resultOf([run], "skill")),
  ]);
  const [held, random] = page.split("## Split at random (leaky)");
  expect(held).toContain(`**${percent(strong.scores.unweightedAverageRecall.value)}**`);
  expect(held!.indexOf("| strong")).toBeLessThan(held!.indexOf("| weak"));
  expect(held).not.toContain("| leaky");
  expect(random).toContain(`**${percent(leaky.scores.unweightedAverageRecall.value)}**`);
});

/** The run as if its folds were a finished model on another corpus. */
const tested = (run: EvaluatedRun, name: string, trainedOn: string[]): EvaluatedRun => ({
  ...run,
  info: {
    ...run.info,
    name,
    tested: { trainedOn, knownLabels: run.info.labels, sha256: "0".repeat(64), leftOut: [] },
  },
});

test("the results page keeps scores on another corpus apart, with the corpora and the emotions", () => {
  const runs = [strong, tested(weak, "told", ["calls", "films"]), tested(strong, "untold", [])];
  const page = resultsPage(runs.map((run) => resultOf([run])));
  const [held, crossed] = page.split("## Run by run")[0]!.split("## On another corpus");
  expect(held).toContain("| strong");
  expect(held).not.toContain("told");
  const rows = crossed!.split("\n").filter((line) => /^\| (un)?told/.test(line));
  const [best, other] = rows.map((row) => row.split("|").map((text) => text.trim()));
  expect(best!.slice(1, 4)).toEqual(["untold", "not known", "synthetic"]);
  expect(other!.slice(1, 4)).toEqual(["told", "calls + films", "synthetic"]);
  expect(best![4]).toContain(`**${percent(strong.scores.unweightedAverageRecall.value)}** (`);
  expect(best![8]).toBe(strong.info.labels.join(" "));
  expect(page).toContain("<summary>told of calls + films on synthetic, emobox</summary>");
});

test("the results page shows no path of the machine and no name that breaks its tables", () => {
  const hostile = {
    ...strong,
    info: {
      ...strong.info,
      name: "a|b<script>",
      command: "undertone train recipes/cnn.json --data /home/someone/ravdess --out=/data/runs/x",
    },
  };
  const page = resultsPage([resultOf([hostile])]);
  expect(page).toContain("--data …/ravdess --out=…/x");
  expect(page).not.toContain("/home/someone");
  expect(page).toContain("a\\|b\\<script\\>");
  expect(page).not.toContain("<script>");
});

test("recipes differ by their settings, not by their names", () => {
  const base = {
    name: "a",
    training: { epochs: 30, mixup: 0.2, sound: { copies: 2, speed: [1, 2] } },
    pools: [[2, 2]],
  };
  const average = { decay: 0.9, from: 2 };
  const recipe = { name: "b", training: { epochs: 50, average }, pools: [[2, 2]], seed: 2 };
  const start = { name: "c", description: "first", training: { epochs: 9 } };
  expect(recipeDifference(base, { ...base, start })).toEqual(["start: c"]);
  const again = { ...start, description: "at first", training: { epochs: 8 } };
  expect(recipeDifference({ ...base, start }, { ...base, start: again })).toEqual([
    "start.training.epochs: 8 instead of 9",
  ]);
  expect(recipeDifference(base, recipe)).toEqual([
    "training.epochs: 50 instead of 30",
    "no training.mixup",
    "no training.sound",
    "training.average.decay: 0.9",
    "training.average.from: 2",
    "seed: 2",
  ]);
});
