import { expect, test } from "vitest";
import { evaluate, fed } from "../../test/finite-differences.ts";
import { toFloat16 } from "../shared/float16.ts";
import { Random } from "../shared/random.ts";
import { firstWeights, servedLogits } from "../../test/support/networks.ts";
import { softmaxOf } from "../shared/probabilities.ts";
import type { FitData } from "./definition.ts";
import { floatsOf, type Example, type Inputs } from "./example.ts";
import { layerStatistics } from "./layer-statistics.ts";
import { linearProbe } from "./linear-probe.ts";

const encoders = [{ name: "moonshine-tiny", layers: [2] }];
const options = linearProbe.schema.parse({ kind: "linear-probe", encoders });
const classes = 2;
const width = 288;

/** Layer values of clips of any length: those of label 0 have higher means in twenty places, all have noise elsewhere. */
function layersOf(split: string, count: number): Float32Array[] {
  const random = new Random("clips", split);
  return Array.from({ length: count }, (_, index) => {
    const frames = 20 + random.integer(30);
    return Float32Array.from(
      { length: frames * width },
      (_value, i) => 50 + random.normal() + (i % width < 20 && index % 2 === 0 ? 1 : 0),
    );
  });
}

const clips = (split: string, count: number): Example[] =>
  layersOf(split, count).map((values, index) => ({
    id: `${split}${index}`,
    label: index % 2,
    views: [{ "moonshine-tiny.statistics": layerStatistics([toFloat16(values)], width) }],
  }));

/** How many test clips a probe gets right that was fitted to these examples. */
async function rightOf(
  train: readonly Example[],
  test_: readonly Example[],
  { weights = train.map(() => 1), chosen = options } = {},
): Promise<number> {
  const speakers = train.map(() => "one");
  const data: FitData = { train, weights, speakers, validation: clips("b", 20), classes };
  const fitted = await linearProbe.fit!(chosen, data);
  const predictions = fitted.predict!(test_);
  return predictions.filter((probabilities, row) => probabilities[test_[row]!.label]! > 0.5).length;
}

test("means over clips of different lengths tell labels apart, whatever their scale", async () => {
  const train = clips("a", 60);
  expect(await rightOf(train, clips("c", 40))).toBeGreaterThan(34);
  const chosen = { ...options, discriminant: true };
  expect(await rightOf(train, clips("c", 40), { chosen })).toBeGreaterThan(34);
});

test.each([
  ["the regression", options],
  ["its mean with the discriminant", { ...options, discriminant: true }],
] as const)("the network of its weights gives what %s predicts", async (_, chosen) => {
  const train = clips("a", 60);
  const weights = train.map(() => 1);
  const speakers = train.map(() => "one");
  const data: FitData = { train, weights, speakers, validation: clips("b", 20), classes };
  const fitted = await linearProbe.fit!(chosen, data);
  expect(fitted.parameters).toBe((2 * width + 1) * classes);
  const architecture = linearProbe.architecture!(chosen, { classes });
  expect([...firstWeights(architecture).keys()].toSorted()).toEqual(
    [...fitted.weights!.keys()].toSorted(),
  );
  const frames = architecture.inputs["moonshine-tiny.mask"]![0]!;
  const feeds = layersOf("c", 4).map((values) => {
    const hidden = new Float32Array(frames * width);
    hidden.set(values);
    const mask = new Float32Array(frames).fill(1, 0, values.length / width);
    return { "moonshine-tiny.hidden": hidden, "moonshine-tiny.mask": mask };
  });
  const logits = await servedLogits(architecture, fitted.weights!, feeds);
  const expected = fitted.predict!(clips("c", 4));
  for (const [row, own] of logits.entries()) {
    for (const [label, p] of softmaxOf([...own]).entries())
      expect(p).toBeCloseTo(expected[row]![label]!, 2);
  }
});

test("an example of weight 0 is as if it were not there", async () => {
  const train = clips("a", 60);
  const mislabeled = train.map((example) => ({ ...example, label: 1 - example.label }));
  const right = (weight: number): Promise<number> => {
    const weights = [...train.map(() => 1), ...mislabeled.map(() => weight)];
    return rightOf([...train, ...mislabeled], clips("c", 40), { weights });
  };
  expect(await right(0)).toBeGreaterThan(34);
  expect(await right(5)).toBeLessThan(6);
});

test("augmented views of a clip are learned from as well, and only the clip itself is predicted", async () => {
  const [good, bad] = [clips("a", 60), clips("d", 60)];
  const swapped = (examples: readonly Example[]): Example[] =>
    examples.map((clip, index) => {
      const other = bad[index % 2 === 0 ? index + 1 : index - 1]!;
      return { ...clip, views: [clip.views[0], ...other.views, ...other.views] };
    });
  expect(await rightOf(good, swapped(clips("c", 40)))).toBeGreaterThan(34);
  expect(await rightOf(swapped(good), swapped(clips("c", 40)))).toBeLessThan(6);
});

test.each(["train", "validation"] as const)(
  "without %s clips nothing can be fitted",
  async (split) => {
    const data = {
      train: clips("a", 4),
      weights: [1, 1, 1, 1],
      validation: clips("b", 4),
      classes,
    };
    await expect(linearProbe.fit!(options, { ...data, [split]: [] })).rejects.toMatchObject({
      code: "dataset-invalid",
    });
  },
);

const rated = (split: string, count: number): Example[] =>
  clips(split, count).map((clip, index) => ({
    ...clip,
    label: 0,
    dimensions: [index % 2 === 0 ? 6 : 2, 50],
  }));

test("dimensions: a ridge regression predicts them on their scale, as the network of its weights does", async () => {
  const [train, validation, test_] = [rated("a", 60), rated("b", 20), rated("c", 40)];
  const weights = train.map(() => 1);
  const fitted = await linearProbe.fitDimensions!(options, { train, weights, validation, classes });
  const values = fitted.predict!(test_);
  const right = values.filter(([first], row) => first! > 4 === test_[row]!.dimensions![0]! > 4);
  expect(right.length).toBeGreaterThan(34);
  for (const [, second] of values) expect(second).toBeCloseTo(50, 1);
  const frames = layersOf("c", 40).slice(0, 4);
  const architecture = linearProbe.architecture!(options, { classes });
  const inputs = Object.entries(architecture.inputs);
  const batches = frames.map((clip) =>
    Object.fromEntries(
      inputs.map(([name, shape]) => {
        const filled = new Float32Array(shape.reduce((a, b) => a * b, 1));
        if (name.endsWith(".mask")) filled.fill(1, 0, clip.length / width);
        else filled.set(clip);
        return [name, filled];
      }),
    ),
  );
  for (const [row, served] of (
    await servedLogits(architecture, fitted.weights!, batches)
  ).entries()) {
    for (const [index, value] of served.entries()) {
      expect(Math.abs(value - values[row]![index]!)).toBeLessThan(0.05);
    }
  }
});

test("sounds in which nobody speaks are told from speech, and count for no emotion", async () => {
  const train = clips("a", 60);
  const weights = train.map(() => 1);
  const data: FitData = { train, weights, validation: clips("b", 20), classes };
  const noises = clips("noise", 40).map(({ views: [view], ...clip }) => ({
    ...clip,
    label: -1,
    views: [louder(view)] as const,
  }));
  const plain = await linearProbe.fit!(options, data);
  const fitted = await linearProbe.fit!(options, { ...data, notSpeech: noises.slice(20) });
  expect(plain.oodReference).toBeUndefined();
  expect(fitted.oodReference!.card).toEqual({ notSpeech: { maxScore: 0.5 } });
  expect(fitted.weights).toEqual(plain.weights);
  const known = [...noises.slice(0, 20), ...clips("c", 20)];
  const rows = known.map(({ views: [view] }) => floatsOf(view["moonshine-tiny.statistics"]!));
  const vectors = fed(
    "x",
    [40, 2 * width],
    rows.flatMap((row) => [...row]),
  );
  const { distance } = await evaluate({ distance: fitted.oodReference!.distance(vectors.tensor) }, [
    vectors,
  ]);
  expect([...distance!].map((logit) => logit > 0)).toEqual(known.map((_, row) => row < 20));
});

/** The deviations of a view's layers, doubled: a sound of another kind. */
function louder(view: Inputs): Inputs {
  const statistics = floatsOf(view["moonshine-tiny.statistics"]!);
  const changed = statistics.map((value, i) => (i < width ? value : 2 * value));
  return { "moonshine-tiny.statistics": toFloat16(changed) };
}
