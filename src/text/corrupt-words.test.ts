import { expect, test } from "vitest";
import { Random } from "../shared/random.ts";
import { corruptWords } from "./corrupt-words.ts";

const said = Array.from({ length: 20_000 }, (_, index) => `said${index}`);
const vocabulary = Array.from({ length: 1000 }, (_, index) => `wrong${index}`);
const corrupted = (wordErrorRate: number, seed = 1): string[] =>
  corruptWords(said, { wordErrorRate, vocabulary, random: new Random(seed) });

test.each([0, 0.1, 0.5, 1])(
  "at a rate of %d, 60 : 20 : 20 are replaced, dropped, put in",
  (rate) => {
    const corrupt = corrupted(rate);
    const kept = corrupt.filter((word) => word.startsWith("said")).length;
    const wrong = corrupt.length - kept;
    // Of n words, n · rate are hit: 0.8 of the hits lose their word, 0.8 bring a wrong one.
    const deviation = Math.sqrt(said.length * rate) * 5;
    expect(Math.abs(said.length - kept - 0.8 * rate * said.length)).toBeLessThanOrEqual(deviation);
    expect(Math.abs(wrong - 0.8 * rate * said.length)).toBeLessThanOrEqual(deviation);
    expect(Math.abs(corrupt.length - said.length)).toBeLessThanOrEqual(deviation);
  },
);

test("wrong words follow Zipf's law", () => {
  const wrong = corrupted(1).filter((word) => word.startsWith("wrong"));
  const share = wrong.filter((word) => word === "wrong0").length / wrong.length;
  // Ranks are floor((n + 1)^u): the first has the probability ln 2 / ln(n + 1).
  expect(share).toBeCloseTo(Math.log(2) / Math.log(1001), 2);
});

test("repeats with its seed, and a word is never replaced by itself", () => {
  expect(corrupted(0.3)).toEqual(corrupted(0.3));
  expect(corrupted(0.3)).not.toEqual(corrupted(0.3, 2));
  const options = { wordErrorRate: 1, vocabulary: ["a", "b"], random: new Random(1) };
  for (let round = 0; round < 100; round++) expect(corruptWords(["a"], options)).not.toEqual(["a"]);
  expect(corruptWords([], options)).toEqual([]);
});

test("refuses a rate outside 0..1 and a vocabulary without choice", () => {
  const random = new Random(1);
  for (const wordErrorRate of [-0.1, 1.1, Number.NaN]) {
    expect(() => corruptWords(["a"], { wordErrorRate, vocabulary, random })).toThrow(RangeError);
  }
  const options = { wordErrorRate: 0.5, vocabulary: ["a"], random };
  expect(() => corruptWords(["a"], options)).toThrow(RangeError);
});
