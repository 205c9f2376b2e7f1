import { expect, test } from "vitest";
import { planValidation } from "./validation-plan.ts";

interface Sketch {
  readonly label: string;
  readonly recordingId: string;
  readonly speaker: string | null;
}

const clip = (label: string, recordingId: string, speaker: string | null = null): Sketch => ({
  label,
  recordingId,
  speaker,
});

const calls = Array.from({ length: 30 }, (_, at) =>
  clip(at % 3 === 0 ? "angry" : "neutral", `call ${at % 10}`),
);

test("a recording never crosses folds, and each fold has its share of clips and labels", () => {
  const { by, folds, foldCount, groups, tooFew } = planValidation(calls);
  expect({ by, foldCount, tooFew }).toEqual({ by: "recording", foldCount: 5, tooFew: null });
  for (const group of new Set(groups)) {
    const own = folds.filter((_, index) => groups[index] === group);
    expect(new Set(own).size).toBe(1);
  }
  for (let fold = 0; fold < 5; fold++) {
    const own = calls.filter((_, index) => folds[index] === fold);
    expect(own).toHaveLength(6);
    expect(own.filter(({ label }) => label === "angry")).toHaveLength(2);
  }
});

const spoken = (count: number): Sketch[] =>
  calls.map((each, at) => ({ ...each, speaker: `speaker ${at % count}` }));

test("speakers are held out where five or more are known, and every clip has one", () => {
  expect(planValidation(spoken(5)).by).toBe("speaker");
  expect(planValidation(spoken(4)).by).toBe("recording");
  expect(planValidation([...spoken(5), clip("angry", "another")]).by).toBe("recording");
});

const spread = (label: string, clips: number, recordings: number): Sketch[] =>
  Array.from({ length: clips }, (_, at) => clip(label, `call ${at % recordings}`));

test.each([
  [{ what: "groups", have: 4, need: 5 }, [...spread("sad", 20, 4), ...spread("calm", 20, 4)]],
  [
    { what: "clips-of-label", label: "calm", have: 4, need: 5 },
    [...spread("sad", 20, 5), ...spread("calm", 4, 4)],
  ],
  [
    { what: "groups-of-label", label: "calm", have: 1, need: 2 },
    [...spread("sad", 20, 5), ...spread("calm", 9, 1)],
  ],
])("too few to tell: %j", (expected, clips) => {
  const { tooFew } = planValidation(clips);
  expect(tooFew).toMatchObject(expected);
});

test("enough to tell: five recordings, five clips of each label, from two recordings or more", () => {
  const clips = [...spread("sad", 20, 5), ...spread("calm", 5, 2)];
  expect(planValidation(clips).tooFew).toBeNull();
});

test("one recording is one fold: nothing can be held out", () => {
  expect(planValidation(spread("sad", 3, 1))).toMatchObject({ foldCount: 1, folds: [0, 0, 0] });
});
