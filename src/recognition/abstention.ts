import type { ModelCard } from "../models/model-card.ts";
import type { Segment } from "./analysis.ts";

/** Where predictions end to be reported. */
export interface Limits {
  /** Segments in which no emotion is as likely as this, 0 to 1, are marked `unsure`; 0 by default. */
  readonly minConfidence?: number | undefined;
  /** Segments with a greater OOD score, 0 to 1, are marked `out-of-distribution`; by default as the model card says, or 0.99. */
  readonly maxOodScore?: number | undefined;
}

interface Abstaining {
  readonly card: Pick<ModelCard, "notSpeech">;
  readonly limits: Limits;
}

/** Marks a segment whose voice is out of distribution, or whose confidence is below what was asked for. */
export function abstain(segment: Segment, { card: { notSpeech }, limits }: Abstaining): Segment {
  const { minConfidence = 0, maxOodScore = notSpeech?.maxScore ?? 0.99 } = limits;
  const { confidence, oodScore } = segment;
  if (confidence === null) return segment;
  if ((oodScore ?? 0) > maxOodScore) return { ...segment, abstained: "out-of-distribution" };
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
