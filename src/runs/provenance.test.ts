import { expect, test } from "vitest";
import { readProvenance } from "./provenance.ts";

test("a model's corpora, recipe and seed are those of its card", () => {
  const recipe = { name: "cnn", seed: 7, features: { window: "start", frames: 32 } };
  const provenance = { corpora: ["calls", "meld"], protocol: "all", fold: 1, seed: 7, recipe };
  expect(readProvenance({ provenance })).toEqual({ corpora: ["calls", "meld"], recipe, seed: 7 });
});

test.each([{}, { corpora: "meld", seed: "7", recipe: "cnn" }, { corpora: [3], recipe: null }])(
  "a model of other making gives nothing: %j",
  (provenance) => {
    expect(readProvenance({ provenance })).toEqual({ corpora: [], seed: 0, recipe: {} });
  },
);

test("what a model was calibrated on counts as seen", () => {
  const provenance = { corpora: ["a"], calibratedOn: ["b", "a"] };
  expect(readProvenance({ provenance }).corpora).toEqual(["a", "b"]);
});
