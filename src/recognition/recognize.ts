import type { SoundChoice } from "../audio/read-channels.ts";
import { Resampler } from "../audio/resample.ts";
import { throwIfCancelled } from "../shared/errors.ts";
import { RecordingTranscriber } from "../transcription/transcribe-recording.ts";
import { speechSampleRate, type Utterance } from "../transcription/transcript.ts";
import { oodWarnings, type Limits } from "./abstention.ts";
import type { Analysis, ChannelModels, Segment, SegmentEvent } from "./analysis.ts";
import { PartialSegments } from "./partial-segments.ts";
import { toMs } from "./places.ts";
import {
  isReadable,
  observeUtterance,
  utteranceSegment,
  type ObservedUtterance,
} from "./predict-utterance.ts";
import { predictWindows } from "./predict-windows.ts";
import type { Observation } from "./smoothing.ts";
import type { ReferenceOptions } from "./reference-options.ts";
import { SpeakerReference } from "./speaker-reference.ts";
import { SpeechSegmenter, type SegmentAudio } from "./speech-segments.ts";
import { summarize } from "./summary.ts";
import { Timeline } from "./timeline.ts";
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
export interface RecognizeOptions extends Limits, ReferenceOptions, SoundChoice {
  readonly signal?: AbortSignal | undefined;
  /** Called with the seconds of the recording that are done. */
  readonly onProgress?: ((doneSec: number) => void) | undefined;
  /** Whether segments are held against the speech so far, and settle as it comes, in place of at the end against all. */
  readonly live?: boolean | undefined;
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
  models: RecognitionModels,
  options: RecognizeOptions = {},
): AsyncGenerator<SegmentEvent, Recognized> {
  const { live = false, signal, onProgress, partialEverySec = Infinity } = options;
  checkShares(options);
  const { transcription } = models;
  const { card } = models.voice;
  const { labels, sampleRate: voiceRate, windowSec } = card;
  const utterances = [...(known ?? [])];
  const transcriber = transcription && new FallbackTranscriber(transcription.transcriber);
  const listener =
    transcriber && known === undefined
      ? new RecordingTranscriber({ ...transcription, transcriber, signal })
      : undefined;
  const toVoice = await Resampler.create(sampleRate, voiceRate);
  const toSpeech = await Resampler.create(sampleRate, listener ? speechSampleRate : sampleRate);
  const segmenter = new SpeechSegmenter({
    sampleRate: voiceRate,
    contextSec: windowSec,
    utterances,
  });
  const reference = new SpeakerReference(card, options);
  const timeline = new Timeline({ card, reference, limits: options });
  const partials = new PartialSegments(models, reference, options);
  /** Predicted, and not yet held against the reference. */
  let observed: (ObservedUtterance | readonly Observation[])[] = [];
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
      const prediction =
        utterance === undefined
          ? await predictWindows(segment, models.voice)
          : await observeUtterance(segment, utterance, models);
      reference.learn("voice" in prediction ? prediction.voice : prediction);
      observed.push(prediction);
      speechSec += segment.speechSec;
    }
  }
  function placeObserved(): void {
    for (const prediction of observed) {
      if ("voice" in prediction) {
        timeline.add(utteranceSegment(prediction, models.voice, reference));
      } else timeline.observe(reference.adapt(prediction));
    }
    observed = [];
  }
  function* final(settled: Iterable<Segment>): Generator<SegmentEvent> {
    for (const segment of settled) {
      segments.push(segment);
      yield { type: "final", segment, reference: reference.used };
    }
  }

  try {
    for await (const block of blocks) {
      throwIfCancelled(signal);
      if (listener) await transcribe(listener.push(toSpeech.push(block)));
      segmenter.push(toVoice.push(block));
      await predict(segmenter.advance(listener?.settledSec ?? Infinity));
      if (live) {
        placeObserved();
        yield* final(timeline.settle(segmenter.settledSec));
      }
      onProgress?.(segmenter.receivedSec);
      if (segmenter.receivedSec < partialSec + partialEverySec) continue;
      partialSec = segmenter.receivedSec;
      for await (const segment of partials.update(segmenter)) {
        yield { type: "partial", segment, reference: reference.used };
      }
    }
    if (listener) {
      await transcribe(listener.push(toSpeech.finish()));
      await transcribe(listener.finish());
    }
    segmenter.push(toVoice.finish());
    await predict(segmenter.finish());
    placeObserved();
    yield* final(timeline.finish(segmenter.receivedSec));
  } finally {
    toVoice.free();
    toSpeech.free();
  }
  const missing = transcriber?.warnings ?? [];
  return {
    durationSec: toMs(segmenter.receivedSec),
    transcriber: transcriber?.name ?? null,
    reference: reference.used,
    summary: summarize(labels, segments, speechSec),
    segments,
    speakers: [],
    language: null,
    warnings: [...warnings, ...missing, ...languageWarnings(utterances), ...oodWarnings(segments)],
    utterances,
    isIncomplete: missing.length > 0,
  };
}

/** @throws RangeError for limits outside of 0 … 1 */
function checkShares(limits: Limits): void {
  for (const name of ["minConfidence", "maxOodScore"] as const) {
    const value = limits[name] ?? 0;
    if (value >= 0 && value <= 1) continue;
    throw new RangeError(`analyze: ${name} must be within 0 … 1, got ${value}`);
  }
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
