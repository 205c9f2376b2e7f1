import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { loudnessModelFile } from "../../test/support/loudness-model.ts";
import { writeSyntheticRun } from "../../test/synthetic-run.ts";
import { countPredictions, labelScores } from "../evaluation/metrics.ts";
import { evaluateRun } from "../runs/evaluate-run.ts";
import { parseExperiment } from "../recipes/recipe.ts";
import { readLog } from "../reports/leaderboard/results-log.ts";
import { foldFolder, readRunInfo, writeRunInfo } from "../runs/run-folder.ts";
import { compareCommand } from "./compare.ts";
import { evaluateCommand } from "./evaluate.ts";
import { resultsCommand } from "./results.ts";

let folder: string;
let run: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "undertone-cli-evaluate-"));
  run = join(folder, "trial");
  await writeSyntheticRun(run, { speakers: 4, clipsPerSpeaker: 16, folds: 2, epochs: 2 });
});
afterAll(() => rm(folder, { recursive: true, force: true }));
afterEach(() => vi.restoreAllMocks());

function captured(): string[] {
  const lines: string[] = [];
  const keep = (line: unknown): boolean => lines.push(String(line)) > 0;
  vi.spyOn(console, "log").mockImplementation(keep);
  vi.spyOn(process.stdout, "write").mockImplementation(keep);
  return lines;
}

test("evaluate writes the report beside the run and prints one JSON document", async () => {
  const lines = captured();
  await evaluateCommand.parseAsync([run, "--json"], { from: "user" });
  vi.restoreAllMocks();
  const printed: unknown = JSON.parse(lines.join(""));
  expect(printed).toMatchObject({ format: 2, protocol: "emobox", leaky: false });
  expect(JSON.parse(await readFile(join(run, "evaluation.json"), "utf8"))).toEqual(printed);
  expect(await readdir(run)).toContain("report.html");
});

test("evaluate prints a bar for each emotion", async () => {
  const lines = captured();
  await evaluateCommand.parseAsync([run], { from: "user" });
  vi.restoreAllMocks();
  expect(lines.join("\n")).toMatch(/surprised .*[█░]{24}/);
});

test("compare takes many runs and marks the leaky one", async () => {
  const leaky = join(folder, "leaky");
  await writeSyntheticRun(leaky, { protocol: "random", speakers: 4, folds: 1, epochs: 1 });
  const lines = captured();
  await compareCommand.parseAsync([run, leaky], { from: "user" });
  vi.restoreAllMocks();
  expect(lines.join("\n")).toContain("random (LEAKY)");
  expect(lines.join("\n")).toContain("do not rank");
});

test("compare --validation scores the clips that choose, best macro-F1 first", async () => {
  const weak = join(folder, "weak");
  await writeSyntheticRun(weak, { name: "weak", speakers: 4, folds: 1, epochs: 1, skill: 0.3 });
  const lines = captured();
  await compareCommand.parseAsync([weak, run, "--validation", "--json"], { from: "user" });
  await compareCommand.parseAsync([weak, run, "--validation"], { from: "user" });
  vi.restoreAllMocks();
  const { runs } = JSON.parse(lines[0]!);
  const { folds } = await evaluateRun(run);
  const own = folds.flatMap(({ validation }) => validation);
  const best = runs.find(({ clips }: { readonly clips: number }) => clips === own.length);
  expect(best).toMatchObject(labelScores(countPredictions(own, 8)));
  expect(runs[0].macroF1).toBeGreaterThan(runs[1].macroF1);
  expect(lines.slice(1).join("\n")).toMatch(/weighted F1[^]*weak/);
});

test("compare refuses a run alone", async () => {
  const alone = compareCommand.parseAsync([run], { from: "user" });
  await expect(alone).rejects.toMatchObject({ code: "usage", message: /two runs/ });
});

test("results appends runs to the log once, measures what has a model, and writes the page from the log", async () => {
  const out = join(folder, "docs", "results.md");
  const served = join(folder, "loudness");
  await writeSyntheticRun(served, { name: "loudness", speakers: 4, folds: 2, epochs: 1 });
  const { recipe } = await parseExperiment(
    { name: "loudness", description: "", model: { kind: "audio-cnn" } },
    "",
  );
  await writeRunInfo(served, { ...(await readRunInfo(served)), recipe });
  const model = loudnessModelFile();
  await writeFile(join(foldFolder(served, 1), "model.onnx"), model);
  captured();
  await resultsCommand.parseAsync([served, "--out", out], { from: "user" });
  const lost = [served, run, "--out", out, "--verdict", "lost", "--reason", "no use"];
  await resultsCommand.parseAsync(lost, { from: "user" });
  const entries = await readLog(join(folder, "docs", "results-log.jsonl"));
  expect(entries.map((entry) => [entry.recipe, entry.sizeBytes, entry.verdict])).toEqual([
    ["loudness", model.length, "kept"],
    ["synthetic", undefined, "lost"],
  ]);
  const page = await readFile(out, "utf8");
  expect(page).toMatch(/\| loudness /);
  expect(page).not.toMatch(/\| synthetic \|/);
  await rm(out);
  await resultsCommand.parseAsync(["--out", out], { from: "user" });
  expect(await readFile(out, "utf8")).toBe(page);
});

test("results without runs and without a log says what to give", async () => {
  const nothing = resultsCommand.parseAsync(["--out", join(folder, "none.md")], { from: "user" });
  await expect(nothing).rejects.toMatchObject({ code: "usage" });
});
