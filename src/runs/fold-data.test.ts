import { describe, expect, test } from "vitest";
import type { Split } from "../datasets/splits.ts";
import { parseExperiment } from "../recipes/recipe.ts";
import type { ClipExample } from "./clip-example.ts";
import { foldData } from "./fold-data.ts";

const { recipe } = await parseExperiment(
  {
    name: "trial",
    model: { kind: "text-gru" },
    words: { length: 4, minFrequency: 1 },
    robustnessTests: [
      { name: "wrong", wordErrorRate: 1 },
      { name: "missing", missing: 1 },
      { name: "half", missing: 0.5 },
    ],
  },
  "test",
);

function clipWith(id: string, text: string, confidence = 1): ClipExample {
  const emotion = id.startsWith("h") ? "happy" : "sad";
  return {
    id,
    label: emotion === "happy" ? 0 : 1,
    clip: { id, emotion, speakerId: id },
    views: [{ spectrogram: Float32Array.of(1) }, { spectrogram: Float32Array.of(2) }],
    transcript: { text, confidence },
  };
}

const manyIds = Array.from({ length: 200 }, (_, index) => `s-test-${index}`);
const examples = new Map(
  [
    clipWith("h1", "what a day"),
    clipWith("s1", "what a pity it is"),
    clipWith("h2", "what a surprise", 0.8),
    ...manyIds.map((id) => clipWith(id, "what a day it is", 0.5)),
  ].map((example) => [example.id, example]),
);
const split: Split = {
  protocol: "official",
  fold: 1,
  seed: 3,
  train: ["h1", "s1"],
  validation: ["h2"],
  test: manyIds,
};
const data = await foldData(split, { recipe, examples });

function of(id: string, corpus: string): ClipExample {
  const example = clipWith(id, "a day");
  return { ...example, clip: { ...example.clip, corpus } };
}

test("corpora have their weights, ordinary speech its share of the whole", async () => {
  const { recipe: weighted } = await parseExperiment(
    {
      name: "trial",
      model: { kind: "text-gru" },
      words: { minFrequency: 1 },
      training: { corpusWeights: { a: 0.5 }, ordinarySpeechShare: 0.25 },
    },
    "test",
  );
  const known = new Map([of("h1", "a"), of("s1", "b"), of("h2", "b")].map((e) => [e.id, e]));
  const { train, extra } = await foldData(
    { ...split, train: ["h1", "s1"], validation: ["h2"], test: [] },
    {
      recipe: weighted,
      examples: known,
      extra: [of("s9", "a")],
      ordinary: [of("o1", "read"), of("o2", "read")],
    },
  );
  expect(train.map(({ id, weight }) => [id, weight])).toEqual([
    ["h1", 0.5],
    ["s1", undefined],
    ["o1", 0.25],
    ["o2", 0.25],
  ]);
  expect(extra.map(({ weight }) => weight)).toEqual([0.5]);
});

test("extra data is given words of the vocabulary, which it adds to", async () => {
  const extra = [clipWith("s-extra", "what a parcel")];
  const { train, extra: added, vocabulary } = await foldData(split, { recipe, examples, extra });
  expect(train.map(({ id }) => id)).toEqual(["h1", "s1"]);
  expect(vocabulary!.words).toContain("parcel");
  expect(added.map(({ id, views }) => [id, [...views[0]["words"]!].includes(1)])).toEqual([
    ["s-extra", false],
  ]);
});

test("the vocabulary is learned on the training split; other words are unknown there", () => {
  expect(data.vocabulary!.words.toSorted()).toEqual(["a", "day", "is", "it", "pity", "what"]);
  const [validation] = data.validation;
  const { words, wordConfidence } = validation!.views[0];
  // "what" and "a" are the most frequent, then come those of once by their letters.
  expect([...words!]).toEqual([3, 2, 1, 0]);
  expect(wordConfidence![0]).toBeCloseTo(0.8);
  expect(validation!.label).toBe(0);
});

test("every augmented view of a clip carries the same words", () => {
  const [first] = data.train;
  expect(first!.views.map(({ spectrogram }) => spectrogram![0])).toEqual([1, 2]);
  expect(first!.views[1]!["words"]).toEqual(first!.views[0]["words"]);
});

const wordsOf = (name: string) =>
  data.robustnessTests.get(name)!.map(({ views }) => views[0]["words"]!);

describe("robustness tests", () => {
  test("change the words of the test split and nothing else", () => {
    const wrong = data.robustnessTests.get("wrong")!;
    expect(wrong.map(({ id }) => id)).toEqual(manyIds);
    for (const [index, { views }] of wrong.entries()) {
      expect(views[0]["spectrogram"]).toEqual(data.test[index]!.views[0]["spectrogram"]);
      expect(views[0]["words"]).not.toEqual(data.test[index]!.views[0]["words"]);
      expect(views[0]["wordConfidence"]![0]).toBe(0);
    }
  });

  test("an utterance without words is all padding, of no confidence", () => {
    for (const words of wordsOf("missing")) expect([...words]).toEqual([0, 0, 0, 0]);
    const [first] = data.robustnessTests.get("missing")!;
    expect(first!.views[0]["wordConfidence"]![0]).toBe(0);
    const missing = wordsOf("half").filter((words) => words[0] === 0).length;
    expect(Math.abs(missing - 100)).toBeLessThan(35);
  });

  test("repeat with the seed of the split", async () => {
    const again = await foldData(split, { recipe, examples });
    expect(again.robustnessTests).toEqual(data.robustnessTests);
    const other = await foldData({ ...split, seed: 4 }, { recipe, examples });
    expect(other.robustnessTests.get("half")).not.toEqual(data.robustnessTests.get("half"));
  });
});

test("without transcripts there are no words and no vocabulary", async () => {
  const silent = new Map(
    [...examples].map(([id, { label, clip, views }]) => [id, { id, label, clip, views }]),
  );
  const { vocabulary, test: tested } = await foldData(split, { recipe, examples: silent });
  expect(vocabulary).toBeUndefined();
  expect(Object.keys(tested[0]!.views[0])).toEqual(["spectrogram"]);
});
