import { array, assert as assertProperty, constantFrom, property } from "fast-check";
import { expect, test } from "vitest";
import { spokenWords } from "./spoken-words.ts";
import {
  countWordErrors,
  pooledWordErrorRate,
  wordErrorRate,
  type WordErrors,
} from "./word-error-rate.ts";

const count = (reference: string, hypothesis: string): WordErrors =>
  countWordErrors(spokenWords(reference), spokenWords(hypothesis));

test.each([
  ["a b c", "a b c", [0, 0, 0]],
  ["a b c", "a x c", [1, 0, 0]],
  ["a b c", "a c", [0, 1, 0]],
  ["a b c", "a b x c", [0, 0, 1]],
  ["a b c", "", [0, 3, 0]],
  ["", "a b", [0, 0, 2]],
  ["the cat sat on the mat", "cat sat in the the mat", [1, 1, 1]],
])("%j recognized as %j", (reference, hypothesis, edits) => {
  const { substitutions, deletions, insertions } = count(reference, hypothesis);
  expect([substitutions, deletions, insertions]).toEqual(edits);
});

test("the rate is over all words, not the mean of the files", () => {
  expect(pooledWordErrorRate([count("a b c d", "a b c x"), count("a", "b")])).toBe(2 / 5);
  expect(wordErrorRate(["A b, c d!", "a"], ["a b c x", "b"])).toBe(2 / 5);
  expect(wordErrorRate(["a"], ["x y z"])).toBe(3);
  expect(wordErrorRate([], [])).toBeNaN();
  expect(() => wordErrorRate(["a"], [])).toThrow(RangeError);
});

/** Wagner and Fischer's recursion as it is written in books. */
function distance(a: readonly string[], b: readonly string[]): number {
  if (a.length === 0 || b.length === 0) return a.length + b.length;
  const [restA, restB] = [a.slice(1), b.slice(1)];
  if (a[0] === b[0]) return distance(restA, restB);
  return 1 + Math.min(distance(restA, b), distance(a, restB), distance(restA, restB));
}

test("edits are as few as can be and account for the lengths", () => {
  const words = array(constantFrom("a", "b", "c"), { maxLength: 6 });
  assertProperty(
    property(words, words, (reference, hypothesis) => {
      const { substitutions, deletions, insertions } = countWordErrors(reference, hypothesis);
      expect(substitutions + deletions + insertions).toBe(distance(reference, hypothesis));
      expect(reference.length - deletions + insertions).toBe(hypothesis.length);
    }),
  );
});

test.each([
  ["And so, my fellow Americans…", "and so my fellow americans"],
  ["“Don’t!” she said", "don't she said"],
  ["'tis the dogs' day", "tis the dogs day"],
  ["ill-disposed — well–known", "ill disposed well known"],
  ["the 11th of December", "the eleventh of december"],
  ["1,250 sheep & 42 dogs", "one thousand two hundred fifty sheep and forty two dogs"],
  ["100 20th 30th 0 1000000", "one hundred twentieth thirtieth zero 1000000"],
  ["Mr. and Mrs. Dashwood", "mister and missus dashwood"],
  ["ﬁne Ｗide", "fine wide"],
  ["naïve Ünder", "naïve ünder"],
  ["...", ""],
])("%j is spoken as %j", (text, words) => {
  expect(spokenWords(text).join(" ")).toBe(words);
});
