/** The logarithm of a probability; one of 0 counts as 2⁻⁵². */
export function logOf(probability: number): number {
  return Math.log(Math.max(probability, Number.EPSILON));
}

/** The probabilities, summing to 1, whose logarithms these are but for a constant. */
export function softmaxOf(logits: readonly number[]): number[] {
  const highest = Math.max(...logits);
  const parts = logits.map((logit) => Math.exp(logit - highest));
  const sum = parts.reduce((total, part) => total + part, 0);
  return parts.map((part) => part / sum);
}
