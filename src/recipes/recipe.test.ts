import { expect, test } from "vitest";
import { z } from "zod";
import { defineModel } from "../models/definition.ts";
import { isObject } from "../shared/is-object.ts";
import { recipeJsonSchema } from "./json-schema.ts";
import { parseExperiment, type Recipe } from "./recipe.ts";

const parseRecipe = async (content: unknown, origin: string): Promise<Recipe> =>
  (await parseExperiment(content, origin)).recipe;
const smallest = { name: "trial", description: "", model: { kind: "audio-cnn" } };

test("what a recipe leaves out is written out, the reference network among it", async () => {
  const recipe = await parseRecipe(smallest, "here");
  expect(recipe.model).toEqual({
    kind: "audio-cnn",
    channels: [16, 32, 64, 128, 256],
    head: "flatten",
    hidden: 256,
    dropout: 0.5,
  });
  expect(recipe.features).toMatchObject({ sampleRate: 16_000, nMels: 128, frames: 256 });
  expect(recipe.training).toMatchObject({
    epochs: 50,
    batchSize: 32,
    learningRate: 0.003,
    optimizer: { kind: "adam", beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0 },
  });
});

test("a resolved recipe resolves to itself", async () => {
  const training = {
    optimizer: { kind: "sgd" },
    schedule: { kind: "cosine" },
    augmentation: { speed: [0.9, 1.1] },
    specAugment: {},
    earlyStopping: { patience: 3 },
  };
  const recipe = await parseRecipe({ ...smallest, training }, "here");
  expect(recipe.training.optimizer).toEqual({ kind: "sgd", momentum: 0.9, weightDecay: 0 });
  expect(await parseRecipe(recipe, "there")).toEqual(recipe);
  expect(await parseRecipe(JSON.parse(JSON.stringify(recipe)), "there")).toEqual(recipe);
});

const withEncoder = (encoder: object) => ({
  ...smallest,
  model: { kind: "audio-encoder", encoders: [encoder] },
});

const wrong: readonly (readonly [string, unknown, RegExp])[] = [
  ["a misspelt key", { ...smallest, trianing: {} }, /trianing/],
  [
    "a misspelt key within",
    { ...smallest, training: { learningrate: 1 } },
    /training\.learningrate/,
  ],
  [
    "a misspelt optimizer",
    { ...smallest, training: { optimizer: { kind: "adan" } } },
    /training\.optimizer/,
  ],
  [
    "an option of another optimizer",
    { ...smallest, training: { optimizer: { kind: "sgd", beta1: 0.9 } } },
    /beta1/,
  ],
  ["an encoder that there is not", withEncoder({ name: "moonshine", layers: [1] }), /encoders/],
  ["no layer", withEncoder({ name: "moonshine-base", layers: [] }), /layers/],
  ["text for a number", { ...smallest, training: { epochs: "50" } }, /training\.epochs/],
  [
    "a share above 1",
    { ...smallest, model: { kind: "audio-cnn", dropout: 1.5 } },
    /model\.dropout/,
  ],
  ["no epochs", { ...smallest, training: { epochs: 0 } }, /training\.epochs/],
  ["a name of a device", { ...smallest, name: "aux" }, /name/],
  ["a batch of a billion", { ...smallest, training: { batchSize: 1e9 } }, /batchSize/],
  [
    "channels of a billion",
    { ...smallest, model: { kind: "audio-cnn", channels: [1e9] } },
    /channels/,
  ],
  ["more words than memory holds", { ...smallest, words: { length: 1e9 } }, /words\.length/],
  [
    "blocks without end",
    { ...smallest, model: { kind: "audio-cnn", channels: Array(1e5).fill(8) } },
    /model\.channels/,
  ],
  ["a name that is no folder's", { ...smallest, name: "../up" }, /name/],
  ["no model", { name: "trial", description: "" }, /model/],
  ["a list", [], /object/],
  ["null", null, /object/],
];

test.each(wrong)("%s is refused with its name and the file's", async (_, content, message) => {
  const error = await parseRecipe(content, "mine.json").catch((caught: unknown) => caught);
  expect(error).toMatchObject({ name: "UndertoneError", code: "recipe-invalid" });
  expect(String(error)).toMatch(message);
  expect(String(error)).toContain("mine.json is not a recipe");
});

test.each([
  ["lr", "training", "learningRate"],
  ["learningrate", "training", "learningRate"],
  ["epoch", "training", "epochs"],
  ["epohcs", "training", "epochs"],
  ["averageDecay", "training", "emaDecay"],
  ["optimiser", "training", "optimizer"],
  ["companions", "training", "extraData"],
  ["sound", "training", "augmentation"],
  ["largestVocabulary", "words", "maxVocabularySize"],
  ["minimalCount", "words", "minFrequency"],
  ["nMel", "features", "nMels"],
  ["chanels", "model", "channels"],
  ["drop_out", "model", "dropout"],
])("the error of an unrecognized %s in %s names %s", async (key, place, right) => {
  const content = { ...smallest, [place]: { ...(place === "model" && smallest.model), [key]: 1 } };
  await expect(parseRecipe(content, "here")).rejects.toThrow(
    `${place}.${key}: unrecognized key. Did you mean ${place}.${right}?`,
  );
});

test("a key within a list or without a near one gets the keys that there are", async () => {
  const robustnessTests = [{ name: "asr-20", werd: 1 }];
  await expect(parseRecipe({ ...smallest, robustnessTests }, "here")).rejects.toThrow(
    /robustnessTests\.0\.werd: .* Known: name, wordErrorRate, missing/,
  );
  await expect(parseRecipe({ ...smallest, conditions: [] }, "here")).rejects.toThrow(
    "conditions: unrecognized key. Did you mean robustnessTests?",
  );
});

test("a key in the wrong place gets its own one, and each problem is named once", async () => {
  await expect(parseRecipe({ ...smallest, epochs: 3 }, "here")).rejects.toThrow(
    "epochs: unrecognized key. Did you mean training.epochs?",
  );
  const content = { ...smallest, model: { kind: "audio-cnn", dropout: 2 } };
  await expect(parseRecipe(content, "here")).rejects.toThrow(
    /recipe:\n {2}model\.dropout: expected number to be <1$/,
  );
});

test("a model of one's own is a kind that recipes can name", async () => {
  const own = defineModel({
    kind: "own-model",
    description: "",
    options: { size: z.int().default(3) },
    inputs: ["words"],
  });
  const content = { ...smallest, model: { kind: "own-model" } };
  const { recipe, model } = await parseExperiment(content, "here", [own]);
  expect(recipe.model).toEqual({ kind: "own-model", size: 3 });
  expect(model).toBe(own);
  await expect(parseRecipe(content, "here")).rejects.toMatchObject({ code: "recipe-invalid" });
});

/** The names of all settings in a JSON schema. */
function settingsOf(schema: unknown): string[] {
  if (Array.isArray(schema)) return schema.flatMap(settingsOf);
  if (typeof schema !== "object" || schema === null) return [];
  return Object.entries(schema).flatMap(([key, inner]: [string, unknown]) => {
    if (key !== "properties" || typeof inner !== "object" || inner === null)
      return settingsOf(inner);
    return [...Object.keys(inner), ...settingsOf(Object.values(inner))];
  });
}

test("the JSON schema for editors has every setting", async () => {
  const settings = new Set(settingsOf(await recipeJsonSchema()));
  expect(settings.size).toBeGreaterThan(80);
  for (const name of ["learningRate", "robustnessTests", "views", "channels", "wordDropout"])
    expect(settings).toContain(name);
});

test("every number has limits", async () => {
  const open: string[] = [];
  const look = (schema: unknown, path: string): void => {
    if (Array.isArray(schema)) schema.forEach((part, n) => look(part, `${path}.${n}`));
    if (!isObject(schema)) return;
    const { type, minimum, exclusiveMinimum, maximum, exclusiveMaximum } = schema;
    if (type === "number" || type === "integer") {
      const least = Number(minimum ?? exclusiveMinimum);
      const most = Number(maximum ?? exclusiveMaximum);
      if (!(least >= -1000 && most <= 1e6)) open.push(path);
    }
    for (const [key, part] of Object.entries(schema)) {
      // Ranges have limits of their own, by rules.
      if (key !== "prefixItems") look(part, `${path}.${key}`);
    }
  };
  look(await recipeJsonSchema(), "");
  expect(open).toEqual([".properties.seed"]);
});
