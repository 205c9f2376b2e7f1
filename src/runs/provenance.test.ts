import { expect, test } from "vitest";
import { readProvenance } from "./provenance.ts";

test("a model trained here says on what, from which recipe, and where its window lay", () => {
  const recipe = { name: "cnn", seed: 7, features: { window: "start", frames: 32 } };
  const provenance = { corpus: "calls", companions: ["meld"], protocol: "all", fold: 1, recipe };
  expect(readProvenance({ provenance })).toEqual({
    trainedOn: ["calls", "meld"],
    recipe,
    seed: 7,
    window: "start",
  });
});

test("what its encoders and its teachers were trained on counts too", () => {
  const provenance = { corpus: "calls", adaptedOn: ["crema-d"], taughtOn: ["calls", "meld"] };
  expect(readProvenance({ provenance }).trainedOn).toEqual(["calls", "crema-d", "meld"]);
});

test.each([
  {},
  { corpus: 3, companions: "meld", recipe: "cnn" },
  { companions: ["meld"], recipe: { seed: "7", features: { window: "end" } } },
])("a model of other making says nothing that counts: %j", (provenance) => {
  expect(readProvenance({ provenance })).toMatchObject({
    trainedOn: [],
    seed: 0,
    window: "speech",
  });
});
