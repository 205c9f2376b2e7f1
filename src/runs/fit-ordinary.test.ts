import { expect, test } from "vitest";
import type { Prediction } from "../evaluation/prediction.ts";
import {
  fitOrdinary,
  neutralShare,
  ordinaryStreams,
  streamCalibration,
  voiceCalibration,
} from "./fit-ordinary.ts";

const labels = ["neutral", "happy", "sad"];

/** Clips of one speaker, each with the same prediction relative to its label. */
function clipsOf(speakerId: string, actual: readonly number[], right = 1 / 3): Prediction[] {
  return actual.map((label, index) => ({
    id: `${speakerId}-${index}`,
    speakerId,
    actual: label,
    probabilities: labels.map((_, at) => (at === label ? right : (1 - right) / 2)),
  }));
}

test("a stream is four fifths neutral, and speakers without both kinds have none", () => {
  const clips = [
    ...clipsOf("a", [0, 0, 1, 2, 2]),
    ...clipsOf("calm", [0, 0]),
    ...clipsOf("loud", [1]),
  ];
  const streams = ordinaryStreams(clips, 0);
  expect(streams).toHaveLength(1);
  const sum = (isNeutral: boolean): number =>
    streams[0]!
      .filter(({ prediction }) => (prediction.actual === 0) === isNeutral)
      .reduce((total, { weight }) => total + weight, 0);
  expect(sum(true) / (sum(true) + sum(false))).toBeCloseTo(neutralShare, 12);
});

test("predictions that tell nothing get the bias of the share alone", () => {
  const clips = [...clipsOf("a", [0, 0, 1, 2]), ...clipsOf("b", [0, 1, 2])];
  const { ordinary } = fitOrdinary([clips], [0, 0, 0], labels)!;
  // e^bias / (e^bias + 2) is 0.8.
  expect(ordinary.bias.unknown).toBeCloseTo(Math.log(8), 3);
  expect(ordinary.bias.adapted).toBeCloseTo(Math.log(8), 3);
  expect(ordinary.neutralShare).toBe(neutralShare);
  for (const evidence of ordinary.evidence) expect(evidence).toBeCloseTo(Math.log(2), 6);
});

test("a speaker share is fitted: whole where a voice moves every emotion alike", () => {
  const neutral = [Math.log(0.6), Math.log(0.2), Math.log(0.2)];
  const mean = neutral.reduce((sum, logit) => sum + logit) / 3;
  const voices = [
    ["a", 1],
    ["b", 2],
  ] as const;
  const moved = voices.flatMap(([speaker, label]) =>
    clipsOf(speaker, [0, 0, 0, 0, 0, 0, 1, 2], 0.6).map((clip) => {
      const factors = clip.probabilities.map((p, at) => (at === label ? p * 6 : p));
      const sum = factors.reduce((total, p) => total + p);
      return { ...clip, probabilities: factors.map((p) => p / sum) };
    }),
  );
  const centered = neutral.map((logit) => logit - mean);
  expect(fitOrdinary([moved], centered, labels)!.ordinary.speakerShare).toBe(1);
});

test("predictions that are too sure get a temperature above 1, those that are not sure enough one below", () => {
  const hits = clipsOf("a", [0, 0, 0, 1, 2], 0.96);
  const misses = hits.map((clip) => ({ ...clip, actual: (clip.actual + 1) % 3 }));
  expect(streamCalibration([[...hits, ...misses]], labels)?.temperature).toBeGreaterThan(1);
  expect(streamCalibration([clipsOf("a", [0, 0, 0, 1, 2], 0.5)], labels)?.temperature).toBeLessThan(
    1,
  );
  expect(streamCalibration([clipsOf("a", [1, 2])], labels)).toBeUndefined();
});

test("what validation does not have is not fitted", () => {
  const given = { labels, temperature: 1 };
  expect(voiceCalibration([clipsOf("a", [1, 2])], given)).toEqual({});
  expect(Object.keys(voiceCalibration([clipsOf("a", [0, 0])], given))).toEqual(["neutral"]);
  const both = voiceCalibration([clipsOf("a", [0, 1])], given);
  expect(Object.keys(both)).toEqual(["neutral", "ordinary"]);
});
