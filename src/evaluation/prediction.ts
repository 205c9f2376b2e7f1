/** What a model said about one labeled clip: `actual` and the probabilities count along the same labels. */
export interface Prediction {
  readonly id: string;
  readonly speakerId: string;
  readonly sex?: "female" | "male";
  /** Index of the true label. */
  readonly actual: number;
  /** [labels], in 0..1, sums to 1. */
  readonly probabilities: readonly number[];
}

/** The index of the most probable label; the first one where several are equal. */
export function predictedLabel(probabilities: readonly number[]): number {
  let best = 0;
  for (let label = 1; label < probabilities.length; label++) {
    if (probabilities[label]! > probabilities[best]!) best = label;
  }
  return best;
}
