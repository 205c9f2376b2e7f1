import type { EmotionModel, LoadedTextModel } from "../models/load-model.ts";
import type { ModelCard } from "../models/model-card.ts";

/** What one channel says. */
export interface Prediction {
  readonly emotion: string;
  /** The probability of `emotion`, as calibrated as the model is. */
  readonly confidence: number;
  /** By label; they sum to 1. */
  readonly probabilities: Readonly<Record<string, number>>;
}

/** What the words say. */
export interface TextPrediction extends Prediction {
  /** How sure speech-to-text is of the words, 0 to 1. */
  readonly transcriptConfidence: number;
}

/** The voice is unlike what the model learned, or no emotion as likely as was asked for. */
export type Abstention = "unfamiliar" | "unsure";

/** From `startSec` to `endSec`: one utterance, or a time of one emotion; `null` where nobody speaks. */
export interface Segment {
  readonly startSec: number;
  readonly endSec: number;
  /** What was said; empty where nothing was understood or nobody speaks, and without a transcript. */
  readonly text: string;
  /** What both channels say together, or the voice where there are no words. */
  readonly emotion: string | null;
  readonly confidence: number | null;
  readonly probabilities: Readonly<Record<string, number>> | null;
  readonly voice: Prediction | null;
  /** `null` too where nothing was understood, or in a language that the model does not know. */
  readonly words: TextPrediction | null;
  /** Both channels are sure, and of different emotions. */
  readonly disagree: boolean;
  /** Share of the model's validation clips that were at least as strange to it, 0 to 1; absent where it cannot say. */
  readonly familiarity?: number;
  /** Why `emotion`, though it is the likeliest, is no answer to rely on; `null` where it is one. */
  readonly abstained: Abstention | null;
}

/** One recording, analyzed. Times are rounded to the millisecond, probabilities to four places. */
export interface Analysis {
  readonly durationSec: number;
  /** How long someone speaks. */
  readonly speechSec: number;
  /** The emotion of the largest share; `null` when nobody speaks, or nothing is answered. */
  readonly dominantEmotion: string | null;
  /** Mean confidence of the segments of `dominantEmotion`, weighted by their time. */
  readonly confidence: number | null;
  /** Share of the time of all segments that are answered, by label; all 0 where there are none. */
  readonly shares: Readonly<Record<string, number>>;
  /** Share of the time of all speaking segments that is answered, not abstained from; 0 when nobody speaks. */
  readonly coverage: number;
  /** What made the transcript; `null` without one. */
  readonly speechToText: string | null;
  /** From 0 to `durationSec` without gaps. */
  readonly segments: readonly Segment[];
  /** What was degraded or odd about the recording. */
  readonly warnings: readonly string[];
}

/** What the analysis asks of a model that usesAudio: windows in, probabilities out. */
export interface WindowModel extends Pick<EmotionModel, "predict"> {
  readonly card: Pick<
    ModelCard,
    "labels" | "sampleRate" | "windowSec" | "words" | "distances" | "neutral"
  >;
}

/** What the analysis asks of a model that reads. */
export interface TextModel extends Pick<LoadedTextModel, "probabilities"> {
  readonly card: Pick<LoadedTextModel["card"], "labels">;
}

/** The models of both channels. A `voice` that reads too decides what they say together. */
export interface ChannelModels {
  readonly voice: WindowModel;
  readonly words?: TextModel | undefined;
}
