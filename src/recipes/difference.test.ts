import { expect, test } from "vitest";
import { recipeDifference } from "./difference.ts";

test("recipes differ by their settings, not by their names", () => {
  const base = {
    name: "a",
    training: { epochs: 30, mixup: 0.2, sound: { copies: 2, speed: [1, 2] } },
    pools: [[2, 2]],
  };
  const average = { decay: 0.9, from: 2 };
  const recipe = { name: "b", training: { epochs: 50, average }, pools: [[2, 2]], seed: 2 };
  expect(recipeDifference(base, recipe)).toEqual([
    "training.epochs: 50 instead of 30",
    "no training.mixup",
    "no training.sound",
    "training.average.decay: 0.9",
    "training.average.from: 2",
    "seed: 2",
  ]);
});
