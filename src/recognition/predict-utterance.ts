import type { Utterance } from "../transcription/transcript.ts";
import type { ChannelModels, Segment, TextModel, TextPrediction } from "./analysis.ts";
import { channelsDisagree, fuseChannels, type Probabilities } from "./fusion.ts";
import { checked, listen } from "./listen.ts";
import { poolProbabilities } from "./smoothing.ts";
import type { SegmentAudio } from "./speech-segments.ts";
import { byLabel, familiarityIn, toMs, toPrediction, toPlaces } from "./timeline.ts";

/** The language of the corpora that models learn words from. */
const knownLanguage = "en";

/** Whether models can read an utterance; what does not say its language is taken for known. */
export function isReadable({ language = knownLanguage }: Utterance): boolean {
  return language === knownLanguage;
}

/** Both channels on one utterance: the voice over all its windows, the words, and both together. */
export async function predictUtterance(
  stretch: SegmentAudio,
  utterance: Utterance,
  { voice, words }: ChannelModels,
): Promise<Segment> {
  const { labels } = voice.card;
  const { text, confidence } = utterance;
  const readable = isReadable(utterance);
  const observations = await listen(stretch, voice);
  const heard = byLabel(labels, poolProbabilities(observations));
  const read = readable && words !== undefined ? await readWords(utterance, words) : undefined;
  let together: Probabilities = heard;
  if (readable && voice.card.words !== undefined) {
    together = byLabel(labels, poolProbabilities(await listen(stretch, voice, utterance)));
  } else if (read !== undefined) together = fuseChannels(heard, read, confidence);
  const voiceOpinion = toPrediction(heard);
  const wordsOpinion: TextPrediction | null =
    read === undefined
      ? null
      : { ...toPrediction(read), transcriptConfidence: toPlaces(confidence) };
  return {
    startSec: toMs(stretch.startSec),
    endSec: toMs(stretch.endSec),
    text,
    ...toPrediction(together),
    voice: voiceOpinion,
    words: wordsOpinion,
    disagree: wordsOpinion !== null && channelsDisagree(voiceOpinion, wordsOpinion),
    ...familiarityIn(observations, voice.card),
    abstained: null,
  };
}

async function readWords(utterance: Utterance, model: TextModel): Promise<Probabilities> {
  const [probabilities] = await model.probabilities([utterance]);
  return byLabel(model.card.labels, checked(probabilities!));
}
