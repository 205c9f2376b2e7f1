import { isObject } from "../shared/is-object.ts";

type Settings = Readonly<Record<string, unknown>>;

/**
 * Returns how `recipe` differs from `base`, one phrase a setting: `training.epochs: 50 instead of 30`,
 * `no training.mixupAlpha`. Name and description do not count.
 */
export function recipeDifference(base: Settings, recipe: Settings): string[] {
  const ignored = { name: "", description: "" };
  return differences({ ...base, ...ignored }, { ...recipe, ...ignored }, "");
}

function differences(from: unknown, to: unknown, path: string): string[] {
  if (isObject(to) && (isObject(from) || from === undefined)) {
    return [...new Set([...Object.keys(from ?? {}), ...Object.keys(to)])].flatMap((key) =>
      differences(from?.[key], to[key], path === "" ? key : `${path}.${key}`),
    );
  }
  const [before, after] = [JSON.stringify(from), JSON.stringify(to)];
  if (before === after) return [];
  if (to === undefined) return [`no ${path}`];
  return [from === undefined ? `${path}: ${after}` : `${path}: ${after} instead of ${before}`];
}
