/** Trainings that the studio's server starts, over real HTTP and in real processes. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { synthesizeCorpus } from "../../src/datasets/synthetic.ts";
import type {
  ClipPage,
  CorpusRow,
  PredictedClip,
  RunDetails,
  RunProgress,
  RunRow,
  TrainingOrder,
} from "../../src/server/api.ts";
import { TestStudio } from "../support/local-studio.ts";

let folder = "";
let corpusId = "";
let studio: TestStudio;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "undertone-studio-"));
  const corpus = join(folder, "corpus");
  await synthesizeCorpus(corpus, { speakers: 4, clipsPerEmotion: 1, seed: 1 });
  studio = await TestStudio.open(folder, { data: [corpus] });
  corpusId = (await studio.json<CorpusRow[]>("/api/corpora"))[0]!.id;
});

afterAll(async () => {
  await studio?.close();
  await rm(folder, { recursive: true, force: true });
});

const fast = ["protocol=random", "training.batchSize=16", "training.earlyStopping=null"];

async function start(name: string, epochs: number): Promise<void> {
  const body: TrainingOrder = {
    recipe: "demo-audio",
    corpora: [corpusId],
    settings: [...fast, `training.epochs=${epochs}`],
    name,
  };
  const { status, bytes } = await studio.ask("/api/trainings", { method: "POST", body });
  expect([status, bytes.toString()]).toEqual([201, expect.stringContaining('"running"')]);
}

const tell = (name: string, what: "stop" | "resume") =>
  studio.ask(`/api/trainings/${name}/${what}`, { method: "POST", body: {} });

/** Follows a run until its progress is as wanted. */
async function follow(
  name: string,
  isWanted: (progress: RunProgress) => boolean,
): Promise<RunProgress> {
  for await (const { event, data } of studio.events(`/api/runs/${name}/events`)) {
    if (event !== "progress") break;
    const progress: RunProgress = JSON.parse(data);
    if (isWanted(progress)) return progress;
  }
  throw new Error(JSON.stringify(await studio.json(`/api/runs/${name}`)));
}

const epochsOf = ({ folds }: RunProgress): number => folds[0]?.epochs.length ?? 0;

test("a training is started, followed to its end, scored, and its clips are heard", async () => {
  await start("short", 2);
  const [row] = await studio.json<RunRow[]>("/api/runs");
  expect(row).toMatchObject({ id: "short", status: "running" });
  const ended = await follow("short", ({ status }) => status === "finished");
  expect(ended.training).toMatchObject({ state: "ended", exitCode: 0 });
  expect(ended.training?.log.join("\n")).toContain("Report: ");
  expect(epochsOf(ended)).toBe(2);
  const { evaluation, info } = await studio.json<RunDetails>("/api/runs/short");
  expect(info.command).toContain(" train demo-audio ");
  expect(evaluation?.scores.clips).toBeGreaterThan(0);
  const clips = await studio.json<PredictedClip[]>("/api/runs/short/clips");
  const { corpusId: from, clipId } = clips[0]!.sound!;
  const address = `/api/corpora/${from}/sound?clip=${encodeURIComponent(clipId)}`;
  const whole = await studio.ask(address);
  expect(whole.headers["content-type"]).toBe("audio/wav");
  const part = await studio.ask(address, { headers: { range: "bytes=44-1043" } });
  expect([part.status, part.bytes]).toEqual([206, whole.bytes.subarray(44, 1044)]);
});

test("a training that cannot begin says why in the list", async () => {
  const recipe = { recipe: "demo-audio", settings: ["protocol=official"] };
  const body: TrainingOrder = { ...recipe, corpora: [corpusId], name: "unfit" };
  expect((await studio.ask("/api/trainings", { method: "POST", body })).status).toBe(201);
  const row = await vi.waitUntil(
    async () => {
      const rows = await studio.json<RunRow[]>("/api/runs");
      return rows.find(({ id, status }) => id === "unfit" && status !== "running");
    },
    { timeout: 60_000, interval: 200 },
  );
  expect(row.problem).toMatch(/official/);
});

test("a training is stopped and resumed, and the studio's end stops it in order", async () => {
  await start("long", 5000);
  await follow("long", (progress) => epochsOf(progress) > 0);
  expect((await tell("long", "resume")).status).toBe(409);
  expect((await tell("long", "stop")).status).toBe(200);
  const stopped = await follow("long", ({ status }) => status === "stopped");
  expect(stopped.training).toMatchObject({ state: "ended", exitCode: 130 });
  const before = epochsOf(stopped);

  expect((await tell("long", "resume")).status).toBe(200);
  const resumed = await follow("long", (progress) => epochsOf(progress) > before);
  expect(resumed.training?.log.join("\n")).toContain("Resuming fold 1");
  await studio.close();

  studio = await TestStudio.open(folder, { data: [join(folder, "corpus")] });
  const rows = await studio.json<RunRow[]>("/api/runs");
  expect(rows.find(({ id }) => id === "long")?.status).toBe("stopped");
});

test("a corpus lists, filters, draws and checks its clips", async () => {
  const at = `/api/corpora/${corpusId}`;
  const { total, clips } = await studio.json<ClipPage>(`${at}/clips?label=angry&limit=2`);
  expect([total, clips.length, clips[0]!.label]).toEqual([4, 2, "angry"]);
  const picture = await studio.ask(`${at}/spectrogram?clip=${encodeURIComponent(clips[0]!.id)}`);
  expect(picture.bytes.subarray(1, 4).toString()).toBe("PNG");
  const splits = await studio.json<{ folds: number[] }>(`${at}/splits?protocol=speaker-folds`);
  expect(splits.folds).toHaveLength(4);
  expect((await studio.ask(`${at}/splits?protocol=none`)).status).toBe(400);
  const events = [];
  for await (const event of studio.events(`${at}/check`)) {
    events.push(event);
    if (event.event !== "progress") break;
  }
  expect(events.at(-1)!.event).toBe("findings");
  expect(JSON.parse(events.at(-1)!.data).picture).toContain("<svg");
});
