import type { HiddenLayers } from "../models/speech-encoder.ts";
import type { Utterance } from "../transcription/transcript.ts";
import type { ChannelModels, Segment, TextModel, TextPrediction } from "./analysis.ts";
import {
  channelsDisagree,
  fuseChannels,
  textPrediction,
  wordEvidence,
  type Evidence,
} from "./fusion.ts";
import { toMs, toPlaces } from "./places.ts";
import { polarityOf } from "./polarity.ts";
import { checkFinite, predictWindows } from "./predict-windows.ts";
import { poolProbabilities, type Observation } from "./smoothing.ts";
import type { SpeakerReference } from "./speaker-reference.ts";
import type { SegmentAudio } from "./speech-segments.ts";
import { byLabel, oodScoreOf, toPrediction } from "./timeline.ts";

/** The language of the corpora that text models are trained on. */
const knownLanguage = "en";

type Words = Pick<Utterance, "text" | "confidence" | "language">;

/** Returns whether there are words in the language that text models know; one that is not told counts as known. */
export function isReadable({ text, language = knownLanguage }: Words): boolean {
  return text !== "" && language === knownLanguage;
}

/** What the models predict of one utterance, before its voice is held against a reference. */
export interface ObservedUtterance {
  readonly startSec: number;
  readonly endSec: number;
  readonly words: Words;
  /** Of the voice, over all its windows. */
  readonly voice: readonly Observation[];
  /** Of voice and words together, by an audio model that takes words. */
  readonly both: readonly Observation[] | undefined;
  readonly text: TextObservation | undefined;
}

interface TextObservation {
  /** Of the words for each label of the text model; 1 is none. */
  readonly evidence: Evidence;
  /** Whether the text model knows ordinary sentences. */
  readonly knowsOrdinary: boolean;
}

/**
 * Predicts one utterance: from the voice over all its windows, from the words, and from both where a model takes both.
 * @param layers of the voice model's encoder, where they are known
 */
export async function observeUtterance(
  segment: SegmentAudio,
  { layers, ...words }: Words & { readonly layers?: HiddenLayers | undefined },
  models: ChannelModels,
): Promise<ObservedUtterance> {
  const { voice } = models;
  const readable = isReadable(words);
  const takesWords = readable && voice.card.words !== undefined;
  return {
    startSec: segment.startSec,
    endSec: segment.endSec,
    words,
    voice: await predictWindows(segment, voice, { layers }),
    both: takesWords ? await predictWindows(segment, voice, { words, layers }) : undefined,
    text: readable && models.words ? await observeText(words, models.words) : undefined,
  };
}

/** Predicts from the words alone. */
export async function observeText(
  words: Words,
  { card, probabilities }: TextModel,
): Promise<TextObservation> {
  const [predicted] = await probabilities([words]);
  return {
    evidence: byLabel(card.labels, wordEvidence(checkFinite(predicted!), card.neutral)),
    knowsOrdinary: card.neutral !== undefined,
  };
}

/** Returns an utterance as a segment, its voice held against a reference. */
export function utteranceSegment(
  { startSec, endSec, words, voice, both, text: observed }: ObservedUtterance,
  { card }: ChannelModels["voice"],
  reference: SpeakerReference,
): Segment {
  const { labels } = card;
  const { text, confidence } = words;
  const pooled = (observations: readonly Observation[]): number[] =>
    poolProbabilities(reference.adapt(observations));
  const ofVoice = pooled(voice);
  const voiceByLabel = byLabel(labels, ofVoice);
  let fused = voiceByLabel;
  if (both) fused = byLabel(labels, pooled(both));
  else if (observed) fused = fuseChannels(voiceByLabel, observed.evidence, confidence);
  const voicePrediction = toPrediction(voiceByLabel);
  const share = observed?.knowsOrdinary ? reference.neutralShare : undefined;
  const ofWords: TextPrediction | null = observed
    ? {
        ...toPrediction(textPrediction(observed.evidence, share)),
        transcriptConfidence: toPlaces(confidence),
      }
    : null;
  return {
    startSec: toMs(startSec),
    endSec: toMs(endSec),
    channel: null,
    speaker: null,
    text,
    language: words.language ?? null,
    ...toPrediction(fused),
    intensity: reference.intensity(ofVoice),
    polarity: polarityOf(fused),
    voice: voicePrediction,
    words: ofWords,
    disagree: ofWords !== null && channelsDisagree(voicePrediction, ofWords),
    oodScore: oodScoreOf(voice, card),
    abstained: null,
  };
}
