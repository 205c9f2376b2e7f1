import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { Random } from "../shared/random.ts";
import type { FitData } from "./definition.ts";
import type { Example } from "./example.ts";
import { TfIdf, wordsAndPairs } from "./linear/tf-idf.ts";
import { textMajority } from "./text-majority.ts";
import { textTfidf } from "./text-tfidf.ts";

/** TF-IDF written out with numpy: `text.py` beside the file. */
const reference: { documents: string[]; rows: Record<string, number>[] } = JSON.parse(
  readFileSync(new URL("../../test/reference/text.json", import.meta.url), "utf8"),
);

test("TF-IDF is numpy's, term by term", () => {
  const documents = reference.documents.map(wordsAndPairs);
  const vectorizer = new TfIdf(documents, 2);
  // Each known term alone tells its column.
  const terms = [...new Set(reference.rows.flatMap((row) => Object.keys(row)))];
  const columnOf = (term: string): number => vectorizer.rows([[term]]).columns[0]!;
  const { columnCount, starts, columns, values } = vectorizer.rows(documents);
  expect(columnCount).toBe(terms.length);
  for (const [row, expected] of reference.rows.entries()) {
    const entries = columns.slice(starts[row], starts[row + 1]);
    expect(new Set(entries)).toEqual(new Set(Object.keys(expected).map(columnOf)));
    expect(entries).toHaveLength(Object.keys(expected).length);
    for (const [term, weight] of Object.entries(expected)) {
      const entry = starts[row]! + entries.indexOf(columnOf(term));
      expect(values[entry]).toBeCloseTo(weight, 12);
    }
  }
});

test("unknown words leave an empty row", () => {
  const { starts } = new TfIdf([["a"], ["a"]], 2).rows([["b"], [], ["a"]]);
  expect([...starts]).toEqual([0, 0, 0, 1]);
});

const wordsOf = [
  ["table", "chair"],
  ["great", "good"],
  ["bad", "lost"],
];
const classes = wordsOf.length;

/** Half of the texts have label 0; a word in four is one of the label's. */
function texts(count: number, seed: string): Example[] {
  const random = new Random(seed);
  return Array.from({ length: count }, (_, n) => {
    const label = random.pick([0, 0, 1, 2]);
    const filler = ["the", "a", "one", "it"].map((word) => `${word}${random.integer(9)}`);
    const text = random.shuffle([...filler, random.pick(wordsOf[label]!)]).join(" ");
    return { id: `${seed}${n}`, label, views: [{}], transcript: { text, confidence: 1 } };
  });
}

const train = texts(200, "a");
const data: FitData = {
  train,
  weights: train.map(() => 1),
  validation: texts(50, "b"),
  classes,
};
const testTexts = texts(60, "c");
const tfidf = (options: object = {}) => textTfidf.schema.parse({ kind: "text-tfidf", ...options });
const silent = (examples: readonly Example[]): Example[] =>
  examples.map(({ id, label, views }) => ({ id, label, views }));

test("words that tell the label are found; every prediction sums to 1", async () => {
  const predictions = (await textTfidf.fit!(tfidf(), data)).predict!(testTexts);
  for (const [row, probabilities] of predictions.entries()) {
    expect(probabilities.indexOf(Math.max(...probabilities))).toBe(testTexts[row]!.label);
    expect(probabilities.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 12);
  }
  const again = await textTfidf.fit!(tfidf(), data);
  expect(again.predict!(testTexts)).toEqual(predictions);
});

test("texts of weight 0 are as if they were not there", async () => {
  const mislabeled = train.map((example) => ({ ...example, label: (example.label + 1) % classes }));
  const fitted = await textTfidf.fit!(tfidf(), {
    ...data,
    train: [...train, ...mislabeled],
    weights: [...data.weights, ...mislabeled.map(() => 0)],
  });
  for (const [row, probabilities] of fitted.predict!(testTexts).entries()) {
    expect(probabilities.indexOf(Math.max(...probabilities))).toBe(testTexts[row]!.label);
  }
});

const shareOf = (label: number): number =>
  train.filter((example) => example.label === label).length / train.length;

test("the majority predicts the shares of training", async () => {
  const fitted = await textMajority.fit!({}, data);
  const shares = [0, 1, 2].map((label) => expect.closeTo(shareOf(label), 12));
  expect(fitted.predict!(testTexts)).toEqual(testTexts.map(() => shares));
  expect(fitted.parameters).toBe(classes);
});

test("without words the prediction is the majority's, balanced an even one", async () => {
  const mute = { ...data, train: silent(train) };
  const [plain] = (await textTfidf.fit!(tfidf(), mute)).predict!(silent(testTexts));
  const balanced = await textTfidf.fit!(tfidf({ balanced: true }), mute);
  const [even] = balanced.predict!(silent(testTexts));
  for (let label = 0; label < classes; label++) {
    expect(plain![label]).toBeCloseTo(shareOf(label), 3);
    expect(even![label]).toBeCloseTo(1 / 3, 3);
  }
});

test.each(["train", "validation"] as const)(
  "a %s split without texts is refused",
  async (split) => {
    const without = { ...data, [split]: [] };
    const fits = [textTfidf.fit!(tfidf(), without), textMajority.fit!({}, without)];
    for (const fit of fits) await expect(fit).rejects.toMatchObject({ code: "dataset-invalid" });
  },
);
