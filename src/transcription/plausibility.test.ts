import { expect, test } from "vitest";
import { isPlausible } from "./plausibility.ts";

const sure = (text: string): { text: string; confidence: number } => ({ text, confidence: 0.9 });

test.each([
  ["And so, my fellow Americans", 2],
  ["No, no, no, no, no!", 2],
  ["Oh!", 0.3],
  ["Привет", 1],
  ["你好", 1],
  ["42", 1],
  ["[laughs] Yes.", 1],
])("%j can be said in %d s", (text, durationSec) => {
  expect(isPlausible(sure(text), durationSec)).toBe(true);
});

test.each([
  ["", 2],
  ["...", 2],
  ["[Music]", 2],
  ["(applause) ♪♪", 2],
  ["*sighs*", 2],
  ["Thank you. ".repeat(10).trim(), 4],
  ["a b c d e f ".repeat(6), 5],
  ["something that is far too long for the tenth of a second that it is said to take", 0.5],
])("%j is not said in %d s", (text, durationSec) => {
  expect(isPlausible(sure(text), durationSec)).toBe(false);
});

test("what the recognizer itself does not believe is left out", () => {
  expect(isPlausible({ text: "Hello there", confidence: 0.2 }, 1)).toBe(false);
  expect(isPlausible({ text: "Hello there", confidence: Number.NaN }, 1)).toBe(false);
});
