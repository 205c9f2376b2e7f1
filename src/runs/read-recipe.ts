import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { UndertoneError } from "../shared/errors.ts";
import { fileError } from "../shared/files.node.ts";
import { isObject } from "../shared/is-object.ts";
import { parseRecipe, type Recipe } from "./recipe.ts";

/**
 * Reads a recipe from a JSON file. Its key `extends` may name another recipe, relative to its own
 * folder, and then the file only says what differs: objects are merged key by key, `null` takes a
 * key out. The members of a late fusion, an ensemble or a teacher are paths of recipes too, and so is a start.
 * @throws UndertoneError `file-not-found`, `file-unreadable`, `recipe-invalid`
 */
export async function readRecipe(path: string): Promise<Recipe> {
  return parseRecipe(await readWhole(path, []), path);
}

/** A recipe with others in the place of their paths; `within` are those that it is a part of. */
async function readWhole(path: string, within: readonly string[]): Promise<unknown> {
  const own = resolve(path);
  if (within.includes(own)) {
    throw new UndertoneError(
      "recipe-invalid",
      `${path}: a recipe cannot be its own start, nor a member of itself`,
    );
  }
  return withOthers(await readMerged(path, []), async (other) =>
    typeof other === "string" ? readWhole(other, [...within, own]) : other,
  );
}

/** A recipe and what it extends, the paths of others made absolute. */
async function readMerged(path: string, extending: readonly string[]): Promise<unknown> {
  const content = await withOthers(await readJson(path), async (other) =>
    typeof other === "string" ? resolve(dirname(path), other) : other,
  );
  if (!isObject(content) || content["extends"] === undefined) return content;
  const { extends: base, ...changes } = content;
  const chain = [...extending, resolve(path)];
  if (typeof base !== "string" || chain.includes(resolve(dirname(path), base))) {
    throw new UndertoneError(
      "recipe-invalid",
      `${path}: "extends" must be the path of another recipe that does not lead back to this one`,
    );
  }
  return merge(await readMerged(resolve(dirname(path), base), chain), changes);
}

/** A recipe with each other one that it names, as its start or a member, replaced. */
async function withOthers(
  content: unknown,
  replace: (other: unknown) => Promise<unknown>,
): Promise<unknown> {
  if (!isObject(content)) return content;
  const replaced: Record<string, unknown> = { ...content };
  if ("start" in content) replaced["start"] = await replace(content["start"]);
  for (const part of ["model", "teacher"]) {
    if (!isObject(content[part])) continue;
    const runs: Record<string, unknown> = { ...content[part] };
    for (const key of ["voice", "words"]) {
      if (key in runs) runs[key] = await replace(runs[key]);
    }
    const { members } = runs;
    if (Array.isArray(members)) runs["members"] = await Promise.all(members.map(replace));
    replaced[part] = runs;
  }
  return replaced;
}

async function readJson(path: string): Promise<unknown> {
  const text = await readFile(path, "utf8").catch((error: unknown) => {
    throw fileError(path, error);
  });
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new UndertoneError("recipe-invalid", `${path} is not JSON: ${String(cause)}`, { cause });
  }
}

function merge(base: unknown, changes: unknown): unknown {
  if (!isObject(base) || !isObject(changes)) return changes;
  const merged = new Map(Object.entries(base));
  for (const [key, value] of Object.entries(changes)) {
    if (value === null) merged.delete(key);
    else merged.set(key, merge(merged.get(key), value));
  }
  return Object.fromEntries(merged);
}
