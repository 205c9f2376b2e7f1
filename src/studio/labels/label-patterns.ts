import { EmotionPatterns } from "../../reports/recordings/emotion-patterns.ts";
import type { LabeledSegment } from "./edits.ts";
import { labelNames } from "./label-settings.ts";

/** Of the patterns' ids: labels may be others than those of the model. */
const prefix = "label-";

/** Returns the patterns of the labels that there are and of those that the keys stand for. */
export function labelPatterns(all: readonly LabeledSegment[]): EmotionPatterns {
  const names = new Set([...labelNames.value, ...all.flatMap(({ label }) => label ?? [])]);
  return new EmotionPatterns([...names], prefix);
}
