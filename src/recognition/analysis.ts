import type { Coverage } from "../audio/blocks.ts";
import type { EmotionModel, LoadedTextModel } from "../models/load-model.ts";
import type { ModelCard } from "../models/model-card.ts";
import type { Polarity } from "./polarity.ts";
import type { ReferenceUsed } from "./speaker-reference.ts";

/** What one channel predicts. */
export interface Prediction<Label extends string = string> {
  readonly emotion: Label;
  /** The probability of `emotion`, as calibrated as the model is. */
  readonly confidence: number;
  /** By label; they sum to 1. */
  readonly probabilities: Readonly<Record<Label, number>>;
}

/** The text model's prediction from the transcript. */
export interface TextPrediction extends Prediction {
  /** Confidence of the transcriber in the words, 0 to 1. */
  readonly transcriptConfidence: number;
}

/** Why no emotion is reported: the voice is unlike the training data, or no emotion is as likely as was asked for. */
export type Abstention = "out-of-distribution" | "unsure";

/** From `startSec` to `endSec`: one utterance, or a time of one emotion; `null` where nobody speaks. */
export interface Segment<Label extends string = string> {
  readonly startSec: number;
  readonly endSec: number;
  /** Which channel of the recording, from 1; `null` where channels are not told apart. */
  readonly channel: number | null;
  /** Who speaks: a role, or "speaker 1" and so on; "both" where two of one channel speak at once; `null` where speakers are not told apart. */
  readonly speaker: string | null;
  /** What was said; empty where nothing was recognized or nobody speaks, and without a transcriber. */
  readonly text: string;
  /** Code of the language that is spoken, such as "en" or "de"; "und" where the transcriber does not know it, and `null` where it is not told. */
  readonly language: string | null;
  /** Predicted from voice and words together, or from the voice where there are no words. */
  readonly emotion: Label | null;
  readonly confidence: number | null;
  readonly probabilities: Readonly<Record<Label, number>> | null;
  /** How emotional the voice is, above the speaker's own neutral speech: the share of neutral speech that is less so, 0 to 1. */
  readonly intensity: number | null;
  /** `null` too where a label is neither negative, neutral nor positive for sure. */
  readonly polarity: Polarity | null;
  readonly voice: Prediction<Label> | null;
  /** `null` too where nothing was recognized, or in a language that the text model does not know. */
  readonly words: TextPrediction | null;
  /** Whether both channels are confident, and of different emotions. */
  readonly disagree: boolean;
  /**
   * How unlike the training data the sound is, 0 to 1: the probability that it is no speech, or the share of the model's
   * validation clips that were less unlike; `null` for models without one.
   */
  readonly oodScore: number | null;
  /** Why `emotion`, though it is the likeliest, is not to be relied on; `null` where it is. */
  readonly abstained: Abstention | null;
}

/** A recording in a few numbers. */
export interface Summary<Label extends string = string> {
  /** The emotion of the largest share; `null` when nobody speaks, or all segments are abstained from. */
  readonly dominantEmotion: Label | null;
  /** Mean confidence of the segments of `dominantEmotion`, weighted by their time. */
  readonly confidence: number | null;
  /** Share of the time of all segments with a reported emotion, by label; all 0 where there are none. */
  readonly shares: Readonly<Record<Label, number>>;
  /** Share of the time of all speech for which an emotion is reported; 0 when nobody speaks. */
  readonly coverage: number;
  /** How long someone speaks. */
  readonly speechSec: number;
}

/** What one speaker of a recording says. */
export interface SpeakerAnalysis<Label extends string = string> {
  readonly speaker: string;
  readonly channel: number | null;
  /** Of this speaker's segments alone. */
  readonly summary: Summary<Label>;
  /** What the voice was held against. */
  readonly reference: ReferenceUsed;
  /** How long this speaker and another one speak at once. */
  readonly overlapSec: number;
}

/** One recording, analyzed. Times are rounded to the millisecond, probabilities to four places. */
export interface Analysis<Label extends string = string> {
  readonly durationSec: number;
  /** Name of the transcriber; `null` without a transcript. */
  readonly transcriber: string | null;
  /** Of all speakers. */
  readonly summary: Summary<Label>;
  /** What the voice was held against; of several speakers, that of all together. */
  readonly reference: ReferenceUsed;
  /** By `startSec`, from 0 to `durationSec` without gaps; those of different speakers may overlap. */
  readonly segments: readonly Segment<Label>[];
  /** Each speaker in the order of their first words; empty where speakers are not told apart. */
  readonly speakers: readonly SpeakerAnalysis<Label>[];
  /** Language of most speech; `null` where it is not known. */
  readonly language: string | null;
  /** What was degraded or odd about the recording. */
  readonly warnings: readonly string[];
  /** Set where less than nine tenths of what the file promises could be decoded, in seconds. */
  readonly incomplete: Coverage | null;
  /** Set where the transcriber failed: how many utterances have no words for that. */
  readonly untranscribed?: number;
}

/** What a recognition yields: segments as they settle, and on request those that may still change. */
export interface SegmentEvent<Label extends string = string> {
  /** A `partial` segment is replaced by what comes later; `final` ones come by `startSec`, from 0 on without gaps. */
  readonly type: "partial" | "final";
  readonly segment: Segment<Label>;
  /** What the voice was held against so far. */
  readonly reference: ReferenceUsed;
}

/** What recognition needs of an audio model: windows in, probabilities out. */
export interface WindowModel extends Pick<EmotionModel, "predict" | "speech"> {
  readonly card: Pick<
    ModelCard,
    | "labels"
    | "sampleRate"
    | "windowSec"
    | "words"
    | "distances"
    | "notSpeech"
    | "neutral"
    | "ordinary"
  >;
}

/** What recognition needs of a text model. */
export interface TextModel extends Pick<LoadedTextModel, "probabilities"> {
  readonly card: Pick<LoadedTextModel["card"], "labels" | "neutral">;
}

/** The models of both channels. A `voice` model with words predicts from both by itself. */
export interface ChannelModels {
  readonly voice: WindowModel;
  readonly words?: TextModel | undefined;
}
