type Branch = Readonly<Record<string, unknown>>;

const isBranch = (value: unknown): value is Branch =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/**
 * How `recipe` differs from `base`, one phrase a setting: `training.epochs: 50 instead of 30`,
 * `no training.mixup`. Name and description of a recipe are not settings.
 */
export function recipeDifference(base: Branch, recipe: Branch): string[] {
  const unnamed = { name: "", description: "" };
  return differences({ ...base, ...unnamed }, { ...recipe, ...unnamed }, "");
}

function differences(from: unknown, to: unknown, path: string): string[] {
  if (isBranch(to) && (isBranch(from) || from === undefined)) {
    return [...new Set([...Object.keys(from ?? {}), ...Object.keys(to)])].flatMap((key) =>
      differences(from?.[key], to[key], path === "" ? key : `${path}.${key}`),
    );
  }
  const [before, after] = [JSON.stringify(from), JSON.stringify(to)];
  if (before === after) return [];
  if (to === undefined) return [`no ${path}`];
  return [from === undefined ? `${path}: ${after}` : `${path}: ${after} instead of ${before}`];
}
