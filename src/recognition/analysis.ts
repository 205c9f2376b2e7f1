import type { EmotionModel } from "../models/load-model.ts";
import type { ModelCard } from "../models/model-card.ts";

/** What was heard from `startSec` to `endSec`; where nobody speaks, the other three are `null`. */
export interface Segment {
  readonly startSec: number;
  readonly endSec: number;
  readonly emotion: string | null;
  /** The probability of `emotion`, as calibrated as the model is. */
  readonly confidence: number | null;
  /** By label; they sum to 1. */
  readonly probabilities: Readonly<Record<string, number>> | null;
}

/** One recording, analysed. Times are rounded to the millisecond, probabilities to four places. */
export interface Analysis {
  readonly durationSec: number;
  /** How long someone speaks. */
  readonly speechSec: number;
  /** The emotion of the largest share; `null` when nobody speaks. */
  readonly dominantEmotion: string | null;
  /** Mean confidence of the segments of `dominantEmotion`, weighted by their time. */
  readonly confidence: number | null;
  /** Share of the time of all speaking segments, by label; all 0 when nobody speaks. */
  readonly shares: Readonly<Record<string, number>>;
  /** From 0 to `durationSec` without gaps. */
  readonly segments: readonly Segment[];
  /** What was degraded or odd about the recording. */
  readonly warnings: readonly string[];
}

/** What the analysis asks of a model: windows in, probabilities out. */
export interface WindowModel extends Pick<EmotionModel, "probabilities"> {
  readonly card: Pick<ModelCard, "labels" | "sampleRate" | "windowSec">;
}
