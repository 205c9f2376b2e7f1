import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { MemoryStore } from "../../../test/support/teach-store.ts";
import { tinyEncoderFile } from "../../../test/support/speech-encoder.ts";
import { synthesizeVoice } from "../../../test/support/voice.ts";
import { encodeWav } from "../../audio/wav.ts";
import { nodeRuntime } from "../../graph/runtime.node.ts";
import { readModelCard } from "../../models/model-card.ts";
import { meanLogits } from "../../models/speaker-adaptation.ts";
import { SpeechEncoder, type OpenEncoder } from "../../models/speech-encoder.ts";
import { FeatureCache } from "../../runs/feature-cache.ts";
import { ClipClassifier } from "../../runs/predict-clips.ts";
import { Random } from "../../shared/random.ts";
import type { TeachTools } from "./clip-examples.ts";
import { cnnFeatures, cnnModel } from "./cnn-recipe.ts";
import { runJob } from "./run-job.ts";
import type { TaughtClip, TeachJob } from "./taught-clip.ts";
import type { TaughtModel } from "./taught-model.ts";
import type { TeachEvent } from "./teach-event.ts";

const labels = ["neutral", "angry"];
const sampleRate = 16_000;

/** A voice that is loud and rough where it is angry, noisy by the clip. */
function samplesOf(clip: number): Float32Array {
  const random = new Random("taught", clip);
  const voice = synthesizeVoice(1, { sampleRate, level: 0.3 });
  const roughness = clip % 2 === 0 ? 0.002 : 0.08;
  return voice.map((sample) => sample + roughness * random.normal());
}

const clips: TaughtClip[] = Array.from({ length: 10 }, (_, clip) => ({
  id: `clip ${clip}`,
  label: labels[clip % 2]!,
  recording: `call ${clip % 5}.wav`,
  recordingId: `call ${Math.floor(clip / 2)}`,
  speaker: null,
  startSec: 0,
  endSec: 1,
}));

const probe: TeachJob = {
  kind: "linear-probe",
  encoder: "moonshine-tiny",
  name: "mine",
  clips,
  epochs: 1,
};
const cnn: TeachJob = { ...probe, kind: "audio-cnn", epochs: 2 };

const openEncoder: OpenEncoder = (asked) =>
  SpeechEncoder.open(nodeRuntime, tinyEncoderFile(), { ...asked, threads: 1 });

async function toolsOf(
  store = new MemoryStore(),
): Promise<TeachTools & { readonly store: MemoryStore }> {
  for (const [clip, { id }] of clips.entries()) await store.put("samples", id, samplesOf(clip));
  return { runtime: nodeRuntime, openEncoder, store };
}

const hooks = (
  onEvent: (event: TeachEvent) => void = () => undefined,
  abort = new AbortController(),
) => ({
  onEvent,
  signal: abort.signal,
});

let folder = "";
/** What comes of both jobs, done once. */
let taught: Readonly<Record<TeachJob["kind"], TaughtModel>>;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "undertone-teach-"));
  taught = {
    "linear-probe": await runJob(probe, await toolsOf(), hooks()),
    "audio-cnn": await runJob(cnn, await toolsOf(), hooks()),
  };
});
afterAll(() => rm(folder, { recursive: true }));

/** What the command line predicts of a taught clip by the model's file. */
async function inNode(bytes: Uint8Array): Promise<number[][]> {
  const cache = await FeatureCache.open(join(folder, "features"));
  const tools = { cache, runtime: nodeRuntime, openEncoder };
  const classifier = await ClipClassifier.open(bytes, readModelCard(bytes), tools);
  const read = [];
  for (const clip of clips.keys()) {
    const path = join(folder, `${clip}.wav`);
    await writeFile(path, encodeWav(samplesOf(clip), sampleRate, "float32"));
    read.push(await classifier.read({ id: path, path, emotion: "neutral", speakerId: "1" }));
  }
  const rows = await classifier.predict(read);
  await classifier.close();
  return rows.map((row) => [...row]);
}

test.each([probe, cnn])(
  "the file of a taught $kind predicts in Node what it predicted here",
  async ({ kind }) => {
    const model = taught[kind];
    const expected = await inNode(model.bytes);
    expect(model.labels).toEqual(labels);
    for (const [row, { predicted }] of model.clips.entries()) {
      for (const [label, p] of predicted.entries())
        expect(p).toBeCloseTo(expected[row]![label]!, 3);
    }
  },
);

test("a probe's score is that of clips that were held out by recording, with an interval", () => {
  const { score, clips: predicted } = taught["linear-probe"];
  expect(score).toMatchObject({ by: "recording", groups: 5, clips: 10 });
  expect(score!.uar.value).toBeGreaterThan(0.8);
  expect(predicted.every(({ heldOut }) => heldOut !== null)).toBe(true);
});

test("the card names neither recordings nor clips, and its name keeps it from being tested on its own clips", () => {
  const card = readModelCard(taught["linear-probe"].bytes);
  expect(card.provenance).toMatchObject({
    corpora: ["mine"],
    protocol: "recording-folds",
    clips: 10,
  });
  expect(JSON.stringify(card)).not.toMatch(/call \d|clip \d/);
});

test("neutral clips are the reference of speaker adaptation, and without any there is none", async () => {
  const { bytes, clips: predicted } = taught["linear-probe"];
  const neutral = predicted.filter(({ label }) => label === 0).map(({ heldOut }) => heldOut!);
  for (const [label, logit] of meanLogits(neutral).entries()) {
    expect(readModelCard(bytes).neutral![label]).toBeCloseTo(logit, 6);
  }
  const other = clips.slice(0, 4).map((clip, n) => ({ ...clip, label: n % 2 ? "angry" : "sad" }));
  const without = await runJob({ ...probe, clips: other }, await toolsOf(), hooks());
  expect(readModelCard(without.bytes).neutral).toBeUndefined();
});

test("where there is too little to tell there is a model, and no score", async () => {
  const few = { ...probe, clips: clips.slice(0, 3) };
  const { score, tooFew, bytes } = await runJob(few, await toolsOf(), hooks());
  expect(score).toBeNull();
  expect(tooFew).toMatchObject({ what: "groups", have: 2 });
  expect(readModelCard(bytes).temperature).toBe(1);
});

test("clips of one label teach nothing", async () => {
  const alike = { ...probe, clips: clips.filter(({ label }) => label === "angry") };
  await expect(runJob(alike, await toolsOf(), hooks())).rejects.toMatchObject({
    code: "dataset-invalid",
  });
});

const isFourth = (event: TeachEvent): boolean => event.stage === "features" && event.done === 4;
const isFirst = (event: TeachEvent): boolean => event.stage === "epoch" && event.epoch === 1;

/** Cancels a job at an event, then runs it to its end with the same store; returns the events of the second run. */
async function resumed(job: TeachJob, isLast: (event: TeachEvent) => boolean) {
  const tools = await toolsOf();
  const abort = new AbortController();
  const stop = (event: TeachEvent): void => {
    if (isLast(event)) abort.abort();
  };
  await expect(runJob(job, tools, hooks(stop, abort))).rejects.toMatchObject({ code: "cancelled" });
  const events: TeachEvent[] = [];
  const model = await runJob(
    job,
    tools,
    hooks((event) => events.push(event)),
  );
  return { events, model, tools };
}

test("features and fits that have finished are not repeated", async () => {
  const { events, model } = await resumed(
    probe,
    (event) => event.stage === "fit" && event.done === 4,
  );
  const fits = events.flatMap((event) => (event.stage === "fit" ? [event.done] : []));
  expect(Math.min(...fits)).toBe(4);
  expect(model).toEqual(taught["linear-probe"]);
});

test("the clips that are still to be encoded are resumed with, and those before are not", async () => {
  const { tools } = await resumed(probe, isFourth);
  await tools.store.clear("samples");
  await expect(runJob(probe, tools, hooks())).resolves.toMatchObject({ name: "mine" });
});

test("a CNN resumes at its last epoch and ends as if it had not stopped", async () => {
  const { events, model } = await resumed(cnn, isFirst);
  const epochs = events.flatMap((event) => (event.stage === "epoch" ? [event.epoch] : []));
  expect(Math.min(...epochs)).toBe(2);
  expect(model).toEqual(taught["audio-cnn"]);
});

test("another job forgets the progress of the one before", async () => {
  const tools = await toolsOf();
  await tools.store.put("job", "current", cnn);
  await tools.store.put("progress", "0.001 0", [[1, 0]]);
  await runJob(probe, tools, hooks());
  expect(await tools.store.all("progress")).toEqual([]);
  expect(await tools.store.get("job", "current")).toBeUndefined();
});

test("the CNN is that of the recipe audio-cnn", async () => {
  const recipe: unknown = JSON.parse(await readFile("recipes/audio-cnn.json", "utf8"));
  const { sampleRate: _, fMax: __, scale: ___, winLength, ...features } = cnnFeatures;
  expect(recipe).toMatchObject({ features: { ...features, winLength }, model: cnnModel });
});
