import { expect, test } from "vitest";
import type { ModelCard } from "../../models/model-card.ts";
import type { FrontEnd } from "../../models/front-end.ts";
import { explainByGradients, explainBySilence } from "./explain-voice.ts";

const sampleRate = 1000;
const card: ModelCard = {
  name: "loud",
  labels: ["calm", "angry"],
  temperature: 1,
  provenance: {},
  sampleRate,
  windowSec: 2,
  window: "start",
};
const samples = new Float32Array(6 * sampleRate);
samples.fill(0.5, 3.2 * sampleRate, 3.6 * sampleRate);
const segment = { startSec: 2, endSec: 5, speechSec: 3, samples, samplesStartSec: 0 };

/** Angry by the energy of a window. */
const predict = async ([window]: readonly Float32Array[]) => {
  const energy = window!.reduce((sum, x) => sum + x * x, 0) / 20;
  const angry = 1 / (1 + Math.exp(-energy));
  return [{ probabilities: Float32Array.of(1 - angry, angry) }];
};

/** The energy of each frame in the second band, and nothing in the first. */
const of = async (window: Float32Array, label: number): Promise<Float32Array> => {
  expect(label).toBe(1);
  const values = new Float32Array(2 * 20);
  for (const [n, x] of window.entries()) values[20 + Math.floor(n / 100)]! += x * x;
  return values;
};

test("silencing takes from an emotion where the sound is that speaks for it", async () => {
  const seen: number[] = [];
  const { columns, values, startSec, endSec } = await explainBySilence(
    segment,
    { card, predict },
    { emotion: "angry", onStep: (done, total) => seen.push(done / total) },
  );
  expect([startSec, endSec, columns]).toEqual([2, 5, 8]);
  const strongest = values.indexOf(Math.max(...values));
  expect(2 + (strongest * 3) / 8).toBeGreaterThan(2.8);
  expect(2 + ((strongest + 1) * 3) / 8).toBeLessThan(4);
  expect(values[0]).toBeCloseTo(0, 5);
  expect(seen).toEqual(seen.toSorted((a, b) => a - b));
  expect(Math.max(...seen)).toBeLessThan(1);
});

test("gradients of overlapping windows lie where their frames are", async () => {
  const frontEnd: FrontEnd = {
    sampleRate,
    nFft: 64,
    winLength: 64,
    hopLength: 100,
    nMels: 2,
    fMin: 50,
    fMax: 500,
    scale: "slaney",
    frames: 20,
    rangeDb: 80,
  };
  const explanation = await explainByGradients(
    segment,
    { card, frontEnd, of, close: async () => undefined },
    { emotion: "angry", onStep: () => undefined },
  );
  const { columns, rows, values } = explanation;
  expect([columns, rows]).toEqual([30, 2]);
  const high = Array.from({ length: columns }, (_, column) => values[2 * column + 1]!);
  expect(high.map((value) => (value > 1 ? 1 : 0)).join("")).toBe(
    "0".repeat(12) + "1".repeat(4) + "0".repeat(14),
  );
});
