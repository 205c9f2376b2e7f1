import { describe, expect, test } from "vitest";
import { encoderInputs } from "../models/encoder-layers.ts";
import type { Example } from "../models/example.ts";
import { trainingBatches, type BatchOptions } from "./batches.ts";
import { classWeights } from "./class-weights.ts";
import type { Batch } from "./training-step.ts";

const [rows, frames, size, classes] = [3, 4, 12, 3];

const spectrogram = (value: number): Float32Array => new Float32Array(size).fill(value);

/** A clip whose spectrogram is its number everywhere; augmented views add a quarter each. */
function example(index: number, label: number, augmented = 0): Example {
  const changed = Array.from({ length: augmented }, (_, view) => index + (view + 1) / 4);
  return {
    id: `${index}`,
    label,
    views: [
      { spectrogram: spectrogram(index) },
      ...changed.map((value) => ({ spectrogram: spectrogram(value) })),
    ],
  };
}

/** Ten clips: six of label 0, three of label 1, one of label 2. */
const labels = [0, 0, 0, 0, 0, 0, 1, 1, 1, 2];
const examples = labels.map((label, index) => example(index, label));

const optionsWith = (options: Partial<BatchOptions> = {}): BatchOptions => ({
  batchSize: 4,
  labelSmoothing: 0,
  classWeights: 0,
  extraData: { weight: 1, perClip: 1 },
  ...options,
});
const specAugment = { frequencyMasks: 2, maxFrequencyWidth: 2, timeMasks: 2, maxTimeWidth: 2 };
const seeded = { inputs: { spectrogram: [1, rows, frames] }, classes, seed: 1 };
const alone = (train: readonly Example[]) => ({ train, extra: [] });

/** First pixel of each spectrogram: the clip's number, where nothing changes it. */
const numbers = ({ inputs }: Batch): number[] =>
  Array.from(
    { length: inputs["spectrogram"]!.length / size },
    (_, row) => inputs["spectrogram"]![row * size]!,
  );
const sum = (values: Iterable<number>): number => [...values].reduce((a, b) => a + b, 0);

test("an epoch holds every example once, the last batch filled up from its start", () => {
  const data = trainingBatches(alone(examples), optionsWith(), seeded);
  expect(data.stepsPerEpoch).toBe(3);
  for (const epoch of [0, 1]) {
    const seen = [0, 1, 2].flatMap((step) => numbers(data.batch(epoch, step)));
    expect(seen.slice(0, 10).toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(seen.slice(10)).toEqual(seen.slice(0, 2));
  }
});

test("fewer examples than a batch holds fill it in turn", () => {
  const data = trainingBatches(alone(examples.slice(0, 3)), optionsWith(), seeded);
  expect(data.stepsPerEpoch).toBe(1);
  const seen = numbers(data.batch(0, 0));
  expect(seen).toHaveLength(4);
  expect(new Set(seen).size).toBe(3);
});

test("epochs differ in their order; the same epoch and step give the same batch in any order", () => {
  const changing = {
    specAugment,
    mixupAlpha: 0.4,
    labelSmoothing: 0.1,
  };
  const all = (steps: readonly (readonly [number, number])[]) => {
    const data = trainingBatches(alone(examples), optionsWith(changing), seeded);
    return new Map(steps.map(([epoch, step]) => [`${epoch}.${step}`, data.batch(epoch, step)]));
  };
  const forwards = all([
    [0, 0],
    [0, 1],
    [1, 0],
    [1, 1],
  ]);
  const backwards = all([
    [1, 1],
    [0, 1],
    [1, 0],
    [0, 0],
  ]);
  for (const [name, batch] of forwards) expect(backwards.get(name)).toEqual(batch);
  expect(forwards.get("1.0")).not.toEqual(forwards.get("0.0"));
  const other = trainingBatches(alone(examples), optionsWith(changing), { ...seeded, seed: 2 });
  expect(other.batch(0, 0)).not.toEqual(forwards.get("0.0"));
});

/** Targets of a batch as rows, or another stack of rows. */
function rowsOf(stack: Float32Array | Uint16Array, width = classes): number[][] {
  return Array.from({ length: stack.length / width }, (_, row) => [
    ...stack.subarray(row * width, (row + 1) * width),
  ]);
}

describe("targets", () => {
  test("are the label's share of the batch", () => {
    const batch = trainingBatches(alone(examples), optionsWith(), seeded).batch(0, 0);
    const clips = numbers(batch);
    for (const [row, target] of rowsOf(batch.targets).entries()) {
      expect(target).toEqual([0, 1, 2].map((label) => (label === labels[clips[row]!] ? 0.25 : 0)));
    }
  });

  test("with label smoothing give a share of each row to all classes", () => {
    const data = trainingBatches(alone(examples), optionsWith({ labelSmoothing: 0.3 }), seeded);
    const { targets } = data.batch(0, 0);
    expect(sum(targets)).toBeCloseTo(1, 6);
    for (const target of rowsOf(targets)) {
      const sorted = target.toSorted((a, b) => a - b);
      for (const [i, share] of [0.1, 0.1, 0.8].entries())
        expect(sorted[i]).toBeCloseTo(share / 4, 6);
    }
  });

  test("with class weights weigh rare labels more, and still sum to 1", () => {
    const data = trainingBatches(
      alone(examples),
      optionsWith({ classWeights: 1, batchSize: 10 }),
      seeded,
    );
    const batch = data.batch(0, 0);
    const { targets } = batch;
    expect(sum(targets)).toBeCloseTo(1, 6);
    const clips = numbers(batch);
    const byLabel = [0, 0, 0];
    for (const [row, target] of rowsOf(targets).entries())
      byLabel[labels[clips[row]!]!]! += sum(target);
    // All ten in one batch: each label has a third of the loss.
    for (const share of byLabel) expect(share).toBeCloseTo(1 / 3, 6);
  });

  test("of mixed clips are mixed with the same weights as their spectrograms", () => {
    const two = [example(0, 0), example(1, 1)];
    const data = trainingBatches(alone(two), optionsWith({ mixupAlpha: 1, batchSize: 16 }), seeded);
    const batch = data.batch(0, 0);
    const { targets } = batch;
    expect(sum(targets)).toBeCloseTo(1, 5);
    const values = numbers(batch);
    for (const [row, target] of rowsOf(targets).entries()) {
      // Spectrogram 0 is all 0 and spectrogram 1 all 1, so a pixel is the share of label 1.
      expect(target[1]! * 16).toBeCloseTo(values[row]!, 5);
      expect(target[0]! * 16).toBeCloseTo(1 - values[row]!, 5);
    }
    expect(values.some((value) => value > 0.1 && value < 0.9)).toBe(true);
  });
});

test("augmented views and the original come up alike often", () => {
  const data = trainingBatches(alone([example(0, 0, 3)]), optionsWith({ batchSize: 400 }), seeded);
  const counts = new Map<number, number>();
  for (const value of numbers(data.batch(0, 0))) {
    counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  expect([...counts.keys()].toSorted((a, b) => a - b)).toEqual([0, 0.25, 0.5, 0.75]);
  for (const count of counts.values()) expect(Math.abs(count - 100)).toBeLessThan(40);
});

test("masks change the batch and leave the cached spectrogram alone", () => {
  const ramp = Float32Array.from({ length: size }, (_, i) => i);
  const masked: Example = {
    ...examples[0]!,
    views: [{ spectrogram: ramp }],
  };
  const { inputs } = trainingBatches(alone([masked]), optionsWith({ specAugment }), seeded).batch(
    0,
    0,
  );
  expect([...ramp]).toEqual(Array.from({ length: size }, (_, i) => i));
  const changed = [...inputs["spectrogram"]!].filter((value, i) => value !== i % size);
  expect(changed.length).toBeGreaterThan(0);
  // What is masked has the spectrogram's mean, or the mean of what an earlier mask left.
  for (const value of changed) expect(Math.abs(value - 5.5)).toBeLessThan(3);
});

const optionsWithLayers = (options: Partial<BatchOptions>) =>
  optionsWith({ batchSize: 8, ...options });

describe("an encoder's layers", () => {
  const name = "moonshine-tiny";
  const { hidden, mask } = encoderInputs(name);
  const frameCount = 6;
  const options = { inputs: { [hidden]: [frameCount, 1], [mask]: [frameCount] }, classes, seed: 1 };
  /** Clips of 6 and 4 frames, all of them the clip's label. */
  const clips = [6, 4].map((length, label) => ({
    ...example(label, label),
    views: [
      {
        [hidden]: new Float32Array(length).fill(label + 1),
        [mask]: new Float32Array(length).fill(1),
      },
    ] as const,
  }));

  test("are masked in some frames, at least half of which stay", () => {
    const wide = { ...specAugment, maxTimeWidth: 30 };
    const { inputs } = trainingBatches(
      alone(clips),
      optionsWithLayers({ specAugment: wide }),
      options,
    ).batch(0, 0);
    const shown = rowsOf(inputs[mask]!, frameCount).map(sum);
    const lengths = rowsOf(inputs[hidden]!, frameCount).map((row) => row.filter(Boolean).length);
    for (const [row, length] of lengths.entries()) {
      expect(shown[row]).toBeGreaterThanOrEqual(length / 2);
    }
    expect(shown).not.toEqual(lengths);
  });

  test("are mixed as long as the longer clip lasts", () => {
    const { inputs, targets } = trainingBatches(
      alone(clips),
      optionsWithLayers({ mixupAlpha: 1 }),
      options,
    ).batch(0, 0);
    const layers = rowsOf(inputs[hidden]!, frameCount);
    const masks = rowsOf(inputs[mask]!, frameCount);
    for (const [row, target] of rowsOf(targets).entries()) {
      const second = target[1]! * 8;
      expect(layers[row]![0]).toBeCloseTo(1 + second, 5);
      expect(layers[row]![5]).toBeCloseTo(1 - second, 5);
      expect(masks[row]).toEqual([1, 1, 1, 1, ...(second < 1 ? [1, 1] : [0, 0])]);
    }
  });
});

describe("extra training data", () => {
  // Many of label 0, one of label 1, none of label 2.
  const many = Array.from({ length: 30 }, (_, index) => example(100 + index, 0));
  const extra = [...many, example(200, 1)];
  const data = (perClip: number, options: Partial<BatchOptions> = {}) =>
    trainingBatches(
      { train: examples, extra },
      optionsWith({ batchSize: 40, extraData: { perClip, weight: 0.5 }, ...options }),
      seeded,
    );
  const drawnIn = (batches: ReturnType<typeof data>, epoch: number): number[] =>
    numbers(batches.batch(epoch, 0))
      .slice(0, batches.clips)
      .filter((number) => number >= 100);

  test("is drawn by the proportions of the training split, anew in each epoch", () => {
    const batches = data(2);
    expect(batches.clips).toBe(10 + 12 + 1);
    const [first, second] = [drawnIn(batches, 0), drawnIn(batches, 1)];
    for (const drawn of [first, second]) {
      expect(drawn).toHaveLength(13);
      expect(new Set(drawn).size).toBe(13);
      expect(drawn).toContain(200);
    }
    expect(new Set(first)).not.toEqual(new Set(second));
    expect(drawnIn(data(2), 1)).toEqual(second);
    expect(data(0.5).clips).toBe(10 + 3 + 1);
  });

  test.each([0, 1])(
    "weighs what the options say and shifts no label (class weights %d)",
    (power) => {
      const batches = data(2, { classWeights: power });
      const batch = batches.batch(0, 0);
      const rowWeights = rowsOf(batch.targets).slice(0, batches.clips).map(sum);
      const shown = numbers(batch).slice(0, batches.clips);
      const weightsOf = (wanted: (number: number) => boolean): number[] =>
        rowWeights.filter((_, row) => wanted(shown[row]!));
      const [own] = weightsOf((number) => number < 6);
      const [added] = weightsOf((number) => number >= 100 && number < 200);
      expect(added! / own!).toBeCloseTo(0.5, 5);
      const ofLabels = [
        weightsOf((number) => number < 6 || (number >= 100 && number < 200)),
        weightsOf((number) => (number >= 6 && number < 9) || number === 200),
        weightsOf((number) => number === 9),
      ].map(sum);
      const shares = power === 0 ? [0.6, 0.3, 0.1] : [1 / 3, 1 / 3, 1 / 3];
      for (const [label, share] of shares.entries()) {
        expect(ofLabels[label]! / sum(ofLabels)).toBeCloseTo(share, 5);
      }
    },
  );
});

describe("weights of examples", () => {
  const half = examples.map((each, index) => (index < 3 ? { ...each, weight: 0.5 } : each));
  const weightsIn = (power: number): Map<number, number> => {
    const data = trainingBatches(
      alone(half),
      optionsWith({ batchSize: 10, classWeights: power }),
      seeded,
    );
    const batch = data.batch(0, 0);
    const rowWeights = rowsOf(batch.targets).map(sum);
    return new Map(numbers(batch).map((number, row) => [number, rowWeights[row]!]));
  };

  test("scale the loss of a clip against others of its label", () => {
    for (const power of [0, 1]) {
      const weights = weightsIn(power);
      expect(weights.get(0)! / weights.get(5)!).toBeCloseTo(0.5, 5);
    }
    const weights = weightsIn(0);
    expect(weights.get(5)! / weights.get(9)!).toBeCloseTo(1, 5);
  });

  test("count where labels are balanced", () => {
    const weights = weightsIn(1);
    const ofLabel = (label: number): number =>
      sum([...weights].filter(([number]) => labels[number] === label).map(([, weight]) => weight));
    for (const label of [0, 1, 2]) expect(ofLabel(label)).toBeCloseTo(1 / 3, 5);
  });

  test("of extra data count too", () => {
    const extra = [0, 1].map((index) => ({ ...example(100 + index, 0), weight: 0.25 }));
    const data = trainingBatches(
      { train: examples, extra },
      optionsWith({ batchSize: 12, classWeights: 1 }),
      seeded,
    );
    const batch = data.batch(0, 0);
    const rowWeights = rowsOf(batch.targets).map(sum);
    const shown = numbers(batch);
    const weightOf = (number: number): number => rowWeights[shown.indexOf(number)]!;
    expect(weightOf(100) / weightOf(0)).toBeCloseTo(0.25, 5);
    const ofFirst = rowWeights.filter((_, row) => shown[row]! < 6 || shown[row]! >= 100);
    expect(sum(ofFirst)).toBeCloseTo(1 / 3, 5);
  });
});

describe("classWeights", () => {
  test("are 1 on average over the examples", () => {
    const weights = classWeights([6, 3, 1], 1);
    for (const [label, weight] of [10 / 18, 10 / 9, 10 / 3].entries()) {
      expect(weights[label]).toBeCloseTo(weight, 12);
    }
    const roots = classWeights([6, 3, 1], 0.5);
    expect(roots[2]! / roots[0]!).toBeCloseTo(Math.sqrt(6), 12);
    expect(sum(labels.map((label) => roots[label]!))).toBeCloseTo(10, 12);
    expect(sum(labels.map((label) => weights[label]!))).toBeCloseTo(10, 12);
  });

  test("leave out labels without examples, and are all 1 when not asked for", () => {
    const [first, second, absent] = classWeights([6, 3, 0], 1);
    expect([first, second]).toEqual([expect.closeTo(9 / 12, 12), expect.closeTo(9 / 6, 12)]);
    expect(absent).toBe(1);
    expect(classWeights([6, 3, 1], 0)).toEqual([1, 1, 1]);
  });
});
