import { expect, test } from "vitest";
import { emotions } from "../shared/emotions.ts";
import { phrases, plainLines } from "./synthesis/phrases.ts";
import { syntheticTexts } from "./synthetic-texts.ts";

const { clips } = syntheticTexts({ lines: 40, seed: 1 });

test("every emotion has as many lines on every split, and the seed repeats them", () => {
  for (const emotion of emotions) {
    for (const split of ["train", "validation", "test"]) {
      const lines = clips.filter((clip) => clip.emotion === emotion && clip.split === split);
      expect(lines).toHaveLength(40);
    }
  }
  expect(syntheticTexts({ lines: 40, seed: 1 }).clips).toEqual(clips);
  expect(syntheticTexts({ lines: 40, seed: 2 }).clips).not.toEqual(clips);
});

test("a quarter could be said in any emotion; the others have an ending of one split only", () => {
  const plain = clips.filter(({ transcript }) => plainLines.includes(transcript!));
  expect(Math.abs(plain.length / clips.length - 0.25)).toBeLessThan(0.05);
  for (const ending of Object.values(phrases).flatMap(([, endings]) => endings)) {
    const ended = clips.filter(({ transcript }) => transcript!.endsWith(ending));
    expect(new Set(ended.map(({ split }) => split)).size).toBe(1);
  }
});
