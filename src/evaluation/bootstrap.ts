import { Random } from "../shared/random.ts";

/** A confidence interval. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** A score with its 95 % interval; without one where there are too few groups to draw from. */
export interface Estimate extends Partial<Interval> {
  readonly value: number;
}

/** How to resample. */
export interface ResampleOptions {
  /** Draws; 2000 by default. */
  readonly resamples?: number;
  /** Of the draws; 1 by default. */
  readonly seed?: number;
  /** Share of the draws that the interval holds; 0.95 by default. */
  readonly confidence?: number;
}

/** How to resample samples that belong to groups. */
export interface BootstrapOptions extends ResampleOptions {
  /** The group of each sample, such as its speaker, drawn as a whole; by default each sample is its own. */
  readonly groups?: ArrayLike<string | number>;
}

/** Sample indices of each group that is drawn as a whole. */
export type Groups = readonly (readonly number[])[];

/**
 * Returns a statistic of paired arrays with its percentile bootstrap interval: groups are drawn with replacement, each with all
 * its samples, because the clips of one speaker are not independent. There is no interval for fewer than 5 groups, whose draws
 * are too few to be reliable, nor where all draws score the same.
 * @throws RangeError when the arrays differ in length
 * @see scipy `stats.bootstrap` with `paired=True`; Bisani & Ney, Bootstrap estimates for confidence intervals in ASR, 2004
 * @example
 * ```ts
 * import { bootstrap, uar } from "undertone/metrics";
 *
 * const estimate = bootstrap([["sad", "calm"], ["sad", "sad"]], uar, { groups: ["01", "02"] }).value; // → 0.5
 * ```
 */
export function bootstrap<A extends [readonly unknown[], ...(readonly unknown[])[]]>(
  arrays: readonly [...A],
  statistic: (...resampled: NoInfer<A>) => number,
  { groups, ...options }: BootstrapOptions = {},
): Estimate {
  const { length } = arrays[0];
  const other = [...arrays, groups].find((array) => array && array.length !== length);
  if (other) {
    throw new RangeError(
      `bootstrap: arrays and groups must be of one length, got ${length} and ${other.length}`,
    );
  }
  const samples = Array.from({ length }, (_, index) => index);
  const value = statistic(...arrays);
  const intervals = bootstrapIntervals(
    groupsOf(samples.map((index) => groups?.[index] ?? index)),
    (indices) => {
      const resampled: unknown = arrays.map((array) => indices.map((index) => array[index]));
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- map forgets that it keeps a tuple's types
      return [statistic(...(resampled as A))];
    },
    options,
  );
  const interval = intervals[0];
  return interval ? { value, low: interval.low, high: interval.high } : { value };
}

/** Returns the sample indices of each group, in the order of first samples. */
export function groupsOf(keys: readonly (string | number)[]): Groups {
  const groups = new Map<string | number, number[]>();
  for (const [index, key] of keys.entries()) {
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [index]);
    else group.push(index);
  }
  return [...groups.values()];
}

/** Of fewer groups there is no interval: draws of so few are too much alike. */
const fewestGroups = 5;

/** Returns why scores of so many speakers have no interval; nothing where they have one. */
export function noIntervalReason(speakers: number): string | undefined {
  if (speakers >= fewestGroups) return undefined;
  return `only ${speakers} ${speakers === 1 ? "speaker" : "speakers"}: no reliable interval`;
}

/** Returns interval and mean of several statistics of the same draws, each `undefined` where it has no interval. */
export function bootstrapIntervals(
  groups: Groups,
  statistics: (indices: readonly number[]) => readonly number[],
  { resamples = 2000, seed = 1, confidence = 0.95 }: ResampleOptions = {},
): ((Interval & { readonly mean: number }) | undefined)[] {
  if (groups.length < fewestGroups) return [];
  const random = new Random(seed, "bootstrap");
  const draws = Array.from({ length: resamples }, () => {
    const indices: number[] = [];
    for (let drawn = 0; drawn < groups.length; drawn++) {
      for (const index of random.pick(groups)) indices.push(index);
    }
    return statistics(indices);
  });
  const tail = (1 - confidence) / 2;
  return draws[0]!.map((_, statistic) => {
    const sorted = new Float64Array(draws.map((values) => values[statistic]!)).toSorted();
    const [low, high] = [percentile(sorted, tail), percentile(sorted, 1 - tail)];
    if (low === high) return undefined;
    return { low, high, mean: sorted.reduce((sum, value) => sum + value, 0) / resamples };
  });
}

/** @see numpy.percentile, method "linear" */
function percentile(sorted: Float64Array, share: number): number {
  const place = share * (sorted.length - 1);
  const below = sorted[Math.floor(place)]!;
  return below + (sorted[Math.ceil(place)]! - below) * (place - Math.floor(place));
}
