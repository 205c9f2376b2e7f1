import { expect, test } from "vitest";
import { evaluate, fed, valuesOf } from "../../test/finite-differences.ts";
import { servedLogits } from "../../test/support/networks.ts";
import { nodeRuntime } from "../graph/runtime.node.ts";
import { Random } from "../shared/random.ts";
import type { FitData } from "./definition.ts";
import { floatsOf, type Example } from "./example.ts";
import { functionalsProbe } from "./functionals-probe.ts";
import { functionals } from "./functionals.ts";
import { descriptorCount } from "./low-level-descriptors.ts";

const [mels, frames, classes] = [16, 40, 2];
const options = functionalsProbe.schema.parse({
  kind: "functionals-probe",
  coefficients: 4,
});
const architecture = functionalsProbe.architecture!(options, {
  spectrogram: { rows: mels, frames },
  classes,
});

/** Clips whose pitch rises where the label is 1, and falls where it is 0. */
const clips = (split: string, count: number): Example[] =>
  Array.from({ length: count }, (_, index) => {
    const random = new Random(split, index);
    const label = index % classes;
    const slope = 2 * label - 1;
    const descriptors = Float32Array.from({ length: descriptorCount * frames }, (__, i) => {
      const [row, t] = [Math.floor(i / frames), i % frames];
      return row === 0 ? slope * (t / frames) + random.normal() : random.uniform(-0.5, 1);
    });
    const spectrogram = Float32Array.from({ length: mels * frames }, () => random.uniform());
    return {
      id: `${split}${index}`,
      label,
      views: [{ spectrogram, descriptors }],
    };
  });

const train = clips("a", 80);
const data: FitData = {
  train,
  weights: train.map(() => 1),
  speakers: train.map((_, index) => `${index % 4}`),
  neutral: 0,
  validation: clips("b", 40),
  classes,
  runtime: nodeRuntime,
};

test("the course of pitch tells clips apart whose mean is the same", async () => {
  const { weights, parameters } = await functionalsProbe.fit!(options, data);
  const width = 3 * (7 * (4 + descriptorCount) + 1);
  expect(parameters).toBe((width + 1) * classes);
  const unseen = clips("c", 40);
  const batches = unseen.map(({ views: [view] }) => ({
    spectrogram: floatsOf(view["spectrogram"]!),
    descriptors: floatsOf(view["descriptors"]!),
  }));
  const logits = await servedLogits(architecture, weights!, batches);
  const chosen = logits.map(([falling, rising]) => Number(rising! > falling!));
  expect(chosen.filter((label, row) => label === unseen[row]!.label).length).toBeGreaterThan(34);
});

test("without clips nothing can be fitted", async () => {
  const empty = { ...data, validation: [] };
  await expect(functionalsProbe.fit!(options, empty)).rejects.toMatchObject({
    code: "dataset-invalid",
  });
});

test("functionals are those of the frames in the mask", async () => {
  const time = Array.from({ length: 20 }, (_, t) => t);
  const inside = time.map((t) => Number(t >= 2 && t <= 17));
  const row = time.map((t) => (inside[t] ? 3 + 2 * t : 100));
  const x = fed("x", [1, 1, 20], row);
  const mask = fed("mask", [1, 1, 20], inside);
  const [mean, slope, curvature, ...deviations] = await valuesOf(
    functionals(x.tensor, mask.tensor),
    [x, mask],
  );
  const deviation = 2 * Math.sqrt(255 / 12);
  expect(mean).toBeCloseTo(22, 4);
  expect(slope).toBeCloseTo(deviation, 3);
  expect(curvature).toBeCloseTo(0, 3);
  // A straight line changes alike everywhere.
  expect(deviations).toEqual([deviation, 0, 0, 0].map((value) => expect.closeTo(value, 2)));
});

test("functionals of no frame are numbers", async () => {
  const x = fed(
    "x",
    [1, 2, 12],
    Array.from({ length: 24 }, (_, i) => i),
  );
  const mask = fed("mask", [1, 1, 12], new Float32Array(12));
  const { y } = await evaluate({ y: functionals(x.tensor, mask.tensor) }, [x, mask]);
  expect(y!.slice(0, 6)).toEqual([0, 0, 0, 0, 0, 0]);
  expect(y!.every(Number.isFinite)).toBe(true);
});
