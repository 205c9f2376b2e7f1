import { describe, expect, test } from "vitest";
import { syllables } from "../../test/sounds.ts";
import { speechPart } from "./speech-part.ts";

const sampleRate = 16_000;
const spoken = syllables(4, sampleRate, { startSec: 1, endSec: 2.5 });

describe("the part of a clip that is spoken", () => {
  test("begins and ends with the speech, give or take a tenth of a second", () => {
    const part = speechPart(spoken, { sampleRate, longestSec: 4 });
    const start = (part.byteOffset - spoken.byteOffset) / 4 / sampleRate;
    expect(Math.abs(start - 1)).toBeLessThan(0.15);
    expect(Math.abs(start + part.length / sampleRate - 2.5)).toBeLessThan(0.15);
  });

  test("is the middle of the speech where that is too long", () => {
    const whole = speechPart(spoken, { sampleRate, longestSec: 4 });
    const part = speechPart(spoken, { sampleRate, longestSec: 0.5 });
    expect(part).toHaveLength(8000);
    const before = (part.byteOffset - whole.byteOffset) / 4;
    expect(Math.abs(whole.length - 8000 - 2 * before)).toBeLessThanOrEqual(1);
  });

  test("of a clip without speech is the clip, or its middle", () => {
    const silence = new Float32Array(3 * sampleRate);
    expect(speechPart(silence, { sampleRate, longestSec: 4 })).toHaveLength(silence.length);
    const part = speechPart(silence, { sampleRate, longestSec: 1 });
    expect([part.byteOffset / 4, part.length]).toEqual([sampleRate, sampleRate]);
    expect(speechPart(new Float32Array(0), { sampleRate, longestSec: 1 })).toHaveLength(0);
  });
});
