import { expect, test } from "vitest";
import { parseExperiment } from "../recipes/recipe.ts";
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
  parseExperiment(
    {
      name: "trial",
      validationSpeakers: 1,
      training: { batchSize: 4 },
      ...settings,
      model: { kind },
    },
    "test",
  );

const both = ["happy", "sad"];
const four = dataOf(both, both, both, both);

test("folds are as many as asked for, or as there are speakers where nobody asks", async () => {
  const [five, two, plain] = await Promise.all([
    experimentWith({ folds: 5 }),
    experimentWith({ folds: 2 }),
    experimentWith({}),
  ]);
  expect(planFolds(plain, four, undefined)).toHaveLength(4);
  expect(planFolds(two, four, undefined)).toHaveLength(2);
  expect(() => planFolds(five, four, undefined)).toThrow(
    expect.objectContaining({ code: "dataset-invalid" }),
  );
});

test("a label that a training split lacks is named with its fold", async () => {
  const experiment = await experimentWith({});
  const alone = dataOf(both, both, both, [...both, "bored"]);
  const folds = (numbers?: number[]) => planFolds(experiment, alone, numbers);
  expect(() => folds()).toThrow(
    expect.objectContaining({
      code: "dataset-invalid",
      fold: expect.any(Number),
      message: expect.stringMatching(/labeled bored \(\d of its test clips are\)/),
    }),
  );
});

test("one label alone is refused", async () => {
  const experiment = await experimentWith({});
  expect(() => planFolds(experiment, dataOf(["sad"], ["sad"]), undefined)).toThrow(
    expect.objectContaining({ code: "dataset-invalid" }),
  );
});

test("a batch larger than a training split is refused with one that fits, where there are batches", async () => {
  const training = { batchSize: 32 };
  const network = await experimentWith({ training });
  expect(() => planFolds(network, four, undefined)).toThrow(
    expect.objectContaining({
      code: "recipe-invalid",
      message: expect.stringContaining("trains on 8 clips, fewer than training.batchSize (32)"),
    }),
  );
  const fitted = await experimentWith({ training }, "text-majority");
  expect(planFolds(fitted, four, undefined)).toHaveLength(4);
});

test("where dimensions are predicted labels need not be in every training split", async () => {
  const experiment = await experimentWith({});
  const alone = dataOf(both, both, both, [...both, "bored"]);
  const rated = { ...alone, dimensions: [{ name: "arousal" as const, low: 1, high: 7 }] };
  expect(planFolds(experiment, rated, undefined)).toHaveLength(4);
});
