import { isObject } from "../shared/is-object.ts";

type Settings = Readonly<Record<string, unknown>>;

/** A recipe inside another: its name says enough where the other has none there. */
const isRecipe = (value: unknown): value is { readonly name: string } =>
  isObject(value) && typeof value["name"] === "string" && "training" in value;

/**
 * How `recipe` differs from `base`, one phrase a setting: `training.epochs: 50 instead of 30`,
 * `no training.mixup`. Its own name is no setting, and no description is.
 */
export function recipeDifference(base: Settings, recipe: Settings): string[] {
  return differences({ ...base, name: "" }, { ...recipe, name: "" }, "");
}

function differences(from: unknown, to: unknown, path: string): string[] {
  if (from === undefined && isRecipe(to)) return [`${path}: ${to.name}`];
  if (isObject(to) && (isObject(from) || from === undefined)) {
    return [...new Set([...Object.keys(from ?? {}), ...Object.keys(to)])]
      .filter((key) => key !== "description")
      .flatMap((key) => differences(from?.[key], to[key], path === "" ? key : `${path}.${key}`));
  }
  const [before, after] = [JSON.stringify(from), JSON.stringify(to)];
  if (before === after) return [];
  if (to === undefined) return [`no ${path}`];
  return [from === undefined ? `${path}: ${after}` : `${path}: ${after} instead of ${before}`];
}
