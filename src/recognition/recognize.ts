import type { SoundChoice } from "../audio/read-channels.ts";
import { Resampler } from "../audio/resample.ts";
import { throwIfCancelled } from "../shared/errors.ts";
import { RecordingTranscriber } from "../transcription/transcribe-recording.ts";
import { speechSampleRate, type Utterance } from "../transcription/transcript.ts";
import { oodWarnings } from "./abstention.ts";
import type { Analysis, ChannelModels, Segment, SegmentEvent } from "./analysis.ts";
import { modelFor, type Speaker } from "./enrollment.ts";
import { PartialSegments } from "./partial-segments.ts";
import { isReadable, predictUtterance } from "./predict-utterance.ts";
import { predictWindows } from "./predict-windows.ts";
import { SpeechSegmenter, type SegmentAudio } from "./speech-segments.ts";
import { summarize } from "./summary.ts";
import { Timeline, toMs } from "./timeline.ts";
import { FallbackTranscriber, type TranscriptionModels } from "./transcription.ts";

/** The models of a recognizer, and what transcribes for it. */
export interface RecognitionModels extends ChannelModels {
  readonly transcription?: TranscriptionModels | undefined;
}

/** A recording as recognition takes it: mono blocks of any length, which are read once. */
export interface Recording {
  readonly blocks: AsyncIterable<Float32Array> | Iterable<Float32Array>;
  /** Hz, of the blocks. */
  readonly sampleRate: number;
  /** What was degraded while decoding; read when the blocks have ended. */
  readonly warnings: readonly string[];
  /** Its transcript, if known: the transcriber is not called. */
  readonly utterances?: readonly Utterance[] | undefined;
}

/** How a recording is recognized, and which sound of it. */
export interface RecognizeOptions extends SoundChoice {
  /** Segments in which no emotion is as likely as this, 0 to 1, are marked `unsure`; 0 by default. */
  readonly minConfidence?: number | undefined;
  /** Who speaks, as `enroll` returned them. */
  readonly speaker?: Speaker | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Called with the seconds of the recording that are done. */
  readonly onProgress?: ((doneSec: number) => void) | undefined;
  /** Seconds of the recording from one update of the partial segments to the next; by default there are none. */
  readonly partialEverySec?: number | undefined;
}

/** What a recognition returns at its end, beside the segments that it yielded. */
export interface Recognized extends Omit<Analysis, "incomplete"> {
  /** The transcript, as far as the transcriber got. */
  readonly utterances: readonly Utterance[];
  /** Whether a failing transcriber left words out. */
  readonly isIncomplete: boolean;
}

/** The rate at which a recording is best decoded: enough for the audio model and for the transcriber. */
export function recordingRate({ voice, transcription }: RecognitionModels): number {
  return Math.max(voice.card.sampleRate, transcription ? speechSampleRate : 0);
}

/**
 * Recognizes emotion over time in one recording, in one pass and in bounded memory: each block goes to the transcriber
 * and to the audio model. Each utterance is a segment; speech without words is cut where the voice's emotion changes.
 * @yields segments as they settle, in order
 * @throws UndertoneError `cancelled`, `model-invalid`, and what reading the blocks and the transcriber throw
 */
export async function* recognize(
  { blocks, sampleRate, warnings, utterances: known }: Recording,
  given: RecognitionModels,
  options: RecognizeOptions = {},
): AsyncGenerator<SegmentEvent, Recognized> {
  const { minConfidence = 0, speaker, signal, onProgress, partialEverySec = Infinity } = options;
  if (!(minConfidence >= 0 && minConfidence <= 1)) {
    throw new RangeError(`analyze: minConfidence must be within 0 … 1, got ${minConfidence}`);
  }
  const models = speaker ? { ...given, voice: modelFor(speaker, given.voice) } : given;
  const { labels, sampleRate: voiceRate, windowSec } = models.voice.card;
  const utterances = [...(known ?? [])];
  const transcriber =
    given.transcription && new FallbackTranscriber(given.transcription.transcriber);
  const live =
    transcriber && known === undefined
      ? new RecordingTranscriber({ ...given.transcription, transcriber, signal })
      : undefined;
  const toVoice = await Resampler.create(sampleRate, voiceRate);
  const toSpeech = await Resampler.create(sampleRate, live ? speechSampleRate : sampleRate);
  const segmenter = new SpeechSegmenter({
    sampleRate: voiceRate,
    contextSec: windowSec,
    utterances,
  });
  const timeline = new Timeline({ card: models.voice.card, minConfidence });
  const partials = new PartialSegments(models, minConfidence);
  const segments: Segment[] = [];
  let speechSec = 0;
  let partialSec = 0;

  async function transcribe(spoken: AsyncIterable<Utterance>): Promise<void> {
    for await (const utterance of spoken) utterances.push(utterance);
  }
  async function predict(settled: Iterable<SegmentAudio>): Promise<void> {
    for (const segment of settled) {
      throwIfCancelled(signal);
      const { utterance } = segment;
      if (utterance === undefined) timeline.observe(await predictWindows(segment, models.voice));
      else timeline.add(await predictUtterance(segment, utterance, models));
      speechSec += segment.speechSec;
    }
  }
  function* final(settled: Iterable<Segment>): Generator<SegmentEvent> {
    for (const segment of settled) {
      segments.push(segment);
      yield { type: "final", segment };
    }
  }

  try {
    for await (const block of blocks) {
      throwIfCancelled(signal);
      if (live) await transcribe(live.push(toSpeech.push(block)));
      segmenter.push(toVoice.push(block));
      await predict(segmenter.advance(live?.settledSec ?? Infinity));
      yield* final(timeline.settle(segmenter.settledSec));
      onProgress?.(segmenter.receivedSec);
      if (segmenter.receivedSec < partialSec + partialEverySec) continue;
      partialSec = segmenter.receivedSec;
      for await (const segment of partials.update(segmenter)) yield { type: "partial", segment };
    }
    if (live) {
      await transcribe(live.push(toSpeech.finish()));
      await transcribe(live.finish());
    }
    segmenter.push(toVoice.finish());
    await predict(segmenter.finish());
    yield* final(timeline.finish(segmenter.receivedSec));
  } finally {
    toVoice.free();
    toSpeech.free();
  }
  const missing = transcriber?.warnings ?? [];
  return {
    durationSec: toMs(segmenter.receivedSec),
    transcriber: transcriber?.name ?? null,
    summary: summarize(labels, segments, speechSec),
    segments,
    warnings: [...warnings, ...missing, ...languageWarnings(utterances), ...oodWarnings(segments)],
    utterances,
    isIncomplete: missing.length > 0,
  };
}

/** Returns a warning about utterances in a language that text models do not know. */
function languageWarnings(utterances: readonly Utterance[]): string[] {
  const foreign = utterances.filter((utterance) => !isReadable(utterance));
  if (foreign.length === 0) return [];
  const languages = [...new Set(foreign.map(({ language }) => `"${language}"`))].join(", ");
  return [
    `${foreign.length} of ${utterances.length} utterances are in ${languages}: the text model ` +
      "knows English only, so there the voice alone counts.",
  ];
}
