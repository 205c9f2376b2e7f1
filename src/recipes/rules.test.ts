import { expect, test } from "vitest";
import { assertRecipeFits } from "./recipe-check.ts";
import { parseRecipe } from "./recipe.ts";

const moonshine = { name: "moonshine-tiny", layers: [0, 1] };
const head = (encoders: readonly object[], besides: object = {}) => ({
  kind: "audio-encoder",
  encoders,
  ...besides,
});

const check = (model: object) => () =>
  assertRecipeFits(parseRecipe({ name: "trial", description: "", model }, "here"), {
    validated: true,
  });

test.each([
  ["a layer twice", head([{ ...moonshine, layers: [1, 1] }]), /encoders\[0\]\.layers .* once/],
  ["an encoder twice", head([moonshine, { ...moonshine, layers: [2] }]), /each encoder once/],
  [
    "an encoder twice without a network",
    { kind: "linear-probe", encoders: [moonshine, moonshine] },
    /each encoder once/,
  ],
  ["a rank of nothing", head([moonshine], { tuning: { rank: 4 } }), /tuning\.rank/],
  [
    "an adapter that would be tuned",
    head([{ ...moonshine, adapter: "crema-d", tuned: 1 }]),
    /not both/,
  ],
  [
    "tuned layers of Whisper",
    head([{ name: "whisper-tiny", layers: [1], tuned: 1 }]),
    /Whisper's layers/,
  ],
])("refuses %s", (_, model, message) => {
  expect(check(model)).toThrow(message);
});

test.each([
  ["snrDb", [40, 15]],
  ["snrDb", [-100_000, 15]],
  ["shiftSec", [1e9, 1e9]],
  ["speed", [0, 1]],
])("refuses %s of %s", (change, range) => {
  const training = { sound: { [change]: range } };
  const recipe = parseRecipe(
    { name: "trial", description: "", model: head([moonshine]), training },
    "here",
  );
  expect(() => assertRecipeFits(recipe, { validated: true })).toThrow(
    `training.sound.${change} must be a range within`,
  );
});

test("an adapter of one encoder stands beside another that is tuned by a rank", () => {
  const tuned = { name: "moonshine-base", layers: [1, 3], tuned: 2 };
  const encoders = [{ ...moonshine, adapter: "crema-d" }, tuned];
  expect(check(head(encoders, { tuning: { rank: 4 } }))).not.toThrow();
});
