import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readCorpus } from "../../src/datasets/read-corpus.ts";
import { simulatePairs } from "../../src/datasets/simulated-pairs.ts";
import { synthesizeCorpus } from "../../src/datasets/synthetic.ts";
import { syntheticTexts } from "../../src/datasets/synthetic-texts.ts";
import { writeClipTable } from "../../src/datasets/write-table.ts";
import { evaluateRun } from "../../src/runs/evaluate-run.ts";
import { combineRuns } from "../../src/runs/combine-runs.ts";
import { entryOfRuns } from "../../src/reports/leaderboard/entry-of-runs.ts";
import { readFoldState } from "../../src/runs/run-folder.ts";
import { nodeRuntime } from "../../src/graph/runtime.node.ts";
import { loadModel, loadTextModel } from "../../src/models/load-model.ts";
import { tinyFeatures } from "../support/tiny-features.ts";
import { testFacts, testOptions, train as trainRecipe } from "../support/training.ts";

const setting = {
  protocol: "official",
  features: tinyFeatures,
  words: { length: 10, minFrequency: 1 },
  robustnessTests: [
    { name: "asr-50", wordErrorRate: 0.5 },
    { name: "missing", missing: 1 },
  ],
  training: {
    epochs: 4,
    batchSize: 16,
    learningRate: 0.01,
    optimizer: { kind: "adamw", weightDecay: 0.01 },
  },
};
const voice = { channels: [4, 8], hidden: 8 };
const words = { embedding: 8, hidden: 8, pooling: "attention" };
const audioCnn = {
  ...setting,
  name: "audio",
  robustnessTests: [],
  model: { kind: "audio-cnn", ...voice, dropout: 0.2 },
};
const textGru = {
  ...setting,
  name: "text",
  model: { kind: "text-gru", ...words, dropout: 0.2 },
};

let root = "";
let pairs = "";

function train(name: string, recipe: object, resume = false): Promise<string> {
  const options = testOptions({
    openTranscriber: async (provider) => ({
      transcribe: async (path) => ({
        text: path.endsWith("1.wav") && provider !== "silent" ? "no way" : "",
        confidence: 0.7,
      }),
      close: async () => {},
    }),
  });
  return trainRecipe(
    {
      recipe: { ...setting, name, ...recipe },
      data: pairs,
      runFolder: join(root, "runs", name),
      cacheFolder: join(root, "features"),
      resume,
    },
    options,
  );
}

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "undertone-fusion-"));
  const corpus = join(root, "corpus");
  await synthesizeCorpus(corpus, { speakers: 6, clipsPerEmotion: 1, seed: 1 });
  const texts = syntheticTexts({ lines: 10, seed: 1 });
  pairs = join(root, "pairs.jsonl");
  await writeClipTable(pairs, simulatePairs(await readCorpus(corpus), texts, { seed: 1 }).clips);
});
afterAll(() => rm(root, { recursive: true, force: true }));

describe("late fusion", () => {
  test("combines the predictions of an audio and of a text run", async () => {
    const runs = [await train("audio", audioCnn), await train("text", textGru)];
    const runFolder = join(root, "runs", "late");
    const request = { runs, method: "mean", name: "late", runFolder, facts: testFacts } as const;
    await combineRuns(request, testOptions().logger);
    const [audio, text] = await Promise.all(runs.map(evaluateRun));
    const late = await evaluateRun(runFolder);
    expect(late.test.map(({ id }) => id)).toEqual(audio!.test.map(({ id }) => id));
    for (const [row, { probabilities }] of late.folds[0]!.uncalibrated.entries()) {
      for (const [label, p] of probabilities.entries()) {
        const both = [audio, text].map((run) => run!.test[row]!.probabilities[label]!);
        expect(p).toBeCloseTo((both[0]! + both[1]!) / 2, 5);
      }
    }
  });

  test("is changed by wrong and by missing words", async () => {
    const { folds } = await evaluateRun(join(root, "runs", "late"));
    const { robustnessTests, test: plain } = folds[0]!;
    expect([...robustnessTests.keys()].toSorted()).toEqual(["asr-50", "missing"]);
    for (const worse of robustnessTests.values()) {
      expect(worse.map(({ id }) => id)).toEqual(plain.map(({ id }) => id));
      expect(worse.map(({ probabilities }) => probabilities)).not.toEqual(
        plain.map(({ probabilities }) => probabilities),
      );
    }
  });
});

describe("gated fusion", () => {
  test("trains both channels together, gives no weight to words where there are none, and is served whole", async () => {
    const run = await train("gated", {
      model: { kind: "fusion-gated", voice, words, hidden: 8, dropout: 0.2, modalityDropout: 0.2 },
    });
    const state = await readFoldState(join(run, "fold-1"));
    expect(state!.wordWeights!["missing"]).toBe(0);
    expect(state!.wordWeights!["test"]).toBeGreaterThan(0);
    const evaluated = await evaluateRun(run);
    const entry = entryOfRuns([evaluated], { date: "2026-01-02" });
    expect(entry.textWeight).toBeCloseTo(state!.wordWeights!["test"]!, 6);
    expect(Object.keys(entry.robustness!)).toContain("missing");

    const model = await loadModel(await readFile(join(run, "fold-1", "model.onnx")), nodeRuntime);
    const window = new Float32Array(32 * 256).map((_, n) => Math.sin(n / 7));
    const transcript = { text: "no way, where did that come from?", confidence: 0.9 };
    const [both] = await model.predict([window], [transcript]);
    const [alone] = await model.predict([window]);
    const [empty] = await model.predict([window], [{ text: " ", confidence: 0.9 }]);
    expect(both!.probabilities.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 5);
    expect(both).not.toEqual(alone);
    expect(empty).toEqual(alone);
    await model.close();
  });

  test("resumes what is finished without training it again", async () => {
    const before = await readFile(join(root, "runs", "gated", "fold-1", "metrics.jsonl"), "utf8");
    const recipe = {
      model: { kind: "fusion-gated", voice, words, hidden: 8, dropout: 0.2, modalityDropout: 0.2 },
    };
    await train("gated", recipe, true);
    const after = await readFile(join(root, "runs", "gated", "fold-1", "metrics.jsonl"), "utf8");
    expect(after).toBe(before);
  });
});

test("low-level descriptors join the spectrogram, and the model file takes them beside the waveform", async () => {
  const run = await train("features", {
    robustnessTests: [],
    model: { kind: "fusion-features", ...voice, head: "statistics", dropout: 0.2 },
  });
  const model = await loadModel(await readFile(join(run, "fold-1", "model.onnx")), nodeRuntime);
  const [output] = await model.predict([new Float32Array(32 * 256)]);
  expect(output!.probabilities.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 5);
  await model.close();
});

test("words come from speech-to-text where the recipe says so; a text model's file takes them", async () => {
  const run = await train("transcribed", {
    ...textGru,
    name: "transcribed",
    words: { length: 4, minFrequency: 1, transcripts: "some-provider" },
  });
  const model = await loadTextModel(await readFile(join(run, "fold-1", "model.onnx")), nodeRuntime);
  expect("words" in model.card && model.card.words.vocabulary.toSorted()).toEqual(["no", "way"]);
  const [sure, unsaid] = await model.probabilities([
    { text: "no way", confidence: 1 },
    { text: "", confidence: 0 },
  ]);
  expect(sure).not.toEqual(unsaid);
  await model.close();
});

test.each([
  ["fusion-early", { voice, words, hidden: 8 }],
  ["fusion-gated", { voice, words, hidden: 8 }],
  ["text-gru", words],
  ["text-transformer", { width: 8, blocks: 1, heads: 2 }],
])("%s trains on no words at all, and predicts silence and any text", async (kind, model) => {
  const run = await train(`silent-${kind}`, {
    model: { kind, ...model },
    words: { length: 4, transcripts: "silent" },
    robustnessTests: [],
    training: { epochs: 1, batchSize: 16 },
  });
  const texts = ["", " ", "♪", "so glad", "\u0000\uD800", "no ".repeat(100_000)];
  const outputs = await outputsOf(texts, join(run, "fold-1", "model.onnx"), kind);
  for (const output of outputs) expect(output.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 5);
  expect(outputs[1]).toEqual(outputs[0]);
  expect(outputs[2]).toEqual(outputs[0]);
});

/** What a model predicts of each text, and of silence where it takes sound. */
async function outputsOf(
  texts: readonly string[],
  path: string,
  kind: string,
): Promise<Float32Array[]> {
  const bytes = await readFile(path);
  const transcripts = texts.map((text) => ({ text, confidence: 1 }));
  if (kind.startsWith("text-")) {
    const model = await loadTextModel(bytes, nodeRuntime);
    const outputs = await model.probabilities(transcripts);
    await model.close();
    return outputs;
  }
  const silence = texts.map(() => new Float32Array(32 * 256));
  const model = await loadModel(bytes, nodeRuntime);
  const outputs = await model.predict(silence, transcripts);
  await model.close();
  return outputs.map(({ probabilities }) => probabilities);
}

test.each(["text-majority", "text-tfidf"])("%s trains on no words at all", async (kind) => {
  const run = await train(`silent-${kind}`, {
    model: { kind },
    words: { length: 4, transcripts: "silent" },
    robustnessTests: [],
  });
  const { scores } = await evaluateRun(run);
  expect(scores.unweightedAverageRecall.value).toBeCloseTo(1 / 8, 5);
});

test("mixup and robustness tests are refused where they mean nothing", async () => {
  const mixed = { model: { kind: "text-gru" }, training: { mixupAlpha: 0.2 } };
  await expect(train("mixed", mixed)).rejects.toMatchObject({ code: "recipe-invalid" });
  await expect(train("no-words", { model: audioCnn.model })).rejects.toMatchObject({
    code: "recipe-invalid",
    message: expect.stringContaining("robustnessTests"),
  });
});
