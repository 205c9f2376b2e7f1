/** Nine points of matplotlib's colormap "magma", red, green and blue. @see https://bids.github.io/colormap */
const magma = [
  [0, 0, 4],
  [28, 16, 68],
  [79, 18, 123],
  [129, 37, 129],
  [181, 54, 122],
  [229, 80, 100],
  [251, 135, 97],
  [254, 194, 135],
  [252, 253, 191],
] as const;

/** Returns the color of a level from 0 to 1: red, green and blue, 0 to 255. */
export function magmaAt(level: number): number[] {
  const place = level * (magma.length - 1);
  const below = Math.min(Math.floor(place), magma.length - 2);
  return magma[below]!.map((from, channel) =>
    Math.round(from + (magma[below + 1]![channel]! - from) * (place - below)),
  );
}
