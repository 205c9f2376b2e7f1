import { checkLanguage } from "./languages.ts";
import type { SpeechGateOptions } from "./speech-gate.ts";
import { isPlausible } from "./plausibility.ts";
import { undetermined } from "./spoken-language.ts";
import {
  speechSampleRate,
  type EncodedSpeech,
  type EncodedTranscript,
  type Transcriber,
  type Transcript,
  type TranscribeOptions,
  type Utterance,
} from "./transcript.ts";
import { UtteranceFinder, type SpokenSamples, type VoiceActivity } from "./utterances.ts";

/** An utterance to transcribe, encoded where that comes first. */
interface Waiting extends SpokenSamples {
  readonly encoded: EncodedSpeech | undefined;
}

/** Utterances, and their transcripts as soon as they are there. */
interface UnderWay {
  readonly spoken: readonly SpokenSamples[];
  readonly transcripts: Promise<readonly EncodedTranscript[]>;
}

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

/** Utterances that are transcribed at once: so many, or of so many seconds; fewer at first, while nothing else is under way. */
const [mostAtOnce, mostSec, firstSec] = [8, 30, 20];

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
  #waiting: Waiting[] = [];
  /** Those before them, which a transcriber that works beside others is at. */
  #underWay: UnderWay | undefined;

  /** @throws UndertoneError `usage` for a language that the transcriber does not support */
  constructor(options: RecordingOptions) {
    const { transcriber, voiceActivity, isLive = false, limits, signal, language } = options;
    checkLanguage(transcriber, language);
    this.#options = options;
    this.#finder = new UtteranceFinder({ voiceActivity, isLive, signal, ...limits });
  }

  /** Seconds from the start before which no later utterance begins. */
  get settledSec(): number {
    const [next] = this.#underWay?.spoken ?? this.#waiting;
    return next?.startSec ?? this.#finder.settledSec;
  }

  /**
   * Takes the next samples.
   * @yields utterances that have been transcribed: live those that they complete, else earlier ones
   * @throws UndertoneError `cancelled`, and what the transcriber throws
   */
  async *push(samples: Float32Array): AsyncGenerator<Utterance> {
    yield* this.#take(this.#finder.push(samples));
  }

  /**
   * Ends the recording.
   * @yields the utterances that were not transcribed yet
   */
  async *finish(): AsyncGenerator<Utterance> {
    yield* this.#take(this.#finder.finish());
    if (this.#waiting.length > 0) yield* this.#transcribe();
    const last = this.#underWay;
    this.#underWay = undefined;
    if (last) yield* this.#told(last);
  }

  /**
   * Takes the next utterances, each encoded as soon as it is there.
   * @yields those that have been transcribed
   */
  async *#take(utterances: AsyncIterable<SpokenSamples>): AsyncGenerator<Utterance> {
    const { transcriber, signal, language } = this.#options;
    for await (const spoken of utterances) {
      const encoded = await transcriber.batches?.encode(spoken.samples, { signal, language });
      this.#waiting.push({ ...spoken, encoded });
      if (this.#isEnough()) yield* this.#transcribe();
    }
  }

  #isEnough(): boolean {
    const { transcriber, isLive = false } = this.#options;
    const { batches } = transcriber;
    if (!batches || isLive || this.#waiting.length >= mostAtOnce) return true;
    const samples = this.#waiting.reduce((sum, spoken) => sum + spoken.samples.length, 0);
    const isFirst = batches.worksBeside && this.#underWay === undefined;
    return samples >= (isFirst ? firstSec : mostSec) * speechSampleRate;
  }

  async *#transcribe(): AsyncGenerator<Utterance> {
    const { transcriber, isLive = false } = this.#options;
    const spoken = this.#waiting;
    this.#waiting = [];
    const asked = { spoken, transcripts: this.#ask(spoken) };
    if (!transcriber.batches?.worksBeside || isLive) {
      yield* this.#told(asked);
      return;
    }
    asked.transcripts.catch(() => undefined); // It is thrown where they are waited for.
    const before = this.#underWay;
    this.#underWay = asked;
    if (before) yield* this.#told(before);
  }

  async #ask(spoken: readonly Waiting[]): Promise<EncodedTranscript[]> {
    const { transcriber, signal, language } = this.#options;
    const options = { signal, language };
    const encoded = spoken.flatMap((each) => each.encoded ?? []);
    if (transcriber.batches) return transcriber.batches.decode(encoded, options);
    const transcripts: EncodedTranscript[] = [];
    for (const { samples } of spoken) {
      transcripts.push(await transcriber.transcribe(samples, options));
    }
    return transcripts;
  }

  async *#told({ spoken, transcripts: asked }: UnderWay): AsyncGenerator<Utterance> {
    const { layers } = this.#options;
    const transcripts = await asked;
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
