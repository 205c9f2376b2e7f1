import type { ChannelReading, ReadOptions } from "../audio/read-channels.ts";
import { mixed } from "../audio/read-mono.ts";
import { diarize, type SpeakerEmbedding } from "../diarization/diarize.ts";
import type { Closable } from "../shared/closing.ts";
import { UndertoneError } from "../shared/errors.ts";
import type { Turn } from "../shared/turns.ts";
import type { RecordingTranscript } from "../transcription/transcript.ts";
import {
  keepTranscript,
  type TranscriptKey,
  type TranscriptStore,
} from "../transcription/transcript-store.ts";
import type { Analysis, Segment, SegmentEvent } from "./analysis.ts";
import type { Sound } from "./audio-input.ts";
import { classifyClip } from "./classify-clip.ts";
import type { EnrolledSpeaker, Engine } from "./engine.ts";
import { enrollSpeaker, type EnrollOptions } from "./enrollment.ts";
import { openSound, type OpenSound, type SoundOpener } from "./open-sound.ts";
import {
  recognize,
  recordingRate,
  type RecognitionModels,
  type RecognizeOptions,
} from "./recognize.ts";

/** What an engine is made of. */
export interface EngineParts extends Closable, SoundOpener {
  readonly models: RecognitionModels;
  /** What is degraded in all results. */
  readonly warnings: readonly string[];
  /** Where transcripts are kept; without it each recording is transcribed anew. */
  readonly transcripts?: TranscriptStore | undefined;
  /** Opens what tells speakers apart, when that is first asked for; by default it cannot be. */
  readonly openSpeakerEncoder?: (() => Promise<SpeakerEmbedding>) | undefined;
}

/** An engine in this thread. */
export class LocalEngine implements Engine {
  readonly labels: readonly string[];
  readonly transcriber: string | null;
  readonly warnings: readonly string[];
  readonly #parts: EngineParts;
  #speakerEncoder: Promise<SpeakerEmbedding> | undefined;

  constructor(parts: EngineParts) {
    const { models, warnings } = parts;
    this.labels = models.voice.card.labels;
    this.transcriber = models.transcription?.transcriber.name ?? null;
    this.warnings = warnings;
    this.#parts = parts;
  }

  async analyze(sound: Sound, options: RecognizeOptions): Promise<Analysis> {
    const events = this.stream(sound, options);
    let next = await events.next();
    while (!next.done) next = await events.next();
    return next.value;
  }

  async *stream(sound: Sound, options: RecognizeOptions): AsyncGenerator<SegmentEvent, Analysis> {
    const { models } = this.#parts;
    const open = await openSound(sound, this.#parts);
    try {
      const turns = await this.#turnsOf(open, options);
      const isMixed = turns !== undefined;
      const key = await this.#keyOf(open, { ...options, turns });
      const kept = key && (await this.#parts.transcripts!.find(key));
      const sampleRate = recordingRate(models);
      const areSpeakers = !isMixed && (options.roles ?? options.only) !== undefined;
      const reading = { ...options, sampleRate, areSpeakers };
      const blocks = isMixed ? inOneChannel(open.read(reading), reading) : open.read(reading);
      const { warnings: decoding } = blocks;
      const name = open.source?.name;
      const recording = { name, blocks, sampleRate, warnings: decoding, transcript: kept };
      const recognized = yield* recognize(recording, models, { ...options, turns });
      const { transcript, ...analysis } = recognized;
      const { incomplete } = blocks;
      const isWhole = analysis.untranscribed === undefined && incomplete === null;
      const isUsed = kept !== undefined && kept.channels === transcript.channels;
      const isNew = key !== undefined && !isUsed && isWhole;
      const { durationSec } = analysis;
      const notKept = isNew
        ? await this.#keep(key, { durationSec, ...transcript, warnings: decoding })
        : [];
      const warnings = [...this.warnings, ...analysis.warnings, ...notKept];
      return { ...analysis, warnings, incomplete };
    } finally {
      await open.close();
    }
  }

  async classify(sound: Sound, options: RecognizeOptions): Promise<Segment> {
    const { models } = this.#parts;
    const open = await openSound(sound, this.#parts);
    try {
      const sampleRate = recordingRate(models);
      const reading = { ...options, sampleRate };
      const blocks = mixed(open.read(reading), reading);
      return await classifyClip({ blocks, sampleRate }, models, options);
    } finally {
      await open.close();
    }
  }

  async enroll(sounds: readonly Sound[], options: EnrollOptions): Promise<EnrolledSpeaker> {
    const parts = this.#parts;
    const { voice } = parts.models;
    const warnings: string[] = [];
    async function* speech(sound: Sound): AsyncGenerator<Float32Array> {
      const open = await openSound(sound, parts);
      try {
        const reading = { sampleRate: voice.card.sampleRate, signal: options.signal };
        const blocks = mixed(open.read(reading), reading);
        yield* blocks;
        const place = open.source?.name === undefined ? "" : `${open.source.name}: `;
        warnings.push(...blocks.warnings.map((warning) => `${place}${warning}`));
      } finally {
        await open.close();
      }
    }
    const speaker = await enrollSpeaker(sounds.map(speech), voice, options);
    return { ...speaker, warnings };
  }

  async close(): Promise<void> {
    await Promise.all([this.#parts.close(), this.#speakerEncoder?.then((each) => each.close())]);
  }

  /** Who speaks when, as it is known or is found by a first reading; `undefined` where speakers are not told apart. */
  async #turnsOf(open: OpenSound, options: RecognizeOptions): Promise<readonly Turn[] | undefined> {
    const { turns, diarize: isAsked = false, speakers, signal, onProgress } = options;
    if (turns !== undefined || !isAsked) return turns;
    const { openSpeakerEncoder } = this.#parts;
    if (openSpeakerEncoder === undefined) {
      throw new UndertoneError(
        "usage",
        "Speakers of one channel cannot be told apart here: leave out diarize.",
      );
    }
    this.#speakerEncoder ??= openSpeakerEncoder().catch((error: unknown) => {
      this.#speakerEncoder = undefined;
      throw error;
    });
    const encoder = await this.#speakerEncoder;
    const reading = { ...options, sampleRate: encoder.card.sampleRate };
    return diarize(mixed(open.read(reading), reading), encoder, {
      speakers,
      signal,
      onProgress: (doneSec) => onProgress?.(doneSec, "diarize"),
    });
  }

  /** What the transcript of a recording is found by; `undefined` where none is looked for. */
  async #keyOf(
    { source }: OpenSound,
    options: RecognizeOptions,
  ): Promise<TranscriptKey | undefined> {
    const { models, transcripts } = this.#parts;
    if (!source || !transcripts || !models.transcription) return undefined;
    const { transcriber } = models.transcription;
    const { language = models.transcription.language } = options;
    const content = await transcripts.hash(source, options.signal);
    const { channels, track, section, turns, only, roles } = options;
    const asked = { channels, track, section, turns, ...(only && { only, roles }) };
    return { content, transcriber: transcriber.name, language, ...asked };
  }

  #keep(key: TranscriptKey, transcript: RecordingTranscript): Promise<string[]> {
    return keepTranscript(this.#parts.transcripts!, key, transcript);
  }
}

/** Returns a reading whose channels are mixed into one. */
function inOneChannel(reading: ChannelReading, options: ReadOptions): ChannelReading {
  const mono = mixed(reading, options);
  return {
    warnings: mono.warnings,
    get incomplete() {
      return mono.incomplete;
    },
    [Symbol.asyncIterator]: async function* () {
      for await (const block of mono) yield [block];
    },
  };
}
