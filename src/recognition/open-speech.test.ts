import { expect, test } from "vitest";
import type { WindowModel } from "./analysis.ts";
import { OpenSpeech } from "./open-speech.ts";
import type { SegmentAudio } from "./speech-segments.ts";

const sampleRate = 100;
const windowSec = 2;

/** Sound that says where it is: each sample is its time in seconds. */
const recording = Float32Array.from({ length: 60 * sampleRate }, (_, n) => n / sampleRate);

/** Predicts the start of a window. */
function startModel() {
  const predicted: number[] = [];
  const model: WindowModel = {
    card: { labels: ["a"], sampleRate, windowSec },
    predict: async (windows) => {
      predicted.push(...windows.map(([first]) => first!));
      return windows.map(([first]) => ({ probabilities: Float32Array.of(first!) }));
    },
  };
  return { model, taken: () => predicted.splice(0) };
}

function segment(startSec: number, endSec: number, receivedSec = endSec): SegmentAudio {
  const fromSec = Math.max(0, receivedSec - 30);
  const samples = recording.subarray(fromSec * sampleRate, receivedSec * sampleRate);
  return { startSec, endSec, speechSec: endSec - startSec, samples, samplesStartSec: fromSec };
}

test("of speech that goes on, each window is predicted once", async () => {
  const { model, taken } = startModel();
  const speech = new OpenSpeech(model);
  expect(await speech.observe(segment(10, 13))).toHaveLength(2);
  expect(taken()).toEqual([10, 11]);
  for (let endSec = 14; endSec <= 50; endSec++) {
    const observed = await speech.observe(segment(10, endSec));
    expect(taken()).toEqual([endSec - windowSec]);
    expect(observed[0]!.startSec).toBe(Math.max(10, endSec - 10));
    expect(observed.at(-1)!.endSec).toBe(endSec);
    const ends = observed.map((each) => each.endSec);
    expect(observed.slice(1).map((each) => each.startSec)).toEqual(ends.slice(0, -1));
  }
  await speech.observe(segment(10, 50, 51)); // a pause
  expect(taken()).toEqual([]);
  await speech.observe(segment(52, 56)); // the next utterance
  expect(taken()).toEqual([52, 53, 54]);
});

test("speech that went on for long is covered by windows", async () => {
  const { model, taken } = startModel();
  const speech = new OpenSpeech(model);
  await speech.observe(segment(0, 4));
  expect(taken()).toEqual([0, 1, 2]);
  await speech.observe(segment(0, 9));
  expect(taken()).toEqual([3, 4, 5, 6, 7]);
  await speech.observe(segment(0, 11));
  expect(taken()).toEqual([9]);
});

test("what is shorter than a window is predicted with the sound that came since", async () => {
  const { model, taken } = startModel();
  const speech = new OpenSpeech(model);
  const values = [];
  for (const receivedSec of [1, 1.5, 3]) {
    const [observed] = await speech.observe(segment(0, 1, receivedSec));
    values.push(observed!.weight);
  }
  expect(taken()).toHaveLength(3);
  await speech.observe(segment(0, 1, 4));
  expect(taken()).toEqual([]);
  expect(values).toEqual([1, 1, 1]);
});
