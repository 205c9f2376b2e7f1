import { describe, expect, test } from "vitest";
import { syllables, whiteNoise } from "../../test/sounds.ts";
import { cutWindow } from "./cut-window.ts";

const sampleRate = 16_000;
const length = 16_000;
const fromStart = { sampleRate, length, place: "start" } as const;
const onSpeech = { sampleRate, length, place: "speech" } as const;

/** Numbers the samples, so that a window tells where it was cut. */
const numbered = (count: number): Float32Array =>
  Float32Array.from({ length: count }, (_, n) => n + 1);

describe("the window of a clip", () => {
  test("from its start is cut off or padded with zeros at its end", () => {
    expect(cutWindow(numbered(20_000), fromStart)).toEqual(numbered(length));
    const short = cutWindow(numbered(5), fromStart);
    expect(short).toHaveLength(length);
    expect([...short.subarray(0, 7)]).toEqual([1, 2, 3, 4, 5, 0, 0]);
  });

  test("on the speech has as much before as after it", () => {
    const quiet = whiteNoise(4, sampleRate).map((x) => 1e-4 * x);
    const spoken = syllables(4, sampleRate, { startSec: 2.2, endSec: 2.8 });
    const clip = quiet.map((x, n) => x + 0.5 * spoken[n]!);
    const window = cutWindow(clip, onSpeech);
    const start = clip.indexOf(window[0]!);
    expect(window).toEqual(clip.subarray(start, start + length));
    // The speech is centered at 2.5 s; the window of 1 s starts half a second before.
    expect(Math.abs(start / sampleRate - 2)).toBeLessThan(0.15);
  });

  test("on the speech never reaches over an end of the clip", () => {
    const early = syllables(3, sampleRate, { startSec: 0, endSec: 0.5 });
    const late = syllables(3, sampleRate, { startSec: 2.5, endSec: 3 });
    expect(cutWindow(early, onSpeech)).toEqual(early.subarray(0, length));
    expect(cutWindow(late, onSpeech)).toEqual(late.subarray(-length));
  });

  test("of a clip without speech is its middle; of a short one, its start", () => {
    expect(cutWindow(new Float32Array(3 * length).fill(0), onSpeech)).toHaveLength(length);
    const flat = Float32Array.from({ length: 3 * length }, (_, n) => (n - 1.5 * length) * 1e-9);
    expect(cutWindow(flat, onSpeech)).toEqual(flat.subarray(length, 2 * length));
    const short = numbered(100).map((x) => x * 1e-9);
    expect(cutWindow(short, onSpeech).subarray(0, 100)).toEqual(short);
  });
});
