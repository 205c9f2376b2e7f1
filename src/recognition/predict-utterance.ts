import type { Utterance } from "../transcription/transcript.ts";
import type { ChannelModels, Segment, TextModel, TextPrediction } from "./analysis.ts";
import { channelsDisagree, fuseChannels, type Probabilities } from "./fusion.ts";
import { checkFinite, predictWindows } from "./predict-windows.ts";
import { poolProbabilities } from "./smoothing.ts";
import type { SegmentAudio } from "./speech-segments.ts";
import { byLabel, oodScoreOf, toMs, toPlaces, toPrediction } from "./timeline.ts";

/** The language of the corpora that text models are trained on. */
const knownLanguage = "en";

type Words = Pick<Utterance, "text" | "confidence" | "language">;

/** Returns whether text models know an utterance's language; one that is not told counts as known. */
export function isReadable({ language = knownLanguage }: Words): boolean {
  return language === knownLanguage;
}

/** Predicts one utterance: from the voice over all its windows, from the words, and from both together. */
export async function predictUtterance(
  segment: SegmentAudio,
  utterance: Words,
  { voice, words }: ChannelModels,
): Promise<Segment> {
  const { labels } = voice.card;
  const { text, confidence } = utterance;
  const readable = isReadable(utterance);
  const observations = await predictWindows(segment, voice);
  const ofVoice = byLabel(labels, poolProbabilities(observations));
  const ofWords = readable && words !== undefined ? await predictText(utterance, words) : undefined;
  let fused: Probabilities = ofVoice;
  if (readable && voice.card.words !== undefined) {
    fused = byLabel(labels, poolProbabilities(await predictWindows(segment, voice, utterance)));
  } else if (ofWords !== undefined) fused = fuseChannels(ofVoice, ofWords, confidence);
  const voicePrediction = toPrediction(ofVoice);
  const textPrediction: TextPrediction | null =
    ofWords === undefined
      ? null
      : { ...toPrediction(ofWords), transcriptConfidence: toPlaces(confidence) };
  return {
    startSec: toMs(segment.startSec),
    endSec: toMs(segment.endSec),
    speaker: null,
    text,
    ...toPrediction(fused),
    voice: voicePrediction,
    words: textPrediction,
    disagree: textPrediction !== null && channelsDisagree(voicePrediction, textPrediction),
    oodScore: oodScoreOf(observations, voice.card),
    abstained: null,
  };
}

async function predictText(utterance: Words, model: TextModel): Promise<Probabilities> {
  const [probabilities] = await model.probabilities([utterance]);
  return byLabel(model.card.labels, checkFinite(probabilities!));
}
