import { expect, test } from "vitest";
import { concatenate } from "../audio/blocks.ts";
import type { Turn } from "../shared/turns.ts";
import { SpeakerRuns } from "./speaker-runs.ts";

const sampleRate = 100;
const turn = (speaker: string, startSec: number, endSec: number): Turn => ({
  speaker,
  startSec,
  endSec,
});
/** Each sample is its own number, so that what comes out tells where it was. */
const recording = Float32Array.from({ length: 40 * sampleRate }, (_, n) => n + 1);

function soundOf(runs: SpeakerRuns, blockLength: number): Float32Array {
  const parts: Float32Array[] = [];
  for (let from = 0; from < recording.length; from += blockLength)
    parts.push(runs.push(recording.subarray(from, from + blockLength)).samples);
  return concatenate(parts);
}

const turns = [
  turn("a", 1, 4),
  turn("b", 4, 6),
  turn("a", 6, 8),
  turn("a", 10, 12),
  turn("b", 20, 22),
];

test("each speaker gets their own sound alone, in blocks of any length", () => {
  const [a, b] = SpeakerRuns.of(turns, sampleRate);
  expect([a!.speaker, b!.speaker]).toEqual(["a", "b"]);
  const sound = soundOf(a!, 130);
  const [again] = SpeakerRuns.of(turns, sampleRate);
  expect(soundOf(again!, 7)).toEqual(sound);
  const seconds = new Set([...sound].filter((n) => n > 0).map((n) => Math.floor((n - 1) / 100)));
  for (const sec of [4, 5, 20, 21]) expect(seconds).not.toContain(sec); // those of b
  for (const sec of [1, 2, 3, 6, 7, 8, 9, 10, 11]) expect(seconds).toContain(sec); // and pauses of their own
});

test("a moment of a speaker's sound is placed where it was, and silence at the edge of a run", () => {
  const [a] = SpeakerRuns.of(turns, sampleRate);
  const sound = [...soundOf(a!, 100)];
  const apart = sound.map((value, n) => a!.placeOf(n / sampleRate) - (value - 1) / sampleRate);
  const ofSpeech = apart.filter((_, n) => sound[n]! > 0);
  expect(Math.max(...ofSpeech.map(Math.abs))).toBeLessThan(0.011);
  const inOthers = sound.filter((_, n) => {
    const sec = a!.placeOf(n / sampleRate);
    return turns.some((each) => each.speaker === "b" && sec > each.startSec && sec < each.endSec);
  });
  expect(inOthers).toEqual([]);
});

test("who speaks over another keeps the overlap; margins never reach into the other's turn", () => {
  const [a, b] = SpeakerRuns.of([turn("a", 0, 10), turn("b", 8, 16)], sampleRate);
  const last = Math.max(...soundOf(a!, 100));
  expect(last).toBe(1000);
  const ofB = [...soundOf(b!, 100)].filter((n) => n > 0);
  expect([ofB[0], ofB.at(-1)]).toEqual([801, 1615]);
});

/** What share of each speaker's sound has words of their own. */
function clearShares(all: readonly Turn[]): number[] {
  return SpeakerRuns.of(all, sampleRate).map((runs) => {
    const { samples, clear } = runs.push(recording);
    expect(clear).toHaveLength(samples.length);
    return clear.filter((n) => n > 0).length / samples.filter((n) => n > 0).length;
  });
}

test("an interjection under a longer turn has sound, but no words of its own", () => {
  const long = turn("a", 0, 10);
  expect(clearShares([long, turn("b", 4, 4.6)])).toEqual([1, 0]);
  expect(clearShares([long, turn("b", 9, 10.8)])).toEqual([1, 0]);
  expect(clearShares([long, turn("b", 8.5, 11)])).toEqual([1, 1]); // enough of it alone
  expect(clearShares([long, turn("b", 9.7, 10.5)])).toEqual([1, 1]); // most of it alone
  expect(clearShares([turn("a", 0, 1), turn("b", 0, 1)])).toEqual([1, 1]); // neither is longer
});
