import { expect, test } from "vitest";
import { Random } from "../../shared/random.ts";
import { mixup } from "./mixup.ts";
import { maskSpectrogram } from "./spec-augment.ts";

const nMels = 40;
const frames = 100;

/** Which rows and columns of a masked spectrogram of ones are wholly 0, and whether anything else is. */
function maskedLines(spectrogram: Float32Array): { mels: number[]; times: number[] } {
  const mels = Array.from({ length: nMels }, (_, mel) => mel).filter((mel) =>
    spectrogram.subarray(mel * frames, (mel + 1) * frames).every((x) => x === 0),
  );
  const times = Array.from({ length: frames }, (_, t) => t).filter((t) =>
    Array.from({ length: nMels }, (_, mel) => spectrogram[mel * frames + t]!).every((x) => x === 0),
  );
  spectrogram.forEach((x, index) => {
    const inMask = mels.includes(Math.floor(index / frames)) || times.includes(index % frames);
    expect(x).toBe(inMask ? 0 : 1);
  });
  return { mels, times };
}

test("one mask of each kind covers one range of mels and one of frames, of widths from 0 to the limit", () => {
  const widths = { mels: new Set<number>(), times: new Set<number>() };
  for (let seed = 0; seed < 60; seed++) {
    const spectrogram = new Float32Array(nMels * frames).fill(1);
    const options = {
      frames,
      timeMasks: 1,
      maxTimeWidth: 6,
      frequencyMasks: 1,
      maxFrequencyWidth: 3,
    };
    maskSpectrogram(spectrogram, options, new Random(seed));
    const { mels, times } = maskedLines(spectrogram);
    for (const lines of [mels, times]) {
      // without gaps
      expect((lines.at(-1) ?? -1) - (lines[0] ?? 0) + 1).toBe(lines.length);
    }
    widths.mels.add(mels.length);
    widths.times.add(times.length);
  }
  expect(widths.mels).toEqual(new Set([0, 1, 2, 3]));
  expect(widths.times).toEqual(new Set([0, 1, 2, 3, 4, 5, 6]));
});

test("masks have the value asked for, also when they may cover everything", () => {
  const spectrogram = new Float32Array(4).fill(1);
  const options = { frames: 2, maxTimeWidth: 99, maxFrequencyWidth: 99, timeMasks: 50, fill: -3 };
  maskSpectrogram(spectrogram, options, new Random(1));
  expect([...spectrogram]).toEqual([-3, -3, -3, -3]);
});

test("no masks, no change; the same seed, the same masks", () => {
  const untouched = new Float32Array(200).fill(1);
  maskSpectrogram(untouched, { frames: 10, timeMasks: 0, frequencyMasks: 0 }, new Random(1));
  expect(untouched.every((x) => x === 1)).toBe(true);
  const twice = [1, 2].map(() => {
    const spectrogram = new Float32Array(nMels * frames).fill(1);
    maskSpectrogram(spectrogram, { frames }, new Random(5));
    return spectrogram;
  });
  expect(twice[0]).toEqual(twice[1]);
});

test("refuses rows that are not filled", () => {
  expect(() => maskSpectrogram(new Float32Array(15), { frames: 10 }, new Random(1))).toThrow(
    RangeError,
  );
});

/** Items with the inputs i and [i, 10 i] and the one-hot label i. */
const batch = (items: number) => ({
  inputs: {
    one: Float32Array.from({ length: items }, (_, i) => i),
    two: Float32Array.from({ length: 2 * items }, (_, i) => Math.floor(i / 2) * (i % 2 ? 10 : 1)),
  },
  labels: Float32Array.from({ length: items * items }, (_, i) => (i % (items + 1) === 0 ? 1 : 0)),
  items,
});

test("inputs and labels are mixed by the same weights", () => {
  const items = 16;
  const mixed = mixup(batch(items), 0.4, new Random(3));
  for (let item = 0; item < items; item++) {
    const label = mixed.labels.subarray(item * items, (item + 1) * items);
    const expected = label.reduce((sum, probability, i) => sum + probability * i, 0);
    expect(label.reduce((sum, probability) => sum + probability, 0)).toBeCloseTo(1, 5);
    expect(label.filter((probability) => probability > 0).length).toBeLessThanOrEqual(2);
    const { one, two } = mixed.inputs;
    expect(one![item]).toBeCloseTo(expected, 4);
    expect(two![2 * item]).toBeCloseTo(expected, 4);
    expect(two![2 * item + 1]).toBeCloseTo(10 * expected, 3);
  }
  expect(mixup(batch(items), 0.4, new Random(3))).toEqual(mixed);
});

test.each([0.2, 1, 8])("weights have the moments of Beta(%f, %f)", (alpha) => {
  const weights: number[] = [];
  for (let seed = 0; seed < 400; seed++) {
    const items = 8;
    const { labels } = mixup(batch(items), alpha, new Random(seed, alpha));
    for (let item = 0; item < items; item++) {
      const own = labels[item * items + item]!;
      const others = labels.subarray(item * items, (item + 1) * items).filter((p) => p > 0).length;
      if (own < 1 || others > 1) weights.push(own); // not those mixed with themselves
    }
  }
  const mean = weights.reduce((sum, w) => sum + w, 0) / weights.length;
  const variance = weights.reduce((sum, w) => sum + (w - mean) ** 2, 0) / weights.length;
  expect(Math.abs(mean - 0.5)).toBeLessThan(0.03);
  expect(Math.abs(variance - 1 / (4 * (2 * alpha + 1)))).toBeLessThan(0.012);
});

test("a vanishing alpha leaves items whole", () => {
  const { labels } = mixup(batch(8), 1e-5, new Random(1));
  for (const probability of labels) expect([0, 1]).toContain(Math.round(probability * 1e6) / 1e6);
});

test.each([
  [{ inputs: { x: new Float32Array(3) }, labels: new Float32Array(2), items: 2 }, 1],
  [{ inputs: { x: new Float32Array(2) }, labels: new Float32Array(3), items: 2 }, 1],
  [batch(2), 0],
])("refuses what does not fit (%#)", (wrong, alpha) => {
  expect(() => mixup(wrong, alpha, new Random(1))).toThrow(RangeError);
});
