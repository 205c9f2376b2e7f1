import type { Segment } from "./analysis.ts";

/** Voices less like the training data than this share of the validation clips are out of distribution. */
const highestOodScore = 0.99;

/** Returns whether a voice is too unlike the training data for a prediction; a model without OOD scores takes all. */
export function isOutOfDistribution({ oodScore }: Pick<Segment, "oodScore">): boolean {
  return (oodScore ?? 0) > highestOodScore;
}

/** Marks a segment whose voice is out of distribution, or whose confidence is below what was asked for. */
export function abstain(segment: Segment, minConfidence: number): Segment {
  const { confidence } = segment;
  if (confidence === null) return segment;
  if (isOutOfDistribution(segment)) return { ...segment, abstained: "out-of-distribution" };
  return confidence < minConfidence ? { ...segment, abstained: "unsure" } : segment;
}

/** Returns what is reported of a segment: its emotion, or why there is none; `null` where nobody speaks. */
export function statedOf({ emotion, abstained }: Segment): string | null {
  return abstained ?? emotion;
}

const secondsOf = (some: readonly Segment[]): number =>
  some.reduce((sum, { startSec, endSec }) => sum + endSec - startSec, 0);

/** Returns a warning when most of the speech is out of distribution. */
export function oodWarnings(segments: readonly Segment[]): string[] {
  const spoken = secondsOf(segments.filter(({ emotion }) => emotion !== null));
  const outside = secondsOf(
    segments.filter(({ abstained }) => abstained === "out-of-distribution"),
  );
  if (outside <= spoken / 2) return [];
  return [
    `${Math.round((100 * outside) / spoken)} % of the speech is out of distribution: its voices or its sound are unlike ` +
      "the model's training data, and no emotion is reported there.",
  ];
}
