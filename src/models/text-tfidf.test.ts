import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { Utterance } from "../../datasets/manifest.ts";
import { confusionMatrix, scoresOf } from "../../evaluation/metrics.ts";
import { Random } from "../../shared/random.ts";
import { trainTextBaseline } from "./text-baseline.ts";
import { TfIdf, wordsAndPairs } from "./tf-idf.ts";

/** TF-IDF written out with numpy: `text.py` beside the file. */
const reference: { documents: string[]; rows: Record<string, number>[] } = JSON.parse(
  readFileSync(new URL("../../../test/reference/text.json", import.meta.url), "utf8"),
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

const labels: string[] = ["neutral", "happy", "sad"];
const words = { neutral: ["table", "chair"], happy: ["great", "good"], sad: ["bad", "lost"] };

/** Half of the texts are neutral; a word in four is that of the emotion. */
function texts(count: number, seed: string): Utterance[] {
  const random = new Random(seed);
  return Array.from({ length: count }, (_, n) => {
    const emotion = random.pick(["neutral", "neutral", "happy", "sad"] as const);
    const filler = ["the", "a", "one", "it"].map((word) => `${word}${random.integer(9)}`);
    const transcript = random.shuffle([...filler, random.pick(words[emotion])]).join(" ");
    return { id: `${seed}${n}`, speakerId: `${n % 7}`, emotion, transcript };
  });
}

const sides = { train: texts(200, "a"), validation: texts(50, "b"), test: texts(60, "c") };

test("words that tell the emotion are found; every answer sums to 1", async () => {
  const baseline = await trainTextBaseline(sides, { kind: "text-tfidf", labels });
  expect(scoresOf(confusionMatrix(baseline.test, 3)).accuracy).toBe(1);
  expect(baseline.test.map(({ id }) => id)).toEqual(sides.test.map(({ id }) => id));
  expect(baseline.validation).toHaveLength(50);
  for (const { probabilities } of baseline.test) {
    expect(probabilities.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 12);
  }
  expect(await trainTextBaseline(sides, { kind: "text-tfidf", labels })).toEqual(baseline);
});

test("the majority answers the shares of training", async () => {
  const { test: answers, parameters } = await trainTextBaseline(sides, {
    kind: "text-majority",
    labels,
  });
  const share = (emotion: string): number =>
    sides.train.filter((utterance) => utterance.emotion === emotion).length / 200;
  expect(answers[0]).toEqual({
    id: "c0",
    speakerId: "0",
    actual: labels.indexOf(sides.test[0]!.emotion),
    probabilities: [share("neutral"), share("happy"), share("sad")],
  });
  expect(parameters).toBe(3);
});

test("without words the answer is the majority's, balanced an even one", async () => {
  const silent = sides.test.map(({ id, speakerId, emotion }) => ({ id, speakerId, emotion }));
  const mute = {
    ...sides,
    train: sides.train.map((u) => ({ ...u, transcript: "" })),
    test: silent,
  };
  const [first] = (await trainTextBaseline(mute, { kind: "text-tfidf", labels })).test;
  const [even] = (await trainTextBaseline(mute, { kind: "text-tfidf", labels, balanced: true }))
    .test;
  const [shares] = (await trainTextBaseline(mute, { kind: "text-majority", labels })).test;
  for (const [label, share] of shares!.probabilities.entries()) {
    expect(first!.probabilities[label]).toBeCloseTo(share, 3);
    expect(even!.probabilities[label]).toBeCloseTo(1 / 3, 3);
  }
});

test("a side without utterances is refused", async () => {
  for (const side of ["train", "validation"] as const) {
    await expect(
      trainTextBaseline({ ...sides, [side]: [] }, { kind: "text-tfidf", labels }),
    ).rejects.toThrow(`No utterance is left on the ${side} side.`);
  }
});
