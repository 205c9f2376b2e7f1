import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { analysis, call } from "../../test/support/analysis.ts";
import { expectToCover, tiersOf } from "../../test/support/text-grid.ts";
import { toTextGrid } from "./text-grid.ts";

test("Praat saves the same file after it has read ours", async () => {
  const fixture = new URL("../../test/fixtures/recognition/channels.TextGrid", import.meta.url);
  expect(toTextGrid(analysis)).toBe(await readFile(fixture, "utf8"));
});

test("each tier covers the recording without gaps", () => {
  const tiers = tiersOf(toTextGrid(analysis));
  expect(tiers.map((tier) => /name = "(\w+)"/.exec(tier)?.[1])).toEqual([
    "emotion",
    "voice",
    "words",
    "text",
  ]);
  for (const tier of tiers) expectToCover(tier, analysis.durationSec);
});

test("what is abstained from has the reason in the tier of emotions, and what voice and words say in theirs", () => {
  const [, disagreeing] = analysis.segments;
  const segments = [{ ...disagreeing!, abstained: "out-of-distribution" as const }];
  const texts = [...toTextGrid({ ...analysis, segments }).matchAll(/text = "([\w-]*)/g)];
  expect(texts.map(([, text]) => text)).toEqual(["out-of-distribution", "angry", "sad", "He"]);
});

test("each speaker has tiers of their own, without gaps or overlaps", () => {
  const tiers = tiersOf(toTextGrid(call));
  expect(tiers.map((tier) => /name = "(.+)"/.exec(tier)?.[1])).toEqual(
    ["agent", "R & <D>"].flatMap((name) =>
      ["emotion", "voice", "words", "text"].map((kind) => `${name} ${kind}`),
    ),
  );
  const intervals = [tiers[0]!, tiers[4]!].map((tier) =>
    [...tier.matchAll(/xmin = (\S+) \n +xmax = (\S+) \n +text = "(.*)"/g)].map((found) =>
      found.slice(1).join(" "),
    ),
  );
  expect(intervals).toEqual([
    ["0 1 ", "1 3 sad", "3 6 "],
    ["0 2.5 ", "2.5 4 angry", "4 6 "],
  ]);
});
