import { describe, expect, test } from "vitest";
import { softmaxOf } from "../shared/probabilities.ts";
import type { Observation } from "./smoothing.ts";
import { SpeakerReference } from "./speaker-reference.ts";

const labels = ["neutral", "angry", "sad"];
const card = {
  labels,
  windowSec: 4,
  neutral: [0, 0, 0],
  ordinary: {
    neutralShare: 0.8,
    speakerShare: 1,
    bias: { adapted: 1, unknown: 2 },
    evidence: [-4, -2, 0],
  },
};
const observation = (logits: readonly number[]): Observation => ({
  startSec: 0,
  endSec: 4,
  probabilities: Float32Array.from(softmaxOf(logits)),
  weight: 1,
});
const likeliest = ({ probabilities }: Observation): string =>
  labels[probabilities.indexOf(Math.max(...probabilities))]!;

/** Twenty windows of a voice that always sounds angry, of which the last is. */
const angryVoice = [...Array.from({ length: 19 }, () => [0, 5, 0]), [0, 10, 0]].map(observation);

describe("the voice of a recording", () => {
  test("that always sounds angry is neutral, and its anger is anger", () => {
    const reference = new SpeakerReference(card, {});
    reference.learn(angryVoice);
    const adapted = reference.adapt(angryVoice).map(likeliest);
    expect(adapted.slice(0, 19)).toEqual(Array(19).fill("neutral"));
    expect(adapted[19]).toBe("angry");
    expect(reference.used).toEqual({ source: "recording", speechSec: 80 });
  });

  test("is not known before it has come, nor where the training data are the reference", () => {
    const early = new SpeakerReference(card, {});
    expect(likeliest(early.adapt(angryVoice)[0]!)).toBe("angry");
    expect(early.used.source).toBe("training");
    const training = new SpeakerReference(card, { reference: "training" });
    training.learn(angryVoice);
    expect(training.adapt(angryVoice)).toEqual(early.adapt(angryVoice));
  });

  test("is not what a sound says in which nobody speaks", () => {
    const telling = { ...card, notSpeech: { maxScore: 0.5 } };
    const reference = new SpeakerReference(telling, {});
    const noise = angryVoice.map((window) => ({ ...window, distance: 3 }));
    reference.learn(noise);
    expect(reference.used).toEqual({ source: "training", speechSec: 0 });
    reference.learn(noise.map((window) => ({ ...window, distance: -3 })));
    expect(reference.used.speechSec).toBe(80);
  });

  test("is that of an enrolled speaker where there is one", () => {
    const offset = { neutral: -1.5, angry: 3, sad: -1.5 };
    const speaker = { offset, speechSec: 12, utterances: 3 };
    const reference = new SpeakerReference(card, { speaker });
    reference.learn(angryVoice);
    expect(likeliest(reference.adapt(angryVoice)[0]!)).toBe("neutral");
    expect(reference.used).toEqual({ source: "enrolled", speechSec: 12 });
  });
});

test("the more sensitive, the less neutral", () => {
  const [first] = angryVoice;
  const neutral = (["low", "normal", "high"] as const).map((sensitivity) => {
    const reference = new SpeakerReference(card, { sensitivity });
    return reference.adapt([first!])[0]!.probabilities[0]!;
  });
  expect(neutral).toEqual(neutral.toSorted((a, b) => b - a));
});

test("intensity is the share of neutral speech with less evidence, whatever the sensitivity", () => {
  const even = softmaxOf([0, 0, 0]);
  const intensities = (["low", "high"] as const).map((sensitivity) => {
    const reference = new SpeakerReference(card, { sensitivity });
    const [adapted] = reference.adapt([observation([0, 0, 0])]);
    return reference.intensity([...adapted!.probabilities]);
  });
  // Evidence ln 2 is above all neutral speech of the card.
  expect(even[0]).toBeCloseTo(1 / 3, 12);
  expect(intensities).toEqual([1, 1]);
  const calm = new SpeakerReference(card, {}).intensity([0.999, 0.0005, 0.0005]);
  expect(calm).toBeLessThan(0.5);
});

test("a card without calibration changes nothing", () => {
  const reference = new SpeakerReference({ labels, windowSec: 4, neutral: [0, 0, 0] }, {});
  reference.learn(angryVoice);
  const [adapted] = reference.adapt(angryVoice);
  for (const [k, p] of angryVoice[0]!.probabilities.entries())
    expect(adapted!.probabilities[k]).toBeCloseTo(p, 6);
  expect(reference.intensity([0.2, 0.4, 0.4])).toBeNull();
});
