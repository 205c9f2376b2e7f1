import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readRecipe } from "./read-recipe.ts";
import { parseRecipe } from "./recipe.ts";

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
  expect(await readRecipe(path)).toEqual(parseRecipe(smallest, path));
});

test("every recipe of the repository can be read", async () => {
  const recipes = new URL("../../recipes/", import.meta.url).pathname;
  const files = (await readdir(recipes, { recursive: true })).filter((f) => f.endsWith(".json"));
  expect(files.length).toBeGreaterThan(0);
  for (const file of files) {
    const { name } = await readRecipe(join(recipes, file));
    expect([basename(file, ".json"), file.replace(/\.json$/, "").replace("/", "-")]).toContain(
      name,
    );
  }
});

async function write(name: string, content: unknown): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, JSON.stringify(content));
  return path;
}

test("a recipe that extends another says only what differs", async () => {
  await mkdir(join(folder, "ablation"));
  const training = { epochs: 7, mixupAlpha: 0.3, optimizer: { kind: "adamw", weightDecay: 0.1 } };
  await write("base.json", { ...smallest, training });
  await write("ablation/middle.json", { extends: "../base.json", training: { epochs: 9 } });
  const path = await write("ablation/leaf.json", {
    extends: "middle.json",
    name: "leaf",
    training: { mixupAlpha: null, optimizer: { weightDecay: 0.2 } },
  });
  const expected = { epochs: 9, optimizer: { kind: "adamw", weightDecay: 0.2 } };
  expect(await readRecipe(path)).toEqual(
    parseRecipe({ ...smallest, name: "leaf", training: expected }, path),
  );
});

test("the members of a late fusion are recipes of their own files", async () => {
  await write("voice.json", { ...smallest, name: "heard" });
  await write("words.json", { ...smallest, name: "read", model: { kind: "text-gru" } });
  const path = await write("fusion.json", {
    ...smallest,
    model: { kind: "fusion-late", voice: "voice.json", words: "words.json", method: "vote" },
  });
  const { model } = await readRecipe(path);
  expect(model).toMatchObject({
    method: "vote",
    voice: { name: "heard", model: { kind: "audio-cnn", dropout: 0.5 } },
    words: { name: "read", model: { kind: "text-gru", embedding: 128 } },
  });
  const nested = await write("nested.json", {
    ...smallest,
    model: { ...model, voice: "fusion.json" },
  });
  await expect(readRecipe(nested)).rejects.toMatchObject({ code: "recipe-invalid" });
});

test("the members of an ensemble are recipes of their own files", async () => {
  await write("heard.json", { ...smallest, name: "heard" });
  const path = await write("ensemble.json", {
    ...smallest,
    model: { kind: "ensemble", members: ["heard.json", { ...smallest, name: "inline" }], seeds: 3 },
  });
  const { model } = await readRecipe(path);
  expect(model).toMatchObject({ seeds: 3, members: [{ name: "heard" }, { name: "inline" }] });
});

test("a start of its own stands in the place of that of what a recipe extends", async () => {
  await write("slow.json", { ...smallest, name: "slow", training: { mixupAlpha: 0.3 } });
  await write("quick.json", { ...smallest, name: "quick" });
  await write("base.json", { ...smallest, start: "slow.json" });
  const path = await write("other.json", { extends: "base.json", start: "quick.json" });
  const { start } = await readRecipe(path);
  expect(start).toEqual(await readRecipe(join(folder, "quick.json")));
});

test("recipes that are parts of themselves are refused", async () => {
  const own = await write("own.json", { ...smallest, start: "own.json" });
  await expect(readRecipe(own)).rejects.toMatchObject({
    code: "recipe-invalid",
    message: expect.stringContaining("its own start"),
  });
  const model = { kind: "ensemble", members: ["all.json"] };
  const all = await write("all.json", { ...smallest, model });
  await expect(readRecipe(all)).rejects.toMatchObject({ code: "recipe-invalid" });
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
