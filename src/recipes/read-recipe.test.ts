import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readExperiment, readRecipe, recipeNames } from "./read-recipe.ts";
import { parseExperiment, speechEncodersOf } from "./recipe.ts";
import { assertNetworkFits, assertRecipeFits } from "./rules.ts";

const smallest = { name: "trial", description: "", model: { kind: "audio-cnn" } };

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "undertone-recipe-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test("files that are missing, empty or no JSON are told apart", async () => {
  const path = join(folder, "recipe.json");
  await expect(readRecipe(path)).rejects.toMatchObject({ code: "file-not-found" });
  for (const text of ["", '{"name": "tri', "name: trial"]) {
    await writeFile(path, text);
    await expect(readRecipe(path)).rejects.toMatchObject({
      code: "recipe-invalid",
      message: expect.stringContaining("is not JSON"),
    });
  }
  await expect(readRecipe(folder)).rejects.toMatchObject({ code: "file-unreadable" });
  await writeFile(path, JSON.stringify(smallest));
  expect(await readRecipe(path)).toEqual((await parseExperiment(smallest, path)).recipe);
});

test("every recipe of the package is read by its name and fits", async () => {
  const names = await recipeNames();
  expect(names).toContain("audio-cnn-reference");
  for (const name of names) {
    const experiment = await readExperiment(name, { settings: [] });
    expect(experiment.recipe.name).toBe(name);
    assertRecipeFits(experiment, { validated: true });
    if (!speechEncodersOf(experiment)?.encoders.some(({ tuned }) => tuned > 0))
      assertNetworkFits(experiment, { classes: 8 });
  }
});

test("an unknown name gets the nearest one, and how to name a file", async () => {
  await expect(readRecipe("audio-cn")).rejects.toMatchObject({
    code: "file-not-found",
    message: expect.stringMatching(/audio-cnn\?[^]*\.\/audio-cn\.json/),
  });
});

test("an error names the settings where the recipe itself is right", async () => {
  const wrong = readRecipe("audio-cnn", ["training.epochs=many"]);
  await expect(wrong).rejects.toMatchObject({
    code: "recipe-invalid",
    message: expect.stringMatching(/--set is not a recipe:\n {2}training\.epochs: expected number/),
  });
  const path = join(folder, "recipe.json");
  await writeFile(path, JSON.stringify({ ...smallest, epochs: 3 }));
  await expect(readRecipe(path, ["seed=2"])).rejects.toMatchObject({
    message: expect.stringContaining(`${path} is not a recipe`),
  });
});

test("settings are applied last: JSON, or else text", async () => {
  const settings = [
    "training.mixupAlpha=0.3",
    "training.optimizer.kind=adamw",
    "training.earlyStopping=null",
    "protocol=random",
    "name=changed",
  ];
  const recipe = await readRecipe("audio-cnn", settings);
  expect(recipe).toMatchObject({
    name: "changed",
    protocol: "random",
    training: { mixupAlpha: 0.3, optimizer: { kind: "adamw" } },
  });
  expect(recipe.training).not.toHaveProperty("earlyStopping");
});

test.each([
  ["training.lr=1", "recipe-invalid"],
  ["training.epochs=many", "recipe-invalid"],
  ["protocol=randon", "recipe-invalid"],
  ["training.epochs", "usage"],
  ["=3", "usage"],
])("the setting %s is refused", async (setting, code) => {
  await expect(readRecipe("audio-cnn", [setting])).rejects.toMatchObject({ code });
});

async function write(name: string, content: unknown): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, JSON.stringify(content));
  return path;
}

test("a recipe that extends another holds only what differs", async () => {
  await mkdir(join(folder, "ablation"));
  const training = { epochs: 7, mixupAlpha: 0.3, optimizer: { kind: "adamw", weightDecay: 0.1 } };
  await write("base.json", { ...smallest, training });
  await write("ablation/middle.json", { extends: "../base.json", training: { epochs: 9 } });
  const path = await write("ablation/leaf.json", {
    $schema: "https://example.org/schema.json",
    extends: "middle.json",
    name: "leaf",
    training: { mixupAlpha: null, optimizer: { weightDecay: 0.2 } },
  });
  const expected = { epochs: 9, optimizer: { kind: "adamw", weightDecay: 0.2 } };
  const whole = { ...smallest, name: "leaf", training: expected };
  expect(await readRecipe(path)).toEqual((await parseExperiment(whole, path)).recipe);
});

test("recipes that extend each other, nothing, or what is not there are refused", async () => {
  const first = await write("first.json", { ...smallest, extends: "second.json" });
  await write("second.json", { ...smallest, extends: "first.json" });
  await expect(readRecipe(first)).rejects.toMatchObject({
    code: "recipe-invalid",
    message: expect.stringContaining("extends"),
  });
  const numbered = await write("numbered.json", { ...smallest, extends: 3 });
  await expect(readRecipe(numbered)).rejects.toMatchObject({ code: "recipe-invalid" });
  const lost = await write("lost.json", { ...smallest, extends: "nowhere.json" });
  await expect(readRecipe(lost)).rejects.toMatchObject({ code: "file-not-found" });
});
