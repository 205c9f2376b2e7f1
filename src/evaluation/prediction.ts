/** Predicted probabilities [samples, labels], each row summing to 1. */
export type Probabilities = readonly (readonly number[])[];

/** A model's prediction for one labeled clip; `actual` and `probabilities` count along the same labels. */
export interface Prediction {
  readonly id: string;
  readonly speakerId: string;
  readonly sex?: "female" | "male";
  /** Index of the true label. */
  readonly actual: number;
  /** [labels], in 0..1, sums to 1. */
  readonly probabilities: readonly number[];
}

/** Returns the index of the most probable label; the first one where several are equal. */
export function predictedLabel(probabilities: readonly number[]): number {
  let best = 0;
  for (let label = 1; label < probabilities.length; label++) {
    if (probabilities[label]! > probabilities[best]!) best = label;
  }
  return best;
}
