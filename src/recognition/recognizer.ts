import type { SoundChoice } from "../audio/read-channels.ts";
import { UndertoneError } from "../shared/errors.ts";
import { abortable } from "./abortable.ts";
import type { Analysis, SegmentEvent } from "./analysis.ts";
import { toSound, type AudioInput, type InputOptions } from "./audio-input.ts";
import {
  checkAsyncIterable,
  checkInputs,
  checkOptions,
  checkSound,
  type OptionKinds,
} from "./check-arguments.ts";
import { checkSpeakers, type SpeakerOptions } from "./channel-speakers.ts";
import { checkDiarization, type DiarizationOptions } from "./diarization-options.ts";
import { checkedBlocks } from "./checked-blocks.ts";
import type { EnrolledSpeaker, Engine } from "./engine.ts";
import type { EnrollOptions } from "./enrollment.ts";
import type { RecognizeOptions } from "./recognize.ts";

export interface AnalyzeOptions
  extends InputOptions, Omit<RecognizeOptions, "live" | "partialEverySec"> {}

export interface ClassifyOptions
  extends InputOptions, Pick<RecognizeOptions, "speaker" | keyof SoundChoice> {
  /** How many labels are returned for each clip, the likeliest first; all by default. */
  readonly topK?: number | undefined;
}

/** Options of `enroll`. */
export interface EnrollmentOptions extends InputOptions, Pick<EnrollOptions, "isNeutral"> {}

export interface StreamOptions extends Omit<
  RecognizeOptions,
  "live" | "onProgress" | keyof SoundChoice | keyof SpeakerOptions | keyof DiarizationOptions
> {
  /** Hz, of the blocks. */
  readonly sampleRate: number;
}

/** One label of a clip. */
export interface LabelScore<Label extends string = string> {
  readonly label: Label;
  /** Probability, 0 to 1. */
  readonly score: number;
}

/** What a stream yields: segments, and at its end what there is to say of the whole. */
export type StreamEvent<Label extends string = string> =
  | SegmentEvent<Label>
  | ({ readonly type: "end" } & Omit<Analysis<Label>, "segments">);

/** Loaded models that recognize emotions. */
export interface Recognizer<Label extends string = string> extends AsyncDisposable {
  readonly labels: readonly Label[];
  /** Name of the transcriber; `null` where the voice alone counts. */
  readonly transcriber: string | null;
  /** What is degraded in all results; it stands in the warnings of each. */
  readonly warnings: readonly string[];
  /**
   * Returns emotion over time in a recording of any length and supported format, which is read once, in bounded memory.
   * @throws UndertoneError `file-not-found`, `file-unreadable`, `audio-*`, `network-failed`, `cancelled`, `closed`
   * @example
   * const { segments } = await recognizer.analyze("interview.mp3");
   */
  analyze(input: AudioInput, options?: AnalyzeOptions): Promise<Analysis<Label>>;
  /**
   * Returns the labels of each clip, one prediction for the whole of it, the likeliest first. Of a clip with several channels
   * `channels` says which; by default those with different voices are mixed.
   * @throws UndertoneError as `analyze`
   * @example
   * const [clip] = await recognizer.classify([bytes], { topK: 3 }); // [{ label: "happy", score: 0.8 }, …]
   */
  classify(
    inputs: readonly AudioInput[],
    options?: ClassifyOptions,
  ): Promise<LabelScore<Label>[][]>;
  /**
   * Recognizes emotion in blocks of one channel as they come; take one, or `toMono` of all. With a `speaker`, or the `reference` "training", final segments are those
   * of `analyze` of the whole; else each is held against the speech before it. Partial segments say what the last seconds
   * sound like.
   * @throws UndertoneError `cancelled`, `closed`
   * @example
   * for await (const event of recognizer.stream(microphone, { sampleRate: 48_000 })) console.log(event);
   */
  stream(
    blocks: AsyncIterable<Float32Array>,
    options: StreamOptions,
  ): AsyncGenerator<StreamEvent<Label>, void>;
  /**
   * Measures a few seconds of neutral speech of one person, or any speech that is mostly neutral: the `speaker` of later
   * analyses, which are more accurate.
   * @throws UndertoneError as `analyze`, `audio-empty` without usable speech, `model-invalid` for a model without a
   * neutral reference
   * @example
   * const speaker = await recognizer.enroll(["neutral.wav"]);
   * const { segments } = await recognizer.analyze("diary.m4a", { speaker });
   */
  enroll(inputs: readonly AudioInput[], options?: EnrollmentOptions): Promise<EnrolledSpeaker>;
  /** Stops what is under way and frees the models' memory. Every later call rejects with the code `closed`. */
  close(): Promise<void>;
}

const inputKinds: OptionKinds<InputOptions> = { maxBytes: ["number"], signal: [AbortSignal] };
const soundKinds: OptionKinds<SoundChoice> = {
  channels: ["string"],
  track: ["number"],
  maxDurationSec: ["number"],
  section: ["object"],
};
const classifyKinds: OptionKinds<ClassifyOptions> = {
  ...inputKinds,
  ...soundKinds,
  speaker: ["object"],
  topK: ["number"],
};
const referenceKinds = {
  minConfidence: ["number"],
  maxOodScore: ["number"],
  speaker: ["object"],
  reference: ["string"],
  sensitivity: ["string"],
} as const;
const enrollKinds: OptionKinds<EnrollmentOptions> = { ...inputKinds, isNeutral: ["boolean"] };
const analyzeKinds: OptionKinds<AnalyzeOptions> = {
  ...inputKinds,
  language: ["string"],
  ...soundKinds,
  ...referenceKinds,
  roles: ["object"],
  only: ["object"],
  diarize: ["boolean"],
  speakers: ["number"],
  turns: ["object"],
  onProgress: ["function"],
};
const streamKinds: OptionKinds<StreamOptions> = {
  sampleRate: ["number"],
  language: ["string"],
  ...referenceKinds,
  partialEverySec: ["number"],
  signal: [AbortSignal],
};

/** Not there in older browsers; those that compile `await using` for them define this one. */
const asyncDispose: typeof Symbol.asyncDispose =
  Symbol.asyncDispose ?? Symbol.for("Symbol.asyncDispose");

/** Returns a recognizer that does its work with an engine. */
export function createRecognizer(engine: Engine): Recognizer {
  const closing = new AbortController();
  const underWay = new Set<Promise<unknown>>();
  let closed: Promise<void> | undefined;

  /** One of its own for each call: Node warns of many that listen to one. */
  const signalOf = (signal: AbortSignal | undefined): AbortSignal =>
    AbortSignal.any(signal ? [signal, closing.signal] : [closing.signal]);
  const checkOpen = (): void => {
    if (closing.signal.aborted) throw new UndertoneError("closed", "The recognizer is closed.");
  };
  /** Work that `close` stops and waits for. */
  async function doing<Result>(work: () => Promise<Result>): Promise<Result> {
    checkOpen();
    const promise = work();
    underWay.add(promise);
    try {
      return await promise;
    } catch (error) {
      checkOpen();
      throw error;
    } finally {
      underWay.delete(promise);
    }
  }

  const close = (): Promise<void> => {
    closing.abort();
    closed ??= Promise.allSettled(underWay).then(() => engine.close());
    return closed;
  };

  return {
    labels: engine.labels,
    transcriber: engine.transcriber,
    warnings: engine.warnings,
    analyze: (input, options = {}) =>
      doing(async () => {
        checkOptions("analyze", options, analyzeKinds);
        checkSound("analyze", options);
        checkSpeakers("analyze", options);
        checkDiarization("analyze", options);
        const { maxBytes, ...wanted } = options;
        const signal = signalOf(options.signal);
        return engine.analyze(await toSound(input, { maxBytes, signal }), { ...wanted, signal });
      }),
    classify: (inputs, options = {}) =>
      doing(async () => {
        checkInputs("classify", inputs);
        checkOptions("classify", options, classifyKinds);
        checkSound("classify", options, ["auto", "mix", "left", "right"]);
        const { topK, maxBytes, speaker, channels, track, section, maxDurationSec } = options;
        const signal = signalOf(options.signal);
        const clips: LabelScore[][] = [];
        for (const input of inputs) {
          const sound = await toSound(input, { maxBytes, signal });
          const { probabilities } = await engine.classify(sound, {
            speaker,
            sensitivity: "high",
            channels,
            track,
            maxDurationSec,
            section,
            signal,
          });
          const scores = Object.entries(probabilities ?? {});
          clips.push(
            scores
              .map(([label, score]) => ({ label, score }))
              .toSorted((a, b) => b.score - a.score)
              .slice(0, topK),
          );
        }
        return clips;
      }),
    stream: async function* (blocks, given) {
      checkOpen();
      checkAsyncIterable("stream", blocks);
      checkOptions("stream", given, streamKinds);
      const { sampleRate, partialEverySec = 1, ...options } = given;
      const signal = signalOf(options.signal);
      const sound = { blocks: checkedBlocks(abortable(blocks, signal)), sampleRate };
      const events = engine.stream(sound, { ...options, live: true, partialEverySec, signal });
      try {
        let next = await doing(() => events.next());
        for (; !next.done; next = await doing(() => events.next())) yield next.value;
        const { segments: _, ...whole } = next.value;
        yield { type: "end", ...whole };
      } finally {
        await events.return(undefined!);
      }
    },
    enroll: (inputs, options = {}) =>
      doing(async () => {
        checkInputs("enroll", inputs);
        checkOptions("enroll", options, enrollKinds);
        if (inputs.length === 0) throw new RangeError("enroll: no recording given");
        const signal = signalOf(options.signal);
        const sounds = [];
        for (const input of inputs) sounds.push(await toSound(input, { ...options, signal }));
        return engine.enroll(sounds, { isNeutral: options.isNeutral, signal });
      }),
    close,
    [asyncDispose]: close,
  };
}
