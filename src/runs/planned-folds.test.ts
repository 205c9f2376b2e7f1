import { expect, test } from "vitest";
import { experimentOf, parseRecipe } from "../recipes/recipe.ts";
import { planFolds } from "./planned-folds.ts";
import type { Data } from "./read-data.ts";

/** Speakers a, b, … with two clips of each of their labels. */
function dataOf(...labels: readonly (readonly string[])[]): Data {
  const clips = labels.flatMap((own, speaker) =>
    own.flatMap((emotion) =>
      [1, 2].map((take) => {
        const speakerId = "abcdefgh"[speaker]!;
        const id = `${speakerId}-${emotion}-${take}`;
        return { id, path: `/${id}.wav`, emotion, speakerId };
      }),
    ),
  );
  return { corpus: "calls", root: "/calls", clips, leftOut: [], warnings: [] };
}

const experimentWith = (settings: object, kind = "audio-cnn") =>
  experimentOf(
    parseRecipe(
      {
        name: "trial",
        validationSpeakers: 1,
        training: { batchSize: 4 },
        ...settings,
        model: { kind },
      },
      "test",
    ),
  );

const both = ["happy", "sad"];
const four = dataOf(both, both, both, both);

test("folds are as many as asked for, or as there are speakers where nobody asks", () => {
  expect(planFolds(experimentWith({}), four, undefined)).toHaveLength(4);
  expect(planFolds(experimentWith({ folds: 2 }), four, undefined)).toHaveLength(2);
  expect(() => planFolds(experimentWith({ folds: 5 }), four, undefined)).toThrow(
    expect.objectContaining({ code: "dataset-invalid" }),
  );
});

test("a label that a training split lacks is named with its fold", () => {
  const alone = dataOf(both, both, both, [...both, "bored"]);
  const folds = (numbers?: number[]) => planFolds(experimentWith({}), alone, numbers);
  expect(() => folds()).toThrow(
    expect.objectContaining({
      code: "dataset-invalid",
      fold: expect.any(Number),
      message: expect.stringMatching(/labeled bored \(\d of its test clips are\)/),
    }),
  );
});

test("one label alone is refused", () => {
  expect(() => planFolds(experimentWith({}), dataOf(["sad"], ["sad"]), undefined)).toThrow(
    expect.objectContaining({ code: "dataset-invalid" }),
  );
});

test("a batch larger than a training split is refused with one that fits, where there are batches", () => {
  const training = { batchSize: 32 };
  expect(() => planFolds(experimentWith({ training }), four, undefined)).toThrow(
    expect.objectContaining({
      code: "recipe-invalid",
      message: expect.stringContaining("trains on 8 clips, fewer than training.batchSize (32)"),
    }),
  );
  const fitted = experimentWith({ training }, "text-majority");
  expect(planFolds(fitted, four, undefined)).toHaveLength(4);
});
