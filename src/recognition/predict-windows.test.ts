import { expect, test } from "vitest";
import { VoicingMeter } from "../audio/voicing.ts";
import { synthesizeVoice } from "../../test/support/voice.ts";
import type { SpeechPart } from "../models/clip-inputs.ts";
import type { WindowModel } from "./analysis.ts";
import { predictWindows } from "./predict-windows.ts";
import type { SegmentAudio } from "./speech-segments.ts";

const sampleRate = 16_000;

/** A model over an encoder, and what it was asked for: seconds that were encoded, and parts of them. */
function speechModel() {
  const encoded: number[] = [];
  const predicted: SpeechPart[][] = [];
  const model: WindowModel = {
    card: { labels: ["calm", "angry"], sampleRate, windowSec: 4 },
    predict: () => Promise.reject(new Error("windows are not asked for")),
    speech: {
      encoder: { name: "moonshine-base", layers: [1] },
      meter: new VoicingMeter(sampleRate),
      encode: async (speech) => {
        encoded.push(speech.length / sampleRate);
        return [new Float32Array(416)];
      },
      predict: async (_, parts) => {
        predicted.push([...parts]);
        return parts.map(() => ({ probabilities: Float32Array.of(0.25, 0.75) }));
      },
    },
  };
  return { model, encoded, predicted };
}

/** A segment of so long a voice that begins at second 10 of a recording. */
function segment(sec: number, isUtterance: boolean): SegmentAudio {
  const voice = synthesizeVoice(5, { sampleRate, level: 0.5 });
  const samples = Float32Array.from(
    { length: sec * sampleRate },
    (_, n) => voice[n % voice.length]!,
  );
  const place = { startSec: 10, endSec: 10 + sec, speechSec: sec, samples, samplesStartSec: 10 };
  const { startSec, endSec } = place;
  const utterance = { startSec, endSec, text: "so", confidence: 1 };
  return isUtterance ? { ...place, utterance } : place;
}

test("an utterance is encoded once as a whole, and each window has its frames", async () => {
  const { model, encoded, predicted } = speechModel();
  const observations = await predictWindows(segment(14, true), model);
  expect(encoded).toEqual([14]);
  expect(observations.map(({ startSec }) => startSec)).toEqual([10, 13, 15, 17, 19, 21]);
  expect(predicted).toHaveLength(1);
  for (const [n, { start, end }] of predicted[0]!.entries()) {
    expect(start / sampleRate).toBeGreaterThanOrEqual(2 * n);
    expect(start / sampleRate).toBeLessThan(2 * n + 0.5);
    expect(end / sampleRate).toBeGreaterThan(2 * n + 3);
    expect(end / sampleRate).toBeLessThanOrEqual(2 * n + 4);
  }
});

test("what the words' encoder made of an utterance is not made again", async () => {
  const { model, encoded } = speechModel();
  const layers = [new Float32Array(416)];
  expect(await predictWindows(segment(8, true), model, { layers })).toHaveLength(3);
  expect(encoded).toEqual([]);
});

test("speech without words is encoded in parts of at most 12 s, which hold whole windows", async () => {
  const { model, encoded, predicted } = speechModel();
  const observations = await predictWindows(segment(30, false), model);
  expect(encoded).toEqual([12, 12, 10]);
  expect(predicted.map((parts) => parts.length)).toEqual([5, 5, 4]);
  expect(observations).toHaveLength(14);
});

test("speech that is shorter than a window is predicted with the sound around it", async () => {
  const { model, encoded } = speechModel();
  const given: number[] = [];
  const predict: WindowModel["predict"] = async (windows) => {
    given.push(...windows.map(({ length }) => length / sampleRate));
    return windows.map(() => ({ probabilities: Float32Array.of(0.25, 0.75) }));
  };
  const short = { ...segment(30, true), startSec: 20, endSec: 21 };
  expect(await predictWindows(short, { ...model, predict })).toMatchObject([
    { startSec: 20, endSec: 21 },
  ]);
  expect([given, encoded]).toEqual([[4], []]);
});
