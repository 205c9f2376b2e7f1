import { expect, test } from "vitest";
import { emotions } from "../shared/emotions.ts";
import type { Clip, Manifest, Utterance } from "./manifest.ts";
import { simulatePairs } from "./simulated-pairs.ts";

const spoken = ["happy", "sad", "calm"] as const;

const recordings: Manifest = {
  corpus: "voices",
  root: "/",
  clips: Array.from({ length: 20 }, (_, speaker) =>
    spoken.flatMap((emotion): Clip[] =>
      [1, 2].map((take) => {
        const id = `${speaker}-${emotion}-${take}`;
        return { id, path: `/${id}.wav`, emotion, speakerId: `${speaker}` };
      }),
    ),
  ).flat(),
};

/** Five texts of each side and emotion; nobody writes calm ones. */
const texts: Manifest<Utterance> = {
  corpus: "words",
  root: "/",
  clips: (["train", "validation", "test"] as const).flatMap((side) =>
    emotions
      .filter((emotion) => emotion !== "calm")
      .flatMap((emotion) =>
        [1, 2, 3, 4, 5].map((number): Utterance => {
          const id = `${side} ${emotion} ${number}`;
          return { id, transcript: id, emotion, speakerId: id, side };
        }),
      ),
  ),
};

const { clips, leftOut } = simulatePairs(recordings, texts, { seed: 1 });

test("words have the recording's emotion and side, and no speaker stands on two sides", () => {
  expect(clips).toHaveLength(80);
  const sides = new Map<string, Set<string>>();
  for (const { transcript, emotion, side, speakerId } of clips) {
    expect(transcript).toMatch(new RegExp(`^${side} ${emotion} \\d$`));
    sides.set(speakerId, (sides.get(speakerId) ?? new Set()).add(side!));
  }
  expect([...sides.values()].every(({ size }) => size === 1)).toBe(true);
  const speakersOf = (side: string): number =>
    [...sides.values()].filter((found) => found.has(side)).length;
  expect(["train", "validation", "test"].map(speakersOf)).toEqual([14, 2, 4]);
});

test("emotions that nobody wrote are left out and counted", () => {
  expect(leftOut.reduce((sum, { count }) => sum + count, 0)).toBe(40);
  expect(leftOut.every(({ reason }) => reason.startsWith("no calm texts to "))).toBe(true);
});

test("every text of a side is used once before one is used again", () => {
  const happyTests = clips.filter(({ side, emotion }) => side === "test" && emotion === "happy");
  const drawn = happyTests.map(({ transcript }) => transcript);
  expect(drawn).toHaveLength(8);
  expect(new Set(drawn.slice(0, 5)).size).toBe(5);
});

test("repeats with its seed", () => {
  expect(simulatePairs(recordings, texts, { seed: 1 }).clips).toEqual(clips);
  expect(simulatePairs(recordings, texts, { seed: 2 }).clips).not.toEqual(clips);
});

test("corpora without a common emotion are refused", () => {
  const calm = {
    ...recordings,
    clips: recordings.clips.filter(({ emotion }) => emotion === "calm"),
  };
  expect(() => simulatePairs(calm, texts, { seed: 1 })).toThrow(
    expect.objectContaining({ code: "dataset-invalid" }),
  );
});

const spokenBy = (speakers: number): Manifest => ({
  ...recordings,
  clips: recordings.clips.filter(({ speakerId }) => Number(speakerId) < speakers),
});

test("three speakers are enough for three sides, and two are not", () => {
  const three = simulatePairs(spokenBy(3), texts, { seed: 1 });
  expect(new Set(three.clips.map(({ side }) => side)).size).toBe(3);
  expect(() => simulatePairs(spokenBy(2), texts, { seed: 1 })).toThrow(/2 speakers\. Three/);
});

test("texts of one side alone are refused, and the side without any is named", () => {
  const tested = { ...texts, clips: texts.clips.filter(({ side }) => side === "test") };
  expect(() => simulatePairs(recordings, tested, { seed: 1 })).toThrow(/on the train side/);
});
