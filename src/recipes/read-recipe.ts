import { readdir } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { readText } from "../datasets/table.ts";
import type { ModelDefinition } from "../models/definition.ts";
import { UndertoneError } from "../shared/errors.ts";
import { isObject } from "../shared/is-object.ts";
import { nearest } from "../shared/nearest.ts";
import { type Experiment, parseExperiment, type Recipe } from "./recipe.ts";

/** The recipes that come with the package. */
const shippedFolder = fileURLToPath(new URL("../../recipes/", import.meta.url));

/**
 * Reads a recipe: by its name one that comes with the package, by its path any JSON file. The key `extends` names
 * another recipe, relative to the file's folder, of which the file is the difference: objects are merged key by
 * key, `null` removes a key.
 * @param settings applied last, each `key.path=value`; the value is JSON, or else text
 * @throws UndertoneError `file-not-found`, `file-unreadable`, `recipe-invalid`
 * @example
 * ```ts
 * import { readRecipe } from "undertone/train";
 *
 * const recipe = await readRecipe("audio-cnn", ["training.epochs=9"]);
 * const epochs = recipe.training.epochs; // → 9
 * ```
 */
export async function readRecipe(
  nameOrPath: string,
  settings: readonly string[] = [],
): Promise<Recipe> {
  const { recipe } = await readExperiment(nameOrPath, { settings });
  return recipe;
}

/** How a recipe is read. */
export interface RecipeOptions {
  /** Applied last, each `key.path=value`. */
  readonly settings: readonly string[];
  /** Kinds of models beside the package's. */
  readonly models?: readonly ModelDefinition[] | undefined;
}

/** Reads a recipe as `readRecipe` does, with the definition of its kind of model. @throws UndertoneError as there */
export async function readExperiment(
  nameOrPath: string,
  options: RecipeOptions,
): Promise<Experiment> {
  const path = await recipePath(nameOrPath);
  return parseChanged(await readMerged(path, []), nameOrPath, options);
}

/**
 * Resolves to the experiment of a file's content with some settings changed.
 * @param origin names the content in errors
 * @throws UndertoneError `recipe-invalid`, naming the content or else the settings; `usage`
 */
export async function parseChanged(
  content: unknown,
  origin: string,
  { settings, models }: RecipeOptions,
): Promise<Experiment> {
  if (settings.length === 0) return parseExperiment(content, origin, models);
  const changed = settings.reduce((merged, each) => merge(merged, settingOf(each)), content);
  const isRight = await parseExperiment(content, origin, models).then(
    () => true,
    () => false,
  );
  return parseExperiment(
    changed,
    isRight ? `${origin} with the settings of --set` : origin,
    models,
  );
}

/** Returns the names of the recipes that come with the package. */
export async function recipeNames(): Promise<string[]> {
  const names = await readdir(shippedFolder);
  return names
    .filter((name) => name.endsWith(".json") && name !== "schema.json")
    .map((name) => name.slice(0, -".json".length))
    .toSorted((a, b) => a.localeCompare(b, "en"));
}

/** A name has neither a folder nor an ending. */
async function recipePath(nameOrPath: string): Promise<string> {
  if (!/^[a-z0-9][a-z0-9+-]*$/.test(nameOrPath)) return nameOrPath;
  const names = await recipeNames();
  if (names.includes(nameOrPath)) return join(shippedFolder, `${nameOrPath}.json`);
  const guess = nearest(nameOrPath, names);
  const hint = guess === undefined ? "" : ` Did you mean ${guess}?`;
  throw new UndertoneError(
    "file-not-found",
    `There is no recipe ${nameOrPath}.${hint} See: undertone recipes list. A file of your own is named by its path, as in ./${nameOrPath}.json.`,
  );
}

/** A recipe and what it extends. */
async function readMerged(path: string, extending: readonly string[]): Promise<unknown> {
  const content = await readJson(path);
  if (!isObject(content)) return content;
  const { $schema: _, extends: base, ...changes } = content;
  if (base === undefined) return changes;
  const chain = [...extending, resolve(path)];
  if (typeof base !== "string" || chain.includes(resolve(dirname(path), base))) {
    throw new UndertoneError(
      "recipe-invalid",
      `${path}: "extends" must be the path of another recipe that does not lead back to this one.`,
    );
  }
  return merge(await readMerged(resolve(dirname(path), base), chain), changes);
}

async function readJson(path: string): Promise<unknown> {
  const text = await readText(path);
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new UndertoneError("recipe-invalid", `${path} is not JSON: ${String(cause)}`, { cause });
  }
}

/** `training.epochs=3` as the object that it changes. */
function settingOf(setting: string): unknown {
  const [path, ...rest] = setting.split("=");
  if (!path || rest.length === 0) {
    throw new UndertoneError(
      "usage",
      `--set needs key=value, as in training.epochs=3; got ${setting}.`,
    );
  }
  return path
    .split(".")
    .reduceRight<unknown>((value, key) => ({ [key]: value }), parsed(rest.join("=")));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
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
