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
import { parseRecipe } from "../../src/runs/recipe.ts";
import { conditionsSection } from "../../src/reports/results-robustness.ts";
import { resultOf } from "../../src/reports/run-result.ts";
import { readFoldState } from "../../src/runs/run-folder.ts";
import { trainRun } from "../../src/runs/train-run.ts";
import { nodeRuntime } from "../../src/graph/runtime.node.ts";
import { loadModel, loadTextModel } from "../../src/models/load-model.ts";
import { tinyFeatures } from "../support/tiny-features.ts";

const setting = {
  description: "Both channels at their smallest.",
  protocol: "official",
  features: tinyFeatures,
  words: { length: 10, minFrequency: 1 },
  robustnessTests: [
    { name: "misheard-50", wordErrorRate: 0.5 },
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
const withoutConditions = { ...setting, robustnessTests: [] };
const audioCnn = {
  ...withoutConditions,
  name: "heard",
  model: { kind: "audio-cnn", ...voice, dropout: 0.2 },
};
const textGru = {
  ...withoutConditions,
  name: "read",
  model: { kind: "text-gru", ...words, dropout: 0.2 },
};

let root = "";
let pairs = "";
const messages: string[] = [];

async function train(name: string, recipe: object, resume = false): Promise<string> {
  const runFolder = join(root, "runs", name);
  const logger = {
    info: (text: string): unknown => messages.push(text),
    warn: (text: string): unknown => messages.push(text),
  };
  await trainRun(
    {
      recipe: parseRecipe({ ...setting, name, ...recipe }, name),
      data: pairs,
      runFolder,
      companions: [],
      cacheFolder: join(root, "features"),
      resume,
      facts: { command: "test", versions: {}, machine: {} },
    },
    {
      runtime: nodeRuntime,
      openSentenceEncoder: () => Promise.reject(new Error("not asked for")),
      openTranscriber: async (provider) => ({
        transcribe: async (path) => ({
          text: path.endsWith("1.wav") && provider !== "deaf" ? "no way" : "",
          confidence: 0.7,
        }),
        close: async () => {},
      }),
      encoderFile: () => Promise.reject(new Error("not asked for")),
      openEncoder: () => Promise.reject(new Error("not asked for")),
      onProgress: () => {},
      logger,
      threads: 1,
    },
  );
  return runFolder;
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

const late = (method: string): object => ({
  model: { kind: "fusion-late", voice: audioCnn, words: textGru, method },
});

describe("late fusion", () => {
  test("trains its members beside its own folder once, and judges what both say", async () => {
    const mean = await evaluateRun(await train("late", late("mean-probabilities")));
    const weighted = await evaluateRun(await train("weighted", late("weights")));
    const [heard, read] = await Promise.all(
      ["heard-official", "read-official"].map((name) => evaluateRun(join(root, "runs", name))),
    );
    expect(messages.filter((text) => text.startsWith("Nothing is left"))).toHaveLength(2);
    expect(messages.filter((text) => text.startsWith("Fold 1: train"))).toHaveLength(2);
    for (const run of [mean, weighted]) {
      expect(run.test.map(({ id }) => id)).toEqual(heard!.test.map(({ id }) => id));
      expect(run.folds[0]!.state.parameters).toBe(
        heard!.folds[0]!.state.parameters! + read!.folds[0]!.state.parameters!,
      );
    }
    const [first] = mean.folds[0]!.uncalibrated;
    for (const [label, p] of first!.probabilities.entries()) {
      const both = [heard, read].map((run) => run!.test[0]!.probabilities[label]!);
      expect(p).toBeCloseTo((both[0]! + both[1]!) / 2, 6);
    }
  });

  test("an ensemble trains each member with each seed, and says the mean of what they say", async () => {
    const other = { ...audioCnn, name: "otherwise", model: { ...audioCnn.model, dropout: 0.1 } };
    const model = { kind: "ensemble", members: [audioCnn, other], seeds: 2 };
    const ensemble = await evaluateRun(await train("ensemble", { model, robustnessTests: [] }));
    const names = ["heard-official", "otherwise-official"].flatMap((name) => [
      name,
      `${name}-seed-2`,
    ]);
    const members = await Promise.all(names.map((name) => evaluateRun(join(root, "runs", name))));
    expect(new Set(members.map(({ folds }) => folds[0]!.state.weightsSha256)).size).toBe(4);
    for (const [index, { id, probabilities }] of ensemble.folds[0]!.uncalibrated.entries()) {
      const answers = members.map(({ test: judged }) => judged[index]!);
      expect(answers.map((answer) => answer.id)).toEqual(names.map(() => id));
      for (const [label, p] of probabilities.entries()) {
        const sum = answers.reduce((total, answer) => total + answer.probabilities[label]!, 0);
        expect(p).toBeCloseTo(sum / 4, 6);
      }
    }
    const { validation } = ensemble.folds[0]!;
    const alone = new Set(members.flatMap(({ folds }) => folds[0]!.validation.map(({ id }) => id)));
    expect(new Set(validation.map(({ id }) => id))).toEqual(alone);
    expect(validation).toHaveLength(alone.size);
  });

  test("misheard and missing words change what it says", async () => {
    const { folds } = await evaluateRun(join(root, "runs", "late"));
    const { robustnessTests, test: plain } = folds[0]!;
    expect([...robustnessTests.keys()].toSorted()).toEqual(["misheard-50", "missing"]);
    for (const worse of robustnessTests.values()) {
      expect(worse.map(({ id }) => id)).toEqual(plain.map(({ id }) => id));
      expect(worse.map(({ probabilities }) => probabilities)).not.toEqual(
        plain.map(({ probabilities }) => probabilities),
      );
    }
  });
});

describe("gated fusion", () => {
  test("trains both channels together, weighs no words where there are none, and is served whole", async () => {
    const run = await train("gated", {
      model: { kind: "fusion-gated", voice, words, hidden: 8, dropout: 0.2, modalityDropout: 0.2 },
    });
    const state = await readFoldState(join(run, "fold-1"));
    expect(state!.wordWeights!["missing"]).toBe(0);
    expect(state!.wordWeights!["test"]).toBeGreaterThan(0);
    const evaluated = await evaluateRun(run);
    const [section] = conditionsSection([resultOf([evaluated])]).slice(-1);
    expect(section).toMatch(/\| gated +\| \d+\.\d +\| \d+\.\d +\| \d+\.\d +\| 0\.\d\d +\|/);

    const model = await loadModel(await readFile(join(run, "fold-1", "model.onnx")), nodeRuntime);
    const window = new Float32Array(32 * 256).map((_, n) => Math.sin(n / 7));
    const heard = { text: "no way, where did that come from?", confidence: 0.9 };
    const [both] = await model.judge([window], [heard]);
    const [alone] = await model.judge([window]);
    const [empty] = await model.judge([window], [{ text: " ", confidence: 0.9 }]);
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

test("features by hand join the picture, and the model makes them of the waveform itself", async () => {
  const run = await train("features", {
    robustnessTests: [],
    model: { kind: "fusion-features", ...voice, head: "statistics", dropout: 0.2 },
  });
  const model = await loadModel(await readFile(join(run, "fold-1", "model.onnx")), nodeRuntime);
  const [answer] = await model.judge([new Float32Array(32 * 256)]);
  expect(answer!.probabilities.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 5);
  await model.close();
});

test("words come from speech-to-text where the recipe says so; a reader's file reads", async () => {
  const run = await train("heard-words", {
    ...textGru,
    name: "heard-words",
    words: { length: 4, minFrequency: 1, transcripts: "some-provider" },
  });
  const model = await loadTextModel(await readFile(join(run, "fold-1", "model.onnx")), nodeRuntime);
  expect(model.card.words.vocabulary.toSorted()).toEqual(["no", "way"]);
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
])(
  "%s learns of no words at all, and answers for silence and for any text",
  async (kind, model) => {
    const run = await train(`deaf-${kind}`, {
      model: { kind, ...model },
      words: { length: 4, transcripts: "deaf" },
      robustnessTests: [],
      training: { epochs: 1, batchSize: 16 },
    });
    const texts = ["", " ", "♪", "so glad", "\u0000\uD800", "no ".repeat(100_000)];
    const answers = await answersTo(texts, join(run, "fold-1", "model.onnx"), kind);
    for (const answer of answers) expect(answer.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 5);
    expect(answers[1]).toEqual(answers[0]);
    expect(answers[2]).toEqual(answers[0]);
  },
);

/** What a model says of each text, and of silence where it usesAudio. */
async function answersTo(
  texts: readonly string[],
  path: string,
  kind: string,
): Promise<Float32Array[]> {
  const bytes = await readFile(path);
  const heard = texts.map((text) => ({ text, confidence: 1 }));
  if (kind.startsWith("text-")) {
    const reader = await loadTextModel(bytes, nodeRuntime);
    const answers = await reader.probabilities(heard);
    await reader.close();
    return answers;
  }
  const silence = texts.map(() => new Float32Array(32 * 256));
  const model = await loadModel(bytes, nodeRuntime);
  const answers = await model.judge(silence, heard);
  await model.close();
  return answers.map(({ probabilities }) => probabilities);
}

test.each(["text-majority", "text-tfidf"])("%s learns of no words at all", async (kind) => {
  const run = await train(`deaf-${kind}`, {
    model: { kind },
    words: { length: 4, transcripts: "deaf" },
    robustnessTests: [],
  });
  const { scores } = await evaluateRun(run);
  expect(scores.unweightedAverageRecall.value).toBeCloseTo(1 / 8, 5);
});

test("mixup and robustnessTests are refused where they mean nothing", async () => {
  const mixed = { model: { kind: "text-gru" }, training: { mixupAlpha: 0.2 } };
  await expect(train("mixed", mixed)).rejects.toMatchObject({ code: "recipe-invalid" });
  await expect(train("deaf", { model: audioCnn.model })).rejects.toMatchObject({
    code: "recipe-invalid",
    message: expect.stringContaining("robustnessTests"),
  });
});
