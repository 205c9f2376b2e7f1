import { neutrality } from "../models/ordinary-speech.ts";
import { logOf } from "../shared/probabilities.ts";
import type { Segment } from "./analysis.ts";

/** Returns how strongly a segment is of an emotion: its log odds against neutral speech; of "any", those of all together. */
export function strengthOf({ probabilities }: Segment, emotion: string): number {
  if (probabilities === null) return -Infinity;
  const labels = Object.keys(probabilities);
  const calm = neutrality(labels, Object.values(probabilities));
  const strength = emotion === "any" ? 1 - calm : (probabilities[emotion] ?? 0);
  return logOf(strength) - logOf(calm);
}

/**
 * Returns the segments that are most strongly of an emotion, or of "any", the strongest first, whatever label they have:
 * a ranking, before any threshold. Segments that are out of distribution are left out.
 * @example
 * ```ts
 * import { loadRecognizer, strongestMoments } from "undertone";
 *
 * await using recognizer = await loadRecognizer({ model: "small" });
 * const { segments } = await recognizer.analyze("speech.wav");
 * for (const { startSec, text } of strongestMoments(segments, "angry", 10)) console.log(startSec, text);
 * ```
 */
export function strongestMoments<Moment extends Segment>(
  segments: readonly Moment[],
  emotion: string,
  count: number,
): Moment[] {
  return segments
    .filter(({ emotion: any, abstained }) => any !== null && abstained !== "out-of-distribution")
    .toSorted((a, b) => strengthOf(b, emotion) - strengthOf(a, emotion))
    .slice(0, count);
}
