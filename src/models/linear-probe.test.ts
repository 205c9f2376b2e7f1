import { expect, test } from "vitest";
import { Random } from "../../shared/random.ts";
import { toFloat16 } from "../../shared/float16.ts";
import type { Example } from "../examples.ts";
import { layerStatistics } from "../layer-moments.ts";
import { trainEncoderBaseline } from "./encoder-baseline.ts";

const encoders = [{ name: "moonshine-tiny", layers: [2] }] as const;
const labels = ["happy", "sad"] as const;
const width = 288;

/** Clips of any length: the happy ones have higher means in twenty places, and all of them noise elsewhere. */
function clips(side: string, count: number): Example[] {
  const random = new Random("clips", side);
  return Array.from({ length: count }, (_, index) => {
    const label = index % 2;
    const frames = 20 + random.integer(30);
    const values = Float32Array.from(
      { length: frames * width },
      (_value, i) => 50 + random.normal() + (i % width < 20 && label === 0 ? 1 : 0),
    );
    return {
      utterance: { id: `${side}${index}`, speakerId: side, emotion: labels[label]! },
      variants: [{ "moonshine-tiny.statistics": layerStatistics([toFloat16(values)], width) }],
      label,
    };
  });
}

test("means over clips of different lengths tell emotions apart, whatever their scale", async () => {
  const train = clips("a", 60);
  const weights = train.map(() => 1);
  const sides = { train, weights, validation: clips("b", 20), test: clips("c", 40) };
  const baseline = await trainEncoderBaseline(sides, { encoders, labels });
  const right = baseline.test.filter(({ actual, probabilities }) => probabilities[actual]! > 0.5);
  expect(right.length).toBeGreaterThan(34);
  expect(baseline.validation.map(({ id }) => id)).toEqual(
    sides.validation.map(({ utterance }) => utterance.id),
  );
  expect(baseline.parameters).toBe((2 * width + 1) * 2);
});

test("what an example weighs is what it counts: at 0 it is as if it were not there", async () => {
  const train = clips("a", 60);
  const misled = train.map(({ utterance, variants, label }) => ({
    utterance: { ...utterance, emotion: labels[1 - label]! },
    variants,
    label: 1 - label,
  }));
  const rest = { validation: clips("b", 20), test: clips("c", 40) };
  const recall = async (weight: number): Promise<number> => {
    const weights = [...train.map(() => 1), ...misled.map(() => weight)];
    const sides = { ...rest, train: [...train, ...misled], weights };
    const { test: said } = await trainEncoderBaseline(sides, { encoders, labels });
    return said.filter(({ actual, probabilities }) => probabilities[actual]! > 0.5).length;
  };
  expect(await recall(0)).toBeGreaterThan(34);
  expect(await recall(5)).toBeLessThan(6);
});

test("changed versions of a clip are learned from as well, and only the clip itself is judged", async () => {
  const [good, bad] = [clips("a", 60), clips("d", 60)];
  const swapped = (examples: readonly Example[]): Example[] =>
    examples.map((clip, index) => {
      const other = bad[index % 2 === 0 ? index + 1 : index - 1]!;
      return { ...clip, variants: [clip.variants[0], ...other.variants, ...other.variants] };
    });
  const right = async (train: readonly Example[]): Promise<number> => {
    const weights = train.map(() => 1);
    const sides = { train, weights, validation: clips("b", 20), test: swapped(clips("c", 40)) };
    const { test: said } = await trainEncoderBaseline(sides, { encoders, labels });
    return said.filter(({ actual, probabilities }) => probabilities[actual]! > 0.5).length;
  };
  expect(await right(good)).toBeGreaterThan(34);
  expect(await right(swapped(good))).toBeLessThan(6);
});

test("without validation no C can be chosen", async () => {
  const sides = {
    train: clips("a", 4),
    weights: [1, 1, 1, 1],
    validation: [],
    test: clips("c", 4),
  };
  await expect(trainEncoderBaseline(sides, { encoders, labels })).rejects.toThrow(/validate/);
});
