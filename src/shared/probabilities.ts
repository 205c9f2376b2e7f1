/** Returns the logarithm of a probability, floored at 2⁻⁵². */
export function logOf(probability: number): number {
  return Math.log(Math.max(probability, Number.EPSILON));
}

/** Returns the softmax of logits: probabilities that sum to 1. */
export function softmaxOf(logits: readonly number[]): number[] {
  const highest = Math.max(...logits);
  const parts = logits.map((logit) => Math.exp(logit - highest));
  const sum = parts.reduce((total, part) => total + part, 0);
  return parts.map((part) => part / sum);
}
