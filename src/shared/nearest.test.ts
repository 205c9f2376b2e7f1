import { expect, test } from "vitest";
import { nearest } from "./nearest.ts";

const candidates = ["learningRate", "epochs", "optimizer"];

test.each([
  ["learning_rate", "learningRate"],
  ["LEARNINGRATE", "learningRate"],
  ["epoch", "epochs"],
  ["epohcs", "epochs"],
  ["optimiser", "optimizer"],
  ["lr", "learningRate"],
])("%s means %s", (name, right) => {
  expect(nearest(name, candidates, { learningRate: ["lr"] })).toBe(right);
});

test.each(["lr", "momentum", ""])("%j means none of them", (name) => {
  expect(nearest(name, candidates)).toBeUndefined();
});

test("among no candidates there is none", () => {
  expect(nearest("epochs", [])).toBeUndefined();
});
