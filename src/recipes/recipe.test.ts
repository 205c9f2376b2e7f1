import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { z } from "zod";
import { overrideRecipe, parseRecipe, recipeSchema } from "./recipe.ts";

const smallest = { name: "trial", description: "", model: { kind: "audio-cnn" } };

test("what a recipe leaves out is written out, the brief's network among it", () => {
  const recipe = parseRecipe(smallest, "here");
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

test("a resolved recipe resolves to itself", () => {
  const training = {
    optimizer: { kind: "sgd" },
    schedule: { kind: "cosine" },
    sound: { speed: [0.9, 1.1] },
    specAugment: {},
    earlyStopping: { patience: 3 },
  };
  const recipe = parseRecipe({ ...smallest, training }, "here");
  expect(recipe.training.optimizer).toEqual({ kind: "sgd", momentum: 0.9, weightDecay: 0 });
  expect(parseRecipe(recipe, "there")).toEqual(recipe);
  expect(parseRecipe(JSON.parse(JSON.stringify(recipe)), "there")).toEqual(recipe);
});

const heardThrough = (encoder: object) => ({
  ...smallest,
  model: { kind: "audio-encoder", encoders: [encoder] },
});

const gated = { ...smallest, model: { kind: "fusion-gated" } };

const wrong: readonly (readonly [string, unknown, RegExp])[] = [
  ["a misspelt key", { ...smallest, trianing: {} }, /trianing/],
  [
    "a misspelt key within",
    { ...smallest, training: { learningrate: 1 } },
    /learningrate[^]*training/,
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
  [
    "a member of an ensemble that starts from what reads",
    {
      ...smallest,
      model: {
        kind: "ensemble",
        members: [{ ...smallest, start: { ...smallest, model: { kind: "text-gru" } } }],
      },
    },
    /usesAudio and does not read[^]*start/,
  ],
  [
    "heads apart without an encoder",
    { ...smallest, training: { companions: { heads: "apart" } } },
    /audio-encoder only[^]*heads/,
  ],
  [
    "a start that reads",
    { ...smallest, start: { ...smallest, model: { kind: "text-gru" } } },
    /usesAudio and does not read[^]*start/,
  ],
  [
    "a teacher that reads what a provider heard",
    {
      ...smallest,
      teacher: { members: [{ ...gated, words: { transcripts: "moonshine-base" } }] },
    },
    /corpus's own words[^]*teacher/,
  ],
  [
    "a teacher that only reads",
    { ...smallest, teacher: { members: [{ ...smallest, model: { kind: "text-gru" } }] } },
    /a network that usesAudio[^]*teacher/,
  ],
  [
    "a teacher of an ensemble",
    {
      ...smallest,
      model: { kind: "ensemble", members: [smallest] },
      teacher: { members: [smallest] },
    },
    /a network that usesAudio[^]*teacher/,
  ],
  ["an encoder that there is not", heardThrough({ name: "moonshine", layers: [1] }), /encoders/],
  ["no layer", heardThrough({ name: "moonshine-base", layers: [] }), /layers/],
  ["text for a number", { ...smallest, training: { epochs: "50" } }, /training\.epochs/],
  [
    "a share above 1",
    { ...smallest, model: { kind: "audio-cnn", dropout: 1.5 } },
    /model\.dropout/,
  ],
  ["no epochs", { ...smallest, training: { epochs: 0 } }, /training\.epochs/],
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

test.each(wrong)("%s is refused with its name and the file's", (_, content, message) => {
  let error: unknown;
  try {
    parseRecipe(content, "brief.json");
  } catch (caught) {
    error = caught;
  }
  expect(error).toMatchObject({ name: "UndertoneError", code: "recipe-invalid" });
  expect(String(error)).toMatch(message);
  expect(String(error)).toContain("brief.json is not a recipe");
});

test("the command line replaces protocol, seed and epochs, and is checked as a file is", () => {
  const recipe = parseRecipe(smallest, "here");
  const changed = overrideRecipe(recipe, { protocol: "random", seed: 7, epochs: 2 });
  expect(changed).toEqual({
    ...recipe,
    protocol: "random",
    seed: 7,
    training: { ...recipe.training, epochs: 2 },
  });
  expect(overrideRecipe(recipe, {})).toEqual(recipe);
  expect(() => overrideRecipe(recipe, { protocol: "randon" })).toThrow(/command line[^]*protocol/);
});

test.each([
  ["an ensemble", { kind: "ensemble", members: [smallest, smallest] }, ["members", 1]],
  [
    "a late fusion",
    { kind: "fusion-late", voice: smallest, words: smallest, method: "vote" },
    ["words"],
  ],
])("epochs from the command line are those of what %s fuses", (_, model, path) => {
  const recipe = overrideRecipe(parseRecipe({ ...smallest, model }, "here"), { epochs: 3 });
  expect(recipe).toHaveProperty(["model", ...path, "training", "epochs"], 3);
  expect(recipe.training.epochs).toBe(3);
});

test("a baseline has no epochs to choose", () => {
  const baseline = { ...smallest, model: { kind: "text-majority" } };
  const alone = parseRecipe(baseline, "here");
  expect(overrideRecipe(alone, { epochs: 3 })).toEqual(alone);
  const model = { kind: "ensemble", members: [smallest, baseline] };
  const both = overrideRecipe(parseRecipe({ ...smallest, model }, "here"), { epochs: 3 });
  expect(both).toHaveProperty("model.members.0.training.epochs", 3);
  expect(both).toHaveProperty("model.members.1.training.epochs", 50);
});

test("a member of an ensemble may start from a run", () => {
  const start = { ...smallest, name: "start" };
  const model = { kind: "ensemble", members: [{ ...smallest, start }], seeds: 2 };
  const recipe = parseRecipe({ ...smallest, model }, "here");
  expect(recipe.model).toMatchObject({ members: [{ start: { name: "start" } }] });
});

test("a teacher may read the corpus's own words", () => {
  const recipe = parseRecipe({ ...smallest, teacher: { members: [gated] } }, "here");
  expect(recipe.teacher).toMatchObject({ seeds: 1, weight: 0.5 });
  expect(recipe.teacher!.members[0]!.model.kind).toBe("fusion-gated");
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

test("the reference names every setting", async () => {
  const reference = await readFile(new URL("../../docs/recipes.md", import.meta.url), "utf8");
  const schema = z.toJSONSchema(recipeSchema, { io: "input", unrepresentable: "any" });
  const settings = [...new Set(settingsOf(schema))];
  expect(settings.length).toBeGreaterThan(80);
  expect(settings.filter((name) => !reference.includes(`\`${name}\``))).toEqual([]);
});
