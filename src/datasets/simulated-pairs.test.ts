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

/** Five texts of each split and emotion; nobody writes calm ones. */
const texts: Manifest<Utterance> = {
  corpus: "words",
  root: "/",
  clips: (["train", "validation", "test"] as const).flatMap((split) =>
    emotions
      .filter((emotion) => emotion !== "calm")
      .flatMap((emotion) =>
        [1, 2, 3, 4, 5].map((number): Utterance => {
          const id = `${split} ${emotion} ${number}`;
          return { id, transcript: id, emotion, speakerId: id, split };
        }),
      ),
  ),
};

const { clips, leftOut } = simulatePairs(recordings, texts, { seed: 1 });

test("words have the recording's emotion and split, and no speaker stands in two splits", () => {
  expect(clips).toHaveLength(80);
  const splits = new Map<string, Set<string>>();
  for (const { transcript, emotion, split, speakerId } of clips) {
    expect(transcript).toMatch(new RegExp(`^${split} ${emotion} \\d$`));
    splits.set(speakerId, (splits.get(speakerId) ?? new Set()).add(split!));
  }
  expect([...splits.values()].every(({ size }) => size === 1)).toBe(true);
  const speakersOf = (split: string): number =>
    [...splits.values()].filter((found) => found.has(split)).length;
  expect(["train", "validation", "test"].map(speakersOf)).toEqual([14, 2, 4]);
});

test("emotions that nobody wrote are left out and counted", () => {
  expect(leftOut.reduce((sum, { count }) => sum + count, 0)).toBe(40);
  expect(leftOut.every(({ reason }) => reason.startsWith("no calm texts to "))).toBe(true);
});

test("every text of a split is used once before one is used again", () => {
  const happyTests = clips.filter(({ split, emotion }) => split === "test" && emotion === "happy");
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

test("three speakers are enough for three splits, and two are not", () => {
  const three = simulatePairs(spokenBy(3), texts, { seed: 1 });
  expect(new Set(three.clips.map(({ split }) => split)).size).toBe(3);
  expect(() => simulatePairs(spokenBy(2), texts, { seed: 1 })).toThrow(/2 speakers\. Three/);
});

test("texts of one split alone are refused, and the split without any is named", () => {
  const tested = { ...texts, clips: texts.clips.filter(({ split }) => split === "test") };
  expect(() => simulatePairs(recordings, tested, { seed: 1 })).toThrow(/in the train split/);
});
