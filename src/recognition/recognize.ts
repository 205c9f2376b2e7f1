import { splitNotice } from "../audio/channels.ts";
import { CrossTalk } from "../audio/cross-talk.ts";
import type { SoundChoice } from "../audio/read-channels.ts";
import { throwIfCancelled } from "../shared/errors.ts";
import { checkLanguage } from "../transcription/languages.ts";
import { mainLanguage, untoldWarnings } from "../transcription/spoken-language.ts";
import {
  speechSampleRate,
  type RecordingTranscript,
  type Utterance,
} from "../transcription/transcript.ts";
import { oodWarnings, type Limits } from "./abstention.ts";
import type { Analysis, ChannelModels, Segment, SegmentEvent } from "./analysis.ts";
import { ChannelRecognition } from "./channel-recognition.ts";
import { channelSpeakers, runSpeakers, type SpeakerOptions } from "./channel-speakers.ts";
import type { DiarizationOptions } from "./diarization-options.ts";
import { toMs } from "./places.ts";
import { isReadable } from "./predict-utterance.ts";
import type { ReferenceOptions } from "./reference-options.ts";
import type { ReferenceUsed } from "./speaker-reference.ts";
import { summarize, summarizeSpeakers } from "./summary.ts";
import { mergeSegments, withPauses } from "./merge-segments.ts";
import { FallbackTranscriber, type TranscriptionModels } from "./transcription.ts";

/** The models of a recognizer, and what transcribes for it. */
export interface RecognitionModels extends ChannelModels {
  readonly transcription?: TranscriptionModels | undefined;
}

/** A recording as recognition takes it: blocks of any length, which are read once. */
export interface Recording {
  /** For messages. */
  readonly name?: string | undefined;
  /** Blocks [channel][sample]: each channel is one speaker, or the only one is all that is heard; with `turns` there is one. */
  readonly blocks: AsyncIterable<readonly Float32Array[]> | Iterable<readonly Float32Array[]>;
  /** Hz, of the blocks. */
  readonly sampleRate: number;
  /** What was degraded while decoding; read when the blocks have ended. */
  readonly warnings: readonly string[];
  /** Its transcript, if known: the transcriber is not called. */
  readonly transcript?: Transcribed | undefined;
}

/** What of a transcript recognition takes and gives. */
type Transcribed = Pick<RecordingTranscript, "utterances" | "channels">;

/** What a recording is read for. */
export type AnalysisStage = "diarize" | "analyze";

/** How a recording is recognized, and which sound of it. */
export interface RecognizeOptions
  extends Limits, ReferenceOptions, SpeakerOptions, DiarizationOptions, SoundChoice {
  readonly signal?: AbortSignal | undefined;
  /** Two-letter code of the language that is spoken; by default the recognizer's. */
  readonly language?: string | undefined;
  /** Called with the seconds of the recording that are done; to find its speakers, it is read once before it is analyzed. */
  readonly onProgress?: ((doneSec: number, stage: AnalysisStage) => void) | undefined;
  /** Whether segments of mono blocks are held against the speech so far, and settle as it comes, in place of at the end against all. */
  readonly live?: boolean | undefined;
  /** Seconds of the recording from one update of the partial segments to the next; by default there are none. */
  readonly partialEverySec?: number | undefined;
}

/** What a recognition returns at its end, beside the segments that it yielded. */
export interface Recognized extends Omit<Analysis, "incomplete"> {
  /** As far as the transcriber got. */
  readonly transcript: Transcribed;
}

/** The rate at which a recording is best decoded: enough for the audio model and for the transcriber. */
export function recordingRate({ voice, transcription }: RecognitionModels): number {
  return Math.max(voice.card.sampleRate, transcription ? speechSampleRate : 0);
}

/**
 * Recognizes emotion over time in one recording, in one pass and in bounded memory. Each channel is recognized by itself,
 * without what it repeats of another one.
 * @yields segments as they settle, in order
 * @throws UndertoneError `usage` for speakers whom the recording does not have, `cancelled`, `model-invalid`, and what
 * reading the blocks and the transcriber throw
 */
export async function* recognize(
  { name, blocks, sampleRate, warnings, transcript: known }: Recording,
  models: RecognitionModels,
  options: RecognizeOptions = {},
): AsyncGenerator<SegmentEvent, Recognized> {
  const { live = false, signal, onProgress, partialEverySec = Infinity, turns } = options;
  checkShares(options);
  const { transcription } = models;
  const transcriber = transcription && new FallbackTranscriber(transcription.transcriber);
  const language = options.language ?? transcription?.language;
  if (transcriber) checkLanguage(transcriber, language);
  const using = {
    ...models,
    transcription: transcriber && { ...transcription, transcriber, language },
  };
  const crossTalk = new CrossTalk(sampleRate);
  const channels: ChannelRecognition[] = [];
  const segments: Segment[] = [];
  let count = 0;
  let partialSec = 0;

  function open(channelCount: number): void {
    count = channelCount;
    const kept = (known?.channels ?? 1) === count ? known?.utterances : undefined;
    const speakers =
      turns === undefined
        ? channelSpeakers(count, options, name)
        : runSpeakers({ turns, sampleRate }, options, name);
    for (const speaker of speakers) {
      const utterances = kept?.filter(
        (each) =>
          (each.channel ?? null) === speaker.channel && each.speaker === speaker.runs?.speaker,
      );
      const context = { sampleRate, models: using, options, utterances };
      channels.push(new ChannelRecognition(speaker, context));
    }
  }
  function* final(settled: Iterable<Segment>): Generator<SegmentEvent> {
    for (const segment of settled) {
      segments.push(segment);
      yield { type: "final", segment, reference: referenceOf(channels, segment) };
    }
  }

  for await (const block of turns === undefined ? crossTalk.without(blocks) : blocks) {
    throwIfCancelled(signal);
    if (channels.length === 0) open(block.length);
    for (const channel of channels) await channel.push(block);
    if (live) for (const channel of channels) yield* final(channel.settle());
    const { receivedSec } = channels[0]!;
    onProgress?.(receivedSec, "analyze");
    if (receivedSec < partialSec + partialEverySec) continue;
    partialSec = receivedSec;
    for (const channel of channels) yield* channel.partial();
  }
  if (channels.length === 0) open(1);
  const rest: Segment[][] = [];
  for (const channel of channels) rest.push(await channel.finish());
  const { receivedSec } = channels[0]!;
  yield* final(
    turns === undefined ? mergeSegments(rest) : withPauses(rest.flat(), toMs(receivedSec)),
  );
  const untranscribed = transcriber?.failed ?? 0;
  const transcript = transcriptOf(channels, count);
  const { labels } = models.voice.card;
  return {
    durationSec: toMs(channels[0]!.receivedSec),
    transcriber: transcriber?.name ?? null,
    reference: referenceOf(channels),
    summary: summarize(labels, segments, sumOf(channels.map(({ speechSec }) => speechSec))),
    segments,
    speakers: summarizeSpeakers(labels, segments, channels),
    language: mainLanguage(transcript.utterances),
    warnings: [
      ...warnings,
      ...splitWarnings(count, options),
      ...crossTalk.warnings,
      ...(transcriber?.warnings ?? []),
      ...languageWarnings(transcript.utterances),
      ...oodWarnings(segments),
    ],
    ...(untranscribed > 0 && { untranscribed }),
    transcript,
  };
}

const sumOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);

/** Returns what a segment's voice was held against so far; of a pause, and without a segment, what all voices were. */
function referenceOf(channels: readonly ChannelRecognition[], segment?: Segment): ReferenceUsed {
  const { channel = null, speaker = null } = segment ?? {};
  const of = channels.filter((each) => each.channel === channel && each.speaker === speaker);
  const all = (of.length > 0 ? of : channels).map(({ referenceUsed }) => referenceUsed);
  const { source } = all.find(({ speechSec }) => speechSec > 0) ?? all[0]!;
  return { source, speechSec: toMs(sumOf(all.map(({ speechSec }) => speechSec))) };
}

/** Returns the transcripts of all channels as one. */
function transcriptOf(channels: readonly ChannelRecognition[], count: number): Transcribed {
  if (count === 1) return { utterances: channels.flatMap(({ ownUtterances }) => ownUtterances) };
  const utterances = channels
    .flatMap(({ channel, utterances: spoken }) =>
      spoken.map((utterance) => ({ ...utterance, channel: channel! })),
    )
    .toSorted((a, b) => a.startSec - b.startSec);
  return { utterances, channels: count };
}

/** Returns a warning where channels are speakers and nobody asked for it, or where there are none to be named. */
function splitWarnings(
  count: number,
  { channels = "auto", roles, only, diarize, turns }: RecognizeOptions,
): string[] {
  if (count === 1 && roles && !diarize && !turns) {
    return ["The recording has one channel, or one sound in all, so nobody is named by a role."];
  }
  if (count === 1 || channels !== "auto" || roles || only) return [];
  return [splitNotice];
}

/** @throws RangeError for limits outside of 0 … 1 */
function checkShares(limits: Limits): void {
  for (const name of ["minConfidence", "maxOodScore"] as const) {
    const value = limits[name] ?? 0;
    if (value >= 0 && value <= 1) continue;
    throw new RangeError(`analyze: ${name} must be within 0 … 1, got ${value}`);
  }
}

/** Returns warnings about utterances whose words do not count. */
function languageWarnings(utterances: readonly Utterance[]): string[] {
  const told = utterances.filter(({ text }) => text !== "");
  const foreign = told.filter((utterance) => !isReadable(utterance));
  const untold = untoldWarnings(utterances);
  if (foreign.length === 0) return untold;
  const languages = [...new Set(foreign.map(({ language }) => `"${language}"`))].join(", ");
  return [
    `${foreign.length} of ${told.length} utterances are in ${languages}: the text model ` +
      "knows English only, so there the voice alone counts.",
    ...untold,
  ];
}
