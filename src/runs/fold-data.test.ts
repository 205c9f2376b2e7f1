import { describe, expect, test } from "vitest";
import type { Split } from "../datasets/splits.ts";
import { foldData } from "./fold-data.ts";
import type { Material } from "./material.ts";
import { parseRecipe } from "./recipe.ts";

const labels = ["happy", "sad"];

const recipe = parseRecipe(
  {
    name: "trial",
    description: "",
    model: { kind: "text-gru" },
    words: { length: 4, minFrequency: 1 },
    robustnessTests: [
      { name: "misheard", wordErrorRate: 1 },
      { name: "unheard", missing: 1 },
      { name: "half", missing: 0.5 },
    ],
  },
  "test",
);

function said(id: string, text: string, confidence = 1): Material {
  const emotion = id.startsWith("h") ? "happy" : "sad";
  return {
    utterance: { id, emotion, speakerId: id },
    sounds: [{ spectrogram: Float32Array.of(1) }, { spectrogram: Float32Array.of(2) }],
    transcript: { text, confidence },
  };
}

const manyIds = Array.from({ length: 200 }, (_, index) => `s-test-${index}`);
const materials = new Map(
  [
    said("h1", "what a day"),
    said("s1", "what a pity it is"),
    said("h2", "what a surprise", 0.8),
    ...manyIds.map((id) => said(id, "what a day it is", 0.5)),
  ].map((material) => [material.utterance.id, material]),
);
const split: Split = {
  protocol: "official",
  fold: 1,
  seed: 3,
  train: ["h1", "s1"],
  validation: ["h2"],
  test: manyIds,
};
const data = foldData(split, { recipe, labels, materials });

test("what a teacher says stands beside what is learned, companions too, and not beside what is judged", () => {
  const answers = ["h1", "c-1", "h2"].map((id, index): [string, Float32Array] => [
    id,
    Float32Array.of(index, 1 - index),
  ]);
  const companions = [said("c-1", "what a companion")];
  const { examples } = foldData(split, {
    recipe,
    labels,
    materials,
    companions,
    taught: new Map(answers),
  });
  expect(examples.train.map(({ taught }) => taught)).toEqual([answers[0]![1], undefined]);
  expect(examples.companions.map(({ taught }) => taught)).toEqual([answers[1]![1]]);
  expect(examples.validation[0]!.taught).toBeUndefined();
});

test("the vocabulary is learned on the training side; other words are unknown there", () => {
  expect(data.vocabulary!.words.toSorted()).toEqual(["a", "day", "is", "it", "pity", "what"]);
  const [validation] = data.examples.validation;
  const { words, wordConfidence } = validation!.variants[0];
  // "what" and "a" are the most frequent, then come those of once by their letters.
  expect([...words!]).toEqual([3, 2, 1, 0]);
  expect(wordConfidence![0]).toBeCloseTo(0.8);
  expect(validation!.label).toBe(0);
});

test("every changed version of a sound carries the same words", () => {
  const [first] = data.examples.train;
  expect(first!.variants.map(({ spectrogram }) => spectrogram![0])).toEqual([1, 2]);
  expect(first!.variants[1]!["words"]).toEqual(first!.variants[0]["words"]);
});

const wordsOf = (name: string) =>
  data.robustnessTests.get(name)!.map(({ variants }) => variants[0]["words"]!);

describe("robustnessTests", () => {
  test("change the words of the test side and nothing else", () => {
    const misheard = data.robustnessTests.get("misheard")!;
    expect(misheard.map(({ utterance }) => utterance.id)).toEqual(manyIds);
    for (const [index, { variants }] of misheard.entries()) {
      expect(variants[0]["spectrogram"]).toEqual(
        data.examples.test[index]!.variants[0]["spectrogram"],
      );
      expect(variants[0]["words"]).not.toEqual(data.examples.test[index]!.variants[0]["words"]);
      expect(variants[0]["wordConfidence"]![0]).toBe(0);
    }
  });

  test("an utterance without words is all padding, of no confidence", () => {
    for (const words of wordsOf("unheard")) expect([...words]).toEqual([0, 0, 0, 0]);
    const [first] = data.robustnessTests.get("unheard")!;
    expect(first!.variants[0]["wordConfidence"]![0]).toBe(0);
    const missing = wordsOf("half").filter((words) => words[0] === 0).length;
    expect(Math.abs(missing - 100)).toBeLessThan(35);
  });

  test("repeat with the seed of the split", () => {
    const again = foldData(split, { recipe, labels, materials });
    expect(again.robustnessTests).toEqual(data.robustnessTests);
    const other = foldData({ ...split, seed: 4 }, { recipe, labels, materials });
    expect(other.robustnessTests.get("half")).not.toEqual(data.robustnessTests.get("half"));
  });
});

test("without transcripts there are no words and no vocabulary", () => {
  const silent = new Map(
    [...materials].map(([id, { utterance, sounds }]) => [id, { utterance, sounds }]),
  );
  const { vocabulary, examples } = foldData(split, {
    recipe: { ...recipe, robustnessTests: [] },
    labels,
    materials: silent,
  });
  expect(vocabulary).toBeUndefined();
  expect(Object.keys(examples.test[0]!.variants[0])).toEqual(["spectrogram"]);
});
