import { throwIfCancelled } from "../shared/errors.ts";
import type { Utterance } from "../transcription/transcript.ts";
import { abstain, familiarityWarnings } from "./abstention.ts";
import type { Analysis, ChannelModels, Segment } from "./analysis.ts";
import { modelFor, type Speaker } from "./enrollment.ts";
import { isReadable, predictUtterance } from "./predict-utterance.ts";
import { listen } from "./listen.ts";
import type { Observation } from "./smoothing.ts";
import { speechSegments } from "./speech-segments.ts";
import { byLabel, smoothSegments, toMs, toPlaces, withPauses } from "./timeline.ts";
import type { Transcription } from "./transcription.ts";

/** A recording as the analysis takes it: mono, at the voice model's sample rate, in blocks of any length. */
export interface Recording {
  readonly blocks: AsyncIterable<Float32Array> | Iterable<Float32Array>;
  /** What the decoder found odd; read when the blocks have ended. */
  readonly warnings: readonly string[];
  /** What is said in it; without it the voice alone is judged. */
  readonly transcription?: Transcription | undefined;
}

interface AnalyzeOptions {
  /** Segments in which no emotion is as likely as this, 0 to 1, are abstained from; by default none. */
  readonly minConfidence?: number | undefined;
  /** Who speaks, where the model has heard them speak neutrally. */
  readonly speaker?: Speaker | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Called with the seconds of the recording that are done. */
  readonly onProgress?: ((doneSec: number) => void) | undefined;
}

interface Summary {
  readonly dominantEmotion: string | null;
  readonly confidence: number | null;
  readonly shares: Readonly<Record<string, number>>;
  readonly coverage: number;
}

function summarize(labels: readonly string[], segments: readonly Segment[]): Summary {
  const seconds = new Map(labels.map((label) => [label, 0]));
  const sureSeconds = new Map(seconds);
  let spokenSec = 0;
  for (const { startSec, endSec, emotion, confidence, abstained } of segments) {
    if (emotion === null || confidence === null) continue;
    const lengthSec = endSec - startSec;
    spokenSec += lengthSec;
    if (abstained !== null) continue;
    seconds.set(emotion, seconds.get(emotion)! + lengthSec);
    sureSeconds.set(emotion, sureSeconds.get(emotion)! + lengthSec * confidence);
  }
  const total = [...seconds.values()].reduce((sum, sec) => sum + sec, 0);
  const shares = byLabel(
    labels,
    [...seconds.values()].map((sec) => toPlaces(total > 0 ? sec / total : 0)),
  );
  const coverage = spokenSec > 0 ? toPlaces(total / spokenSec) : 0;
  const [most] = [...seconds].toSorted(([, a], [, b]) => b - a);
  if (most === undefined || total === 0)
    return { dominantEmotion: null, confidence: null, shares, coverage };
  const [dominantEmotion, sec] = most;
  const confidence = toPlaces(sureSeconds.get(dominantEmotion)! / sec);
  return { dominantEmotion, confidence, shares, coverage };
}

/** Says which utterances the models could not read. */
function languageWarnings(utterances: readonly Utterance[]): string[] {
  const foreign = utterances.filter((utterance) => !isReadable(utterance));
  if (foreign.length === 0) return [];
  const languages = [...new Set(foreign.map(({ language }) => `"${language}"`))].join(", ");
  return [
    `${foreign.length} of ${utterances.length} utterances are in ${languages}: the model of words ` +
      "knows English only, so there the voice alone was judged.",
  ];
}

/**
 * Emotion over time of one recording, read once from start to end in bounded memory. Each utterance of
 * the transcript is a segment; speech without one is cut where the voice's emotion changes.
 * @throws UndertoneError `cancelled`, `model-invalid`, or what reading the blocks throws
 */
export async function analyzeRecording(
  { blocks, warnings, transcription }: Recording,
  given: ChannelModels,
  { signal, onProgress, minConfidence = 0, speaker }: AnalyzeOptions = {},
): Promise<Analysis> {
  if (!(minConfidence >= 0 && minConfidence <= 1)) {
    throw new RangeError(`analyze: minConfidence must lie within 0 … 1, got ${minConfidence}`);
  }
  const models = speaker ? { ...given, voice: modelFor(speaker, given.voice) } : given;
  const { labels, sampleRate, windowSec } = models.voice.card;
  const { utterances = [] } = transcription ?? {};
  const observations: Observation[] = [];
  const spoken: Segment[] = [];
  let sampleCount = 0;
  let speechSec = 0;
  async function* watched(): AsyncGenerator<Float32Array> {
    for await (const block of blocks) {
      throwIfCancelled(signal);
      yield block;
      sampleCount += block.length;
      onProgress?.(sampleCount / sampleRate);
    }
  }
  const options = { sampleRate, contextSec: windowSec, utterances };
  for await (const stretch of speechSegments(watched(), options)) {
    throwIfCancelled(signal);
    const { utterance } = stretch;
    if (utterance === undefined) observations.push(...(await listen(stretch, models.voice)));
    else spoken.push(await predictUtterance(stretch, utterance, models));
    speechSec += stretch.speechSec;
  }
  const durationSec = sampleCount / sampleRate;
  const segments = withPauses(
    [...smoothSegments(models.voice.card, observations), ...spoken],
    durationSec,
  ).map((segment) => abstain(segment, minConfidence));
  return {
    durationSec: toMs(durationSec),
    speechSec: toMs(speechSec),
    ...summarize(labels, segments),
    speechToText: transcription?.speechToText ?? null,
    segments,
    warnings: [
      ...warnings,
      ...(transcription?.warnings ?? []),
      ...languageWarnings(utterances),
      ...familiarityWarnings(segments),
    ],
  };
}
