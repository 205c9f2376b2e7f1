/** Trained models, exported: the file alone predicts what its run has for test clips. */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { afterAll, beforeAll, expect, test } from "vitest";
import { decodeAudio } from "../../src/audio/decode.ts";
import type { Clip } from "../../src/datasets/manifest.ts";
import { readCorpus } from "../../src/datasets/read-corpus.ts";
import { simulatePairs } from "../../src/datasets/simulated-pairs.ts";
import { synthesizeCorpus } from "../../src/datasets/synthetic.ts";
import { syntheticTexts } from "../../src/datasets/synthetic-texts.ts";
import { writeClipTable } from "../../src/datasets/write-table.ts";
import { nodeRuntime } from "../../src/graph/runtime.node.ts";
import { exportSelfContained } from "../../src/models/export/self-contained.ts";
import { SentenceEncoder } from "../../src/models/sentence-encoder.ts";
import { evaluateRun } from "../../src/runs/evaluate-run.ts";
import { foldFolder, modelFile } from "../../src/runs/run-folder.ts";
import { tinySentenceEncoder } from "../support/sentence-encoder.ts";
import { tinyFeatures } from "../support/tiny-features.ts";
import { testOptions, train } from "../support/training.ts";

const files = tinySentenceEncoder();
const openSentenceEncoder = () => SentenceEncoder.open(nodeRuntime, files, { threads: 1 });
const features = { ...tinyFeatures, sampleRate: 16_000, window: "start" };
let root = "";
let pairs = "";

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "undertone-exported-"));
  const corpus = join(root, "corpus");
  await synthesizeCorpus(corpus, { speakers: 4, clipsPerEmotion: 1, seed: 1 });
  const texts = syntheticTexts({ lines: 10, seed: 1 });
  pairs = join(root, "pairs.jsonl");
  await writeClipTable(pairs, simulatePairs(await readCorpus(corpus), texts, { seed: 1 }).clips);
});
afterAll(() => rm(root, { recursive: true, force: true }));

type Feeds = Record<string, Tensor>;

async function soundOf({ path }: Clip): Promise<Feeds> {
  const { channels } = await decodeAudio(await readFile(path));
  return { waveform: new Tensor("float32", channels[0]!, [1, channels[0]!.length]) };
}

async function tokensOf({ transcript }: Clip): Promise<Feeds> {
  const encoder = await openSentenceEncoder();
  const ids = BigInt64Array.from(encoder.subwords(transcript!), BigInt);
  await encoder.close();
  const shape = [1, ids.length];
  const mask = ids.map(() => 1n);
  return { input_ids: new Tensor(ids, shape), attention_mask: new Tensor(mask, shape) };
}

test.each([
  { kind: "fusion-features", options: { channels: [4, 8] }, feedsOf: soundOf },
  { kind: "functionals-probe", options: {}, feedsOf: soundOf },
  { kind: "text-encoder", options: { hidden: 8 }, feedsOf: tokensOf },
  { kind: "text-encoder-fine-tuned", options: {}, feedsOf: tokensOf },
])("a model of $kind alone predicts what its run has", async ({ kind, options, feedsOf }) => {
  const run = await train(
    {
      recipe: {
        name: kind,
        protocol: "official",
        features,
        words: { length: 8 },
        model: { kind, ...options },
        training: { epochs: 2, batchSize: 16, learningRate: 0.01 },
      },
      data: pairs,
      runFolder: join(root, kind),
      cacheFolder: join(root, "features"),
    },
    testOptions({ openSentenceEncoder }),
  );
  const model = await readFile(modelFile(foldFolder(run, 1)));
  const file = exportSelfContained(model, {
    encoders: new Map(),
    sentenceEncoder: files.model,
    neutralShare: 0.5,
  });
  const session = await InferenceSession.create(file);
  const { clips } = await readCorpus(pairs);
  const { test: predictions } = await evaluateRun(run);
  expect(predictions.length).toBeGreaterThan(0);
  for (const { id, probabilities } of predictions) {
    const outputs = await session.run(await feedsOf(clips.find((clip) => clip.id === id)!));
    const row = outputs["probabilities"]!.data;
    for (const [label, p] of probabilities.entries()) expect(row[label]).toBeCloseTo(p, 4);
  }
  await session.release();
});
