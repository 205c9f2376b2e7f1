import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { analysis, call } from "../../test/support/analysis.ts";
import { expectToCover, tiersOf } from "../../test/support/text-grid.ts";
import { toAudacityLabels } from "./audacity.ts";
import { toElan } from "./elan.ts";
import { toTextGrid } from "./text-grid.ts";
import { analysisTiers } from "./tiers.ts";

test("Praat saves the same file after it has read ours", async () => {
  const fixture = new URL("../../test/fixtures/recognition/channels.TextGrid", import.meta.url);
  expect(toTextGrid(analysis)).toBe(await readFile(fixture, "utf8"));
});

test("control characters of names and words reach no file of Praat, ELAN or Audacity", () => {
  const text = "say\u0007 \u001b[31mred\u009b\0";
  const named = { ...call.speakers[0]!, speaker: "a\u001bb" };
  const segments = analysis.segments.map((segment) => ({ ...segment, speaker: "a\u001bb", text }));
  const made = { ...analysis, speakers: [named], segments };
  const tiers = analysisTiers(made);
  const written = [
    toTextGrid(made),
    toElan(tiers, { file: "a\u0007.wav", date: new Date(0) }),
    toAudacityLabels(tiers.flatMap(({ intervals }) => intervals)),
  ];
  // oxlint-disable-next-line no-control-regex -- it is these that are looked for
  for (const file of written) expect(file).not.toMatch(/[\0-\u0008\u000B-\u001F\u007F-\u009F]/);
  expect(written[0]).toContain("\u{FFFD}[31mred");
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
