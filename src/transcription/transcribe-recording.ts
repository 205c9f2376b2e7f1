import { checkLanguage } from "./languages.ts";
import type { SpeechGateOptions } from "./speech-gate.ts";
import { isPlausible } from "./plausibility.ts";
import { undetermined } from "./spoken-language.ts";
import {
  speechSampleRate,
  type Transcriber,
  type Transcript,
  type TranscribeOptions,
  type Utterance,
} from "./transcript.ts";
import { UtteranceFinder, type SpokenSamples, type VoiceActivity } from "./utterances.ts";

export interface RecordingOptions extends TranscribeOptions {
  readonly transcriber: Transcriber;
  readonly voiceActivity: VoiceActivity;
  /**
   * Whether utterances are transcribed as soon as they end, in place of a few at once where the transcriber is faster so.
   */
  readonly isLive?: boolean | undefined;
  /** Gets what the transcriber's encoder made of each utterance, where it was opened to give that. */
  readonly layers?: Map<Utterance, readonly Float32Array[]> | undefined;
  /** When speech begins and ends. */
  readonly limits?: SpeechGateOptions | undefined;
}

/** Utterances that are transcribed at once. */
const mostAtOnce = 8;

const toMs = (seconds: number): number => Math.round(seconds * 1000) / 1000;

/**
 * Transcribes one recording, mono at 16 kHz in blocks of any length, utterance by utterance, in order and without
 * overlap. There is none where nobody speaks, and where the words cannot be what was said; one without words where they
 * are of no language that the transcriber knows.
 */
export class RecordingTranscriber {
  readonly #options: RecordingOptions;
  readonly #finder: UtteranceFinder;
  /** Utterances that are not transcribed yet. */
  #waiting: SpokenSamples[] = [];

  /** @throws UndertoneError `usage` for a language that the transcriber does not support */
  constructor(options: RecordingOptions) {
    const { transcriber, voiceActivity, limits, signal, language } = options;
    checkLanguage(transcriber, language);
    this.#options = options;
    this.#finder = new UtteranceFinder({ voiceActivity, signal, ...limits });
  }

  /** Seconds from the start before which no later utterance begins. */
  get settledSec(): number {
    return this.#waiting[0]?.startSec ?? this.#finder.settledSec;
  }

  /**
   * Takes the next samples.
   * @yields the utterances that they complete
   * @throws UndertoneError `cancelled`, and what the transcriber throws
   */
  async *push(samples: Float32Array): AsyncGenerator<Utterance> {
    for await (const spoken of this.#finder.push(samples)) {
      this.#waiting.push(spoken);
      if (this.#waiting.length >= this.#atOnce) yield* this.#transcribe();
    }
  }

  /**
   * Ends the recording.
   * @yields the utterances that were not transcribed yet
   */
  async *finish(): AsyncGenerator<Utterance> {
    for await (const spoken of this.#finder.finish()) this.#waiting.push(spoken);
    yield* this.#transcribe();
  }

  get #atOnce(): number {
    const { transcriber, isLive = false } = this.#options;
    return transcriber.transcribeAll && !isLive ? mostAtOnce : 1;
  }

  async *#transcribe(): AsyncGenerator<Utterance> {
    const { transcriber, signal, language, layers } = this.#options;
    const spoken = this.#waiting;
    this.#waiting = [];
    const options = { signal, language };
    const all = spoken.map(({ samples }) => samples);
    const transcripts =
      (await transcriber.transcribeAll?.(all, options)) ??
      (await oneByOne(all, (samples) => transcriber.transcribe(samples, options)));
    for (const [n, { startSec, samples }] of spoken.entries()) {
      const transcript = transcripts[n]!;
      const durationSec = samples.length / speechSampleRate;
      if (!isPlausible(transcript, durationSec)) continue;
      const isBelieved = transcript.language !== undetermined;
      const untold = { text: "", confidence: 0, language: undetermined };
      const utterance = placed(isBelieved ? transcript : untold, startSec, durationSec);
      if (transcript.layers) layers?.set(utterance, transcript.layers);
      yield utterance;
    }
  }
}

async function oneByOne<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  for (const item of items) results.push(await work(item));
  return results;
}

/** Puts a transcript at its place in the recording. */
function placed(transcript: Transcript, startSec: number, durationSec: number): Utterance {
  const { text, confidence, language, words } = transcript;
  const within = (sec: number, from: number): number =>
    toMs(startSec + Math.min(Math.max(sec, from), durationSec));
  return {
    startSec: toMs(startSec),
    endSec: toMs(startSec + durationSec),
    text,
    confidence,
    ...(language !== undefined && { language }),
    ...(words !== undefined && {
      words: words.map((word) => ({
        text: word.text,
        startSec: within(word.startSec, 0),
        endSec: within(word.endSec, Math.max(word.startSec, 0)),
      })),
    }),
  };
}

/** Joins the utterances of a recording into one transcript; the confidence is weighted by their length. */
export function joinUtterances(utterances: readonly Utterance[]): Transcript {
  const texts = utterances.map((utterance) => utterance.text);
  const text = texts.filter((each) => each !== "").join(" ");
  const characters = utterances.reduce((sum, utterance) => sum + utterance.text.length, 0);
  const weighted = utterances.reduce((sum, each) => sum + each.confidence * each.text.length, 0);
  return { text, confidence: characters === 0 ? 0 : weighted / characters };
}
