import { expect, test } from "vitest";
import { parseEmotion } from "./emotions.ts";

test.each([
  ["Joy", "happy"],
  [" ANGRY ", "angry"],
  ["surprise", "surprised"],
  ["boredom", undefined],
  ["constructor", undefined],
  ["", undefined],
])("reads %j as %s", (word, emotion) => {
  expect(parseEmotion(word)).toBe(emotion);
});
