import type { Random } from "../../shared/random.ts";

export interface MixupBatch {
  /** By name, row-major [items, …] */
  readonly inputs: Readonly<Record<string, Float32Array>>;
  /** Probabilities [items, classes]; one-hot before mixing. */
  readonly labels: Float32Array;
  readonly items: number;
}

/** Draws from Beta(alpha, alpha). */
function drawBeta(random: Random, alpha: number): number {
  const a = random.gamma(alpha);
  const b = random.gamma(alpha);
  // For tiny shapes both may underflow; the distribution is then Bernoulli(½).
  return a + b > 0 ? a / (a + b) : random.integer(2);
}

/** Returns `weights[i]` · row i + (1 - `weights[i]`) · row `partners[i]` for each row i. */
function mixRows(
  rows: Float32Array,
  weights: readonly number[],
  partners: readonly number[],
): Float32Array {
  const size = rows.length / weights.length;
  const mixed = new Float32Array(rows.length);
  for (const [item, weight] of weights.entries()) {
    const own = rows.subarray(item * size, (item + 1) * size);
    const others = rows.subarray(partners[item]! * size, (partners[item]! + 1) * size);
    for (let i = 0; i < size; i++) {
      mixed[item * size + i] = others[i]! + weight * (own[i]! - others[i]!);
    }
  }
  return mixed;
}

/**
 * Returns a batch in which each item is mixed with another item, inputs and labels alike:
 * `weight · item + (1 - weight) · partner`, each weight drawn from Beta(alpha, alpha). Partners are a permutation of the
 * batch, in which an item may be its own partner.
 * @throws RangeError when `alpha` is not positive or the values do not fill `items` rows
 * @see Zhang et al. (2018), "mixup: Beyond Empirical Risk Minimization"
 * @example
 * ```ts
 * import { mixup, Random } from "undertone/audio";
 *
 * const batch = {
 *   inputs: { spectrogram: Float32Array.of(0, 0, 1, 1) }, // [2, 2]
 *   labels: Float32Array.of(1, 0, 0, 1), // [2, 2], one-hot
 *   items: 2,
 * };
 * const mixed = mixup(batch, 0.3, new Random(1, "mixup"));
 * ```
 */
export function mixup(batch: MixupBatch, alpha: number, random: Random): MixupBatch {
  const { inputs, labels, items } = batch;
  for (const [name, { length }] of Object.entries({ ...inputs, labels })) {
    if (!Number.isInteger(length / items)) {
      throw new RangeError(`mixup: ${length} values of ${name} do not fill ${items} rows`);
    }
  }
  const order = Array.from({ length: items }, (_, item) => item);
  const partners = random.shuffle(order);
  const weights = order.map(() => drawBeta(random, alpha));
  return {
    inputs: Object.fromEntries(
      Object.entries(inputs).map(([name, rows]) => [name, mixRows(rows, weights, partners)]),
    ),
    labels: mixRows(labels, weights, partners),
    items,
  };
}
