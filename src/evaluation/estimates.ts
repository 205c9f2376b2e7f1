import { bootstrapIntervals, groupsOf, type Estimate } from "./bootstrap.ts";

/** Numbers of clips, by their names. */
type Statistics<T, K extends string> = (clips: readonly T[]) => Readonly<Record<K, number>>;

interface EstimateOptions<K extends string> {
  /** What is drawn with replacement: speakers, each with all their clips (the default), or clips. */
  readonly by?: "speaker" | "clip";
  /** Numbers that only rise when clips repeat: their intervals are moved back by that bias. */
  readonly biased?: readonly K[];
}

/** Returns a score with its interval, where it has one, such as `0.512 (0.430 to 0.590)`. */
export function estimateText(
  { value, low, high }: Estimate,
  format: (value: number) => string,
): string {
  if (low === undefined || high === undefined) return format(value);
  return `${format(value)} (${format(low)} to ${format(high)})`;
}

/** Returns numbers of clips with 95 % bootstrap intervals, all from the same draws. */
export function estimatesOf<T extends { readonly speakerId: string }, K extends string>(
  clips: readonly T[],
  statistics: Statistics<T, K>,
  { by = "speaker", biased = [] }: EstimateOptions<K> = {},
): Readonly<Record<K, Estimate>> {
  const values = statistics(clips);
  const isKey = (key: string): key is K => key in values;
  const keys = Object.keys(values).filter(isKey);
  const draws = bootstrapIntervals(
    groupsOf(clips.map(({ speakerId }, index) => (by === "speaker" ? speakerId : index))),
    (indices) => {
      const drawn = statistics(indices.map((index) => clips[index]!));
      return keys.map((key) => drawn[key]);
    },
  );
  const estimates = keys.map((key, index) => {
    const value = values[key];
    const drawn = draws[index];
    if (drawn === undefined) return [key, { value }];
    const { low, high, mean } = drawn;
    if (!biased.includes(key)) return [key, { value, low, high }];
    const bias = mean - value;
    return [key, { value, low: Math.max(0, low - bias), high: high - bias }];
  });
  return Object.fromEntries(estimates);
}
