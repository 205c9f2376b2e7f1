import { expect, test } from "vitest";
import { analysis } from "../../../test/support/analysis.ts";
import { call } from "../../../test/support/call.ts";
import { silenceOf, speakerRows } from "./speaker-rows.ts";

test("each speaker has the shares, the worst moment and the trend of the own speech", () => {
  const [agent, customer] = speakerRows(call);
  expect([agent?.speaker, customer?.speaker]).toEqual(["agent", "customer"]);
  expect(agent!.talkShare! + customer!.talkShare!).toBeCloseTo(1);
  expect(customer!.strongestNegative).toMatchObject({ startSec: 19.1, text: /Sent back/ });
  // First third: sad 5.3 s, neutral 3.1 s, angry 0.9 s; last third: surprised 2.7 s, half of it negative, and happy 5.4 s.
  expect(customer!.negativeTrend).toBeCloseTo(1.35 / 8.1 - 6.2 / 9.3);
  expect(agent!.abstainedShare).toBeCloseTo(3.4 / 23.6, 2);
  expect(customer!.language).toBe("en");
  expect(customer!.segments.every(({ speaker }) => speaker === "customer")).toBe(true);
});

test("time in which both speak is no silence twice", () => {
  expect(silenceOf(call)).toBeCloseTo(60 - 51.7 + 1.2 - 0.0, 1);
});

test("without speakers there is one row of all speech, and nothing is made up where nobody speaks", () => {
  const [row, ...others] = speakerRows(analysis);
  expect(others).toEqual([]);
  expect(row).toMatchObject({ speaker: null, talkShare: 1, abstainedShare: 0, language: "en" });
  expect(row!.negativeTrend).toBe(0);
  const silent = {
    ...analysis,
    segments: analysis.segments.filter(({ emotion }) => emotion === null),
    summary: { ...analysis.summary, dominantEmotion: null, coverage: 0, speechSec: 0 },
  };
  expect(speakerRows(silent)).toMatchObject([
    { talkShare: null, polarity: null, strongestNegative: null, negativeTrend: null },
  ]);
  expect(silenceOf(silent)).toBe(silent.durationSec);
});

test("what is out of distribution is no moment, and abstained time is in no trend", () => {
  const segments = call.segments.map((segment) =>
    segment.emotion === "angry"
      ? { ...segment, abstained: "out-of-distribution" as const }
      : segment,
  );
  const [, customer] = speakerRows({ ...call, segments });
  expect(customer!.strongestNegative!.startSec).toBe(28.2);
  expect(customer!.negativeTrend).toBeCloseTo(1.35 / 8.1 - 5.3 / 8.4);
});
