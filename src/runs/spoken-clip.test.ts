import { expect, test } from "vitest";
import { speechPart } from "../audio/speech-part.ts";
import { spokenClip, spokenClipSec } from "./spoken-clip.ts";

test.each([8000, 16_000])("at %i Hz it speaks all along", (sampleRate) => {
  const clip = spokenClip(sampleRate);
  expect(clip).toHaveLength(spokenClipSec * sampleRate);
  expect(clip.every((sample) => Math.abs(sample) <= 0.5)).toBe(true);
  const spoken = speechPart(clip, { sampleRate, longestSec: spokenClipSec });
  expect(spoken.length / clip.length).toBeGreaterThan(0.9);
  expect(Buffer.from(spokenClip(sampleRate).buffer).equals(Buffer.from(clip.buffer))).toBe(true);
});
