import type { Segment } from "./analysis.ts";

/** Voices stranger than all but this share of the validation clips are unfamiliar. */
const leastFamiliarity = 0.01;

/** Whether a voice is too strange for an answer. A model that cannot say how familiar it is with one is taken to be. */
export function isOutOfDistribution({ familiarity = 1 }: Pick<Segment, "familiarity">): boolean {
  return familiarity < leastFamiliarity;
}

/** Takes back an answer about a voice that is unfamiliar, or one that is not as sure as asked for. */
export function abstain(segment: Segment, minConfidence: number): Segment {
  const { confidence } = segment;
  if (confidence === null) return segment;
  if (isOutOfDistribution(segment)) return { ...segment, abstained: "unfamiliar" };
  return confidence < minConfidence ? { ...segment, abstained: "unsure" } : segment;
}

/** What is stated of a segment: its emotion, or why there is none to rely on; `null` where nobody speaks. */
export function statedOf({ emotion, abstained }: Segment): string | null {
  return abstained ?? emotion;
}

const secondsOf = (some: readonly Segment[]): number =>
  some.reduce((sum, { startSec, endSec }) => sum + endSec - startSec, 0);

/** Says it when most of what is spoken is unfamiliar. */
export function familiarityWarnings(segments: readonly Segment[]): string[] {
  const spoken = secondsOf(segments.filter(({ emotion }) => emotion !== null));
  const strange = secondsOf(segments.filter(({ abstained }) => abstained === "unfamiliar"));
  if (strange <= spoken / 2) return [];
  return [
    `${Math.round((100 * strange) / spoken)} % of what is spoken is unlike what the model learned, in its voices or in ` +
      "its sound: there no emotion is stated.",
  ];
}
