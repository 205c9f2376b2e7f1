import { expect, test } from "vitest";
import { analysis } from "../../test/support/analysis.ts";
import { outcomeOf } from "./file-result.node.ts";
import type { AnalyzeOptions, Recognizer } from "./recognizer.ts";

/** Reads ten seconds, one after the other. */
const reading = {
  analyze: (_: unknown, { onProgress }: AnalyzeOptions = {}) => {
    for (let sec = 1; sec <= 10; sec++) onProgress?.(sec, "analyze");
    return Promise.resolve(analysis);
  },
};
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- outcomeOf analyzes alone
const recognizer = reading as unknown as Recognizer;

test("a recording that is too long is given up where the limit is", async () => {
  const seen: number[] = [];
  const onProgress = (sec: number): void => void seen.push(sec);
  const options = { maxDurationSec: 5, onProgress };
  const outcome = await outcomeOf(recognizer, "a.wav", options);
  expect(outcome).toMatchObject({ error: { code: "audio-too-large" } });
  expect(seen).toEqual([1, 2, 3, 4, 5]);
  expect(await outcomeOf(recognizer, "a.wav", { maxDurationSec: 10 })).toBe(analysis);
});
