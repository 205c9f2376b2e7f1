import { mixed } from "../audio/read-mono.ts";
import type { Closable } from "../shared/closing.ts";
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
import { openSound, type OpenFile, type OpenSound } from "./open-sound.ts";
import {
  recognize,
  recordingRate,
  type RecognitionModels,
  type RecognizeOptions,
} from "./recognize.ts";

/** What an engine is made of. */
export interface EngineParts extends Closable {
  readonly models: RecognitionModels;
  /** What is degraded in all results. */
  readonly warnings: readonly string[];
  /** Where transcripts are kept; without it each recording is transcribed anew. */
  readonly transcripts?: TranscriptStore | undefined;
  readonly openFile: OpenFile;
}

/** An engine in this thread. */
export class LocalEngine implements Engine {
  readonly labels: readonly string[];
  readonly transcriber: string | null;
  readonly warnings: readonly string[];
  readonly #parts: EngineParts;

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
    const { models, openFile } = this.#parts;
    const open = await openSound(sound, openFile);
    try {
      const key = await this.#keyOf(open, options);
      const kept = key && (await this.#parts.transcripts!.find(key));
      const sampleRate = recordingRate(models);
      const areSpeakers = (options.roles ?? options.only) !== undefined;
      const blocks = open.read({ ...options, sampleRate, areSpeakers });
      const { warnings: decoding } = blocks;
      const name = open.source?.name;
      const recording = { name, blocks, sampleRate, warnings: decoding, transcript: kept };
      const recognized = yield* recognize(recording, models, options);
      const { transcript, isIncomplete, ...analysis } = recognized;
      const { incomplete } = blocks;
      const isWhole = !isIncomplete && incomplete === null;
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
    const { models, openFile } = this.#parts;
    const open = await openSound(sound, openFile);
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
    const { models, openFile } = this.#parts;
    const { voice } = models;
    const warnings: string[] = [];
    async function* speech(sound: Sound): AsyncGenerator<Float32Array> {
      const open = await openSound(sound, openFile);
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

  close(): Promise<void> {
    return this.#parts.close();
  }

  /** What the transcript of a recording is found by; `undefined` where none is looked for. */
  async #keyOf(
    { source }: OpenSound,
    options: RecognizeOptions,
  ): Promise<TranscriptKey | undefined> {
    const { models, transcripts } = this.#parts;
    if (!source || !transcripts || !models.transcription) return undefined;
    const { transcriber, language } = models.transcription;
    const content = await transcripts.hash(source, options.signal);
    const { channels, track, only, roles } = options;
    const asked = { channels, track, ...(only && { only, roles }) };
    return { content, transcriber: transcriber.name, language, ...asked };
  }

  #keep(key: TranscriptKey, transcript: RecordingTranscript): Promise<string[]> {
    return keepTranscript(this.#parts.transcripts!, key, transcript);
  }
}
