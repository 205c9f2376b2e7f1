import { expect, test } from "vitest";
import { neutrality, priorShift, withNeutralBias } from "./ordinary-speech.ts";

const labels = ["neutral", "calm", "angry"];
const predictions = [
  [0.2, 0.1, 0.7],
  [0.5, 0.1, 0.4],
  [0.05, 0.05, 0.9],
];

test("with much speech its mean neutrality becomes the share that is expected", () => {
  const lengths = [3e6, 1e6, 2e6];
  for (const share of [0.6, 0.8]) {
    const shift = priorShift({ predictions, lengths }, { labels, bias: 1, share });
    const mean =
      predictions.reduce((sum, row, part) => {
        const adapted = withNeutralBias(labels, row, 1 + shift);
        return sum + lengths[part]! * neutrality(labels, adapted);
      }, 0) / 6e6;
    expect(mean).toBeCloseTo(share, 3);
  }
});

test("little speech moves the bias little, and no speech moves it without end", () => {
  const expected = { labels, bias: 0, share: 0.8 };
  const [one, many] = [1, 1e9].map((length) =>
    priorShift({ predictions: [[0.2, 0.1, 0.7]], lengths: [length] }, expected),
  );
  expect(one! / many!).toBeCloseTo(1 / 7, 3);
  const certain = priorShift({ predictions: [[1e-9, 0, 1]], lengths: [1e9] }, expected);
  expect(certain).toBeCloseTo(6, 2);
});

test("speech that is more neutral than expected stays so", () => {
  const expected = { labels, bias: 6, share: 0.5 };
  expect(priorShift({ predictions, lengths: [1e6, 1e6, 1e6] }, expected)).toBeCloseTo(0, 3);
});
