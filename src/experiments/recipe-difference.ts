/** The leaves of a recipe by their path: `training.epochs` → `50`. */
function leavesOf(value: unknown, path: string): [path: string, value: string][] {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return [[path, JSON.stringify(value)]];
  }
  return Object.entries(value).flatMap(([key, inner]) =>
    leavesOf(inner, path === "" ? key : `${path}.${key}`),
  );
}

/**
 * How `recipe` differs from `base`, one phrase a setting: `training.epochs: 50 instead of 30`,
 * `no training.mixup`. Name and description of a recipe are not settings.
 */
export function recipeDifference(
  base: Readonly<Record<string, unknown>>,
  recipe: Readonly<Record<string, unknown>>,
): string[] {
  const [before, after] = [base, recipe].map((side) => new Map(leavesOf(side, "")));
  return [...new Set([...before!.keys(), ...after!.keys()])]
    .filter((path) => path !== "name" && path !== "description")
    .filter((path) => before!.get(path) !== after!.get(path))
    .map((path) => {
      const [from, to] = [before!.get(path), after!.get(path)];
      if (to === undefined) return `no ${path}`;
      return from === undefined ? `${path}: ${to}` : `${path}: ${to} instead of ${from}`;
    });
}
