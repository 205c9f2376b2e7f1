import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { TestStudio } from "../../../test/support/local-studio.ts";
import { writeRatedRun } from "../../../test/support/rated-run.ts";
import { writeSyntheticRun } from "../../../test/synthetic-run.ts";
import { thisOwner } from "../../shared/lock-owner.node.ts";
import type {
  ApiError,
  Comparison,
  CorpusRow,
  PredictedClip,
  RunDetails,
  RunEvaluation,
  RunRow,
} from "../api.ts";

const small = { speakers: 6, clipsPerSpeaker: 16, folds: 3, epochs: 4 };

let folder = "";
let studio: TestStudio;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "undertone-runs-"));
  const runs = join(folder, "runs");
  await writeSyntheticRun(join(runs, "a"), { ...small, name: "first" });
  await writeSyntheticRun(join(runs, "group/b"), { ...small, name: "second", skill: 4 });
  await writeSyntheticRun(join(runs, "half"), { ...small, unfinished: 1 });
  await writeSyntheticRun(join(runs, "leaky"), { ...small, protocol: "random" });
  // Reading a pipe would wait for ever.
  await rm(join(runs, "leaky/evaluation.json"), { force: true });
  execFileSync("mkfifo", [join(runs, "leaky/evaluation.json")]);
  const info = JSON.parse(await readFile(join(runs, "leaky/run.json"), "utf8"));
  const command = `undertone train audio-cnn --data ${folder} --data / --data src`;
  await writeFile(join(runs, "leaky/run.json"), JSON.stringify({ ...info, command }));
  await writeRatedRun(join(runs, "rated"));
  await mkdir(join(runs, "damaged"));
  await writeFile(join(runs, "damaged/run.json"), '{"format":2,');
  await mkdir(join(runs, "no-run"));
  await writeFile(join(runs, "half/fold-3.lock"), JSON.stringify({ pid: process.pid, host: "x" }));
  studio = await TestStudio.open(folder);
});

afterAll(async () => {
  await studio.close();
  await rm(folder, { recursive: true, force: true });
});

/** @throws Error for a run without scores of emotions */
function evaluationOf({ evaluation }: RunDetails): RunEvaluation {
  if (evaluation && "labels" in evaluation) return evaluation;
  throw new Error("it has no scores of emotions");
}

const idB = encodeURIComponent("group/b");

test("the list has every run folder with its state, also one that cannot be read", async () => {
  const rows = await studio.json<RunRow[]>("/api/runs");
  expect(new Map(rows.map(({ id, status, foldsDone }) => [id, [status, foldsDone]]))).toEqual(
    new Map([
      ["a", ["finished", 3]],
      ["group/b", ["finished", 3]],
      ["half", ["running", 2]],
      ["leaky", ["finished", 3]],
      ["rated", ["finished", 1]],
      ["damaged", ["stopped", 0]],
    ]),
  );
  expect(rows.find(({ id }) => id === "damaged")?.problem).toContain("run.json is not JSON");
  expect(rows.find(({ id }) => id === "leaky")?.info).toMatchObject({ leaky: true, folds: 3 });
});

test("a run has its curves, scores and confusion matrix", async () => {
  const run = await studio.json<RunDetails>(`/api/runs/${idB}`);
  expect(run.info.name).toBe("second");
  expect(run.progress.folds.map(({ epochs }) => epochs.length)).toEqual([4, 4, 4]);
  const { scores } = evaluationOf(run);
  expect(scores.clips).toBe(96);
  expect(scores.unweightedAverageRecall.low).toBeGreaterThan(0);
});

test("a run that predicts dimensions has a score for each, and its dimensions in the list", async () => {
  const { evaluation } = await studio.json<RunDetails>("/api/runs/rated");
  if (evaluation === null || "labels" in evaluation) throw new Error("it has none of dimensions");
  const { dimensions, scores } = evaluation;
  expect(dimensions.map(({ name }) => name)).toEqual(["arousal", "valence"]);
  expect(scores).toMatchObject({ clips: 48, speakers: 6 });
  const [arousal, valence] = scores.dimensions.map(({ concordance }) => concordance);
  expect(arousal!.low).toBeGreaterThan(0.9);
  expect(valence!.high).toBeLessThan(0.5);
  const rows = await studio.json<RunRow[]>("/api/runs");
  expect(rows.find(({ id }) => id === "rated")?.info?.dimensions).toEqual(dimensions);
  const unlike = await studio.ask("/api/comparison?run=rated&run=a");
  expect(unlike.status).toBe(422);
});

test("a cell of the confusion matrix has as many clips as it counts", async () => {
  const { labels, scores } = evaluationOf(await studio.json<RunDetails>("/api/runs/a"));
  const actual = 2;
  const predicted = scores.confusionMatrix[actual]!.findIndex(
    (count, label) => count > 0 && label !== actual,
  );
  const clips = await studio.json<PredictedClip[]>(
    `/api/runs/a/clips?actual=${labels[actual]}&predicted=${labels[predicted]}`,
  );
  expect(clips).toHaveLength(scores.confusionMatrix[actual]![predicted]!);
  expect(clips[0]).toMatchObject({ actual: labels[actual], predicted: labels[predicted] });
  const confidences = clips.map(({ confidence }) => confidence);
  expect(confidences).toEqual(confidences.toSorted((a, b) => b - a));
});

test("runs on the same clips are compared with intervals", async () => {
  const { differences } = await studio.json<Comparison>(`/api/comparison?run=a&run=${idB}`);
  const { first, second, unweightedAverageRecall: recall } = differences[0]!;
  expect([first, second]).toEqual(["second", "first"]);
  expect(recall.low).toBeLessThan(recall.value);
  expect(recall.value).toBeLessThan(recall.high!);
});

test.each([
  ["another protocol", "run=a&run=leaky", 422, "run-invalid"],
  ["other clips", "run=a&run=half", 422, "run-invalid"],
  ["itself alone", "run=a", 400, "usage"],
  ["a run that there is not", "run=a&run=nothing", 404, "not-found"],
] as const)("a run and %s are not compared", async (...[, query, status, code]) => {
  const { status: answered, bytes } = await studio.ask(`/api/comparison?${query}`);
  const { error }: ApiError = JSON.parse(bytes.toString());
  expect([answered, error.code]).toEqual([status, code]);
});

test("following a run that is finished tells its state once", async () => {
  const events = [];
  for await (const event of studio.events("/api/runs/a/events")) events.push(event);
  expect(events.map(({ event }) => event)).toEqual(["progress", "end"]);
  expect(JSON.parse(events[0]!.data)).toMatchObject({ status: "finished" });
});

test.each(["stop", "resume"])("a run of another program cannot %s from here", async (what) => {
  const { status } = await studio.ask(
    `/api/trainings/${what === "stop" ? "half" : "nothing"}/${what}`,
    {
      method: "POST",
      body: {},
    },
  );
  expect(status).toBe(404);
});

test.skipIf(process.platform !== "linux")(
  "a training of another terminal is stopped as Ctrl-C does there",
  async () => {
    const child = spawn(process.execPath, ["-e", "setInterval(() => undefined, 1000)"]);
    await once(child, "spawn");
    const stat = await readFile(`/proc/${child.pid}/stat`, "utf8");
    const startedAt = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
    const lock = join(folder, "runs/group/b/fold-2.lock");
    await writeFile(lock, JSON.stringify({ ...(await thisOwner()), pid: child.pid, startedAt }));
    const ended = once(child, "exit");
    const { status } = await studio.ask(`/api/trainings/${idB}/stop`, { method: "POST", body: {} });
    expect(status).toBe(200);
    expect(await ended).toEqual([null, "SIGINT"]);
    await rm(lock);
  },
);

test("of the corpora that runs name, only those in this folder are there to be looked at", async () => {
  const corpora = await studio.json<CorpusRow[]>("/api/corpora");
  expect(corpora.map(({ path }) => path)).toEqual([resolve("src")]);
});

test("orders that are wrong start nothing", async () => {
  const good = { recipe: "audio-cnn", corpora: ["x"], settings: [], name: "new" };
  const orders: readonly [object, number][] = [
    [{ ...good, name: "../new" }, 400],
    [{ ...good, name: "a" }, 409],
    [{ ...good, recipe: "--help" }, 400],
    [{ ...good, recipe: "audio-cn" }, 404],
    [{ ...good, settings: ["--out=/tmp"] }, 400],
    [{ ...good, settings: ["training.epoch=3"] }, 422],
    [{ ...good, corpora: ["/etc"] }, 404],
    [{ ...good, other: 1 }, 400],
  ];
  for (const [body, status] of orders) {
    const answer = await studio.ask("/api/trainings", { method: "POST", body });
    expect([body, answer.status]).toEqual([body, status]);
  }
  const text = { method: "POST", headers: { "content-type": "text/plain" }, body: good };
  expect((await studio.ask("/api/trainings", text)).status).toBe(400);
});
