import { expect, test } from "vitest";
import { emotions } from "./emotions.ts";
import { isKnownLabel, orderLabels, parseLabel } from "./labels.ts";

test.each([
  ["Joy", "happy"],
  [" ANGRY ", "angry"],
  ["surprise ", "surprised"],
  ["pleasant_surprise", "surprised"],
  ["afraid", "fearful"],
  ["Ärger", "angry"],
  ["a\u0308rger", "angry"],
  ["WUT", "angry"],
  ["Colère", "angry"],
  ["alegria", "happy"],
  ["złość", "angry"],
  ["fru", "frustrated"],
  ["Boredom", "bored"],
  ["Very  Tired", "very tired"],
  ["constructor", "constructor"],
  ["3", "3"],
  ["xxx", undefined],
  ["N/A", undefined],
  [" ", undefined],
])("reads %j as %s", (word, label) => {
  expect(parseLabel(word)).toBe(label);
});

test("known words are those with synonyms, in any case", () => {
  expect(["Freude", "bored", "neu"].every(isKnownLabel)).toBe(true);
  expect(["tired", "Actor_01", "toString", "nan"].some(isKnownLabel)).toBe(false);
});

test("labels stand in the order of the eight emotions, then by code units", () => {
  expect(orderLabels([...emotions].toReversed())).toEqual(emotions);
  expect(orderLabels(["tired", "sad", "bored", "neutral", "sad"])).toEqual([
    "neutral",
    "sad",
    "bored",
    "tired",
  ]);
});
