import { concatenate } from "../audio/blocks.ts";
import { throwIfCancelled } from "../shared/errors.ts";
import { frameLength, type FrameScorer, type Silero } from "./silero.ts";
import { SpeechGate, type Span, type SpeechGateOptions } from "./speech-gate.ts";
import { speechSampleRate } from "./transcript.ts";

/** Scores how likely someone speaks. */
export type VoiceActivity = Pick<Silero, "start">;

/** The samples of one utterance and where it starts in the recording. */
export interface SpokenSamples {
  readonly startSec: number;
  readonly samples: Float32Array;
}

interface UtteranceOptions extends SpeechGateOptions {
  readonly voiceActivity: VoiceActivity;
  /** Whether utterances are found as soon as they end, in place of many frames at once, and those after them meanwhile. */
  readonly isLive?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Frames that are scored at once where nobody waits for them: 16 s. */
const framesAtOnce = 512;

/** Whole frames, of which the first `length` samples are the recording's, and their scores. */
interface ScoredSamples {
  readonly frames: Float32Array;
  readonly length: number;
  readonly scores: Promise<Float32Array>;
}

/** The last frames of a stream, by their number. */
class HeldFrames {
  #frames: Float32Array[] = [];
  #first = 0;

  push(frame: Float32Array): void {
    this.#frames.push(frame);
  }

  take({ startFrame, endFrame }: Span): SpokenSamples {
    const frames = this.#frames.slice(startFrame - this.#first, endFrame - this.#first);
    const startSec = (startFrame * frameLength) / speechSampleRate;
    return { startSec, samples: concatenate(frames) };
  }

  forgetBefore(frame: number): void {
    if (frame < this.#first + 64) return; // now and then is enough
    this.#frames = this.#frames.slice(frame - this.#first);
    this.#first = frame;
  }
}

/**
 * Cuts a recording, mono at 16 kHz in blocks of any length, into its utterances, in order and without overlap.
 * Holds no more of it than the longest of them.
 */
export class UtteranceFinder {
  readonly #scorer: FrameScorer;
  readonly #gate: SpeechGate;
  readonly #held = new HeldFrames();
  readonly #signal: AbortSignal | undefined;
  readonly #isLive: boolean;
  /** The samples that are not scored yet are its first ones. */
  readonly #waiting = new Float32Array(framesAtOnce * frameLength);
  #waitingSamples = 0;
  /** Scored while what was found before them is transcribed. */
  #ahead: ScoredSamples | undefined;

  constructor({ voiceActivity, isLive = false, signal, ...limits }: UtteranceOptions) {
    this.#scorer = voiceActivity.start();
    this.#gate = new SpeechGate(limits);
    this.#signal = signal;
    this.#isLive = isLive;
  }

  /** Seconds from the start before which no later utterance begins. */
  get settledSec(): number {
    return (this.#gate.keepFrom * frameLength) / speechSampleRate;
  }

  /**
   * Takes the next samples.
   * @yields utterances that have ended: live those that they complete, else earlier ones
   * @throws UndertoneError `cancelled`
   */
  async *push(samples: Float32Array): AsyncGenerator<SpokenSamples> {
    for (let from = 0; from < samples.length;) {
      const some = samples.subarray(from, from + this.#waiting.length - this.#waitingSamples);
      this.#waiting.set(some, this.#waitingSamples);
      this.#waitingSamples += some.length;
      from += some.length;
      if (this.#waitingSamples === this.#waiting.length) yield* this.#scoreWhole();
    }
    if (this.#isLive && this.#waitingSamples >= frameLength) yield* this.#scoreWhole();
  }

  /**
   * Ends the recording.
   * @yields the utterance that was still open
   */
  async *finish(): AsyncGenerator<SpokenSamples> {
    const length = this.#waitingSamples;
    if (length > 0) {
      const frames = new Float32Array(Math.ceil(length / frameLength) * frameLength);
      frames.set(this.#waiting.subarray(0, length));
      yield* this.#score(frames, length);
    }
    if (this.#ahead) yield* this.#utterancesIn(this.#ahead);
    const last = this.#gate.finish();
    if (last) yield this.#held.take(last);
  }

  async *#scoreWhole(): AsyncGenerator<SpokenSamples> {
    const whole = this.#waitingSamples - (this.#waitingSamples % frameLength);
    const frames = this.#waiting.slice(0, whole);
    this.#waiting.copyWithin(0, whole, this.#waitingSamples);
    this.#waitingSamples -= whole;
    yield* this.#score(frames, whole);
  }

  /**
   * Scores whole frames, of which the first `length` samples are the recording's.
   * @yields the utterances that are completed by them, or by those before them
   */
  async *#score(frames: Float32Array, length: number): AsyncGenerator<SpokenSamples> {
    throwIfCancelled(this.#signal);
    const before = this.#ahead;
    await before?.scores;
    const scored = { frames, length, scores: this.#scorer.score(frames) };
    scored.scores.catch(() => undefined); // It is thrown where they are waited for.
    this.#ahead = this.#isLive ? undefined : scored;
    if (this.#isLive) yield* this.#utterancesIn(scored);
    else if (before) yield* this.#utterancesIn(before);
  }

  async *#utterancesIn(scored: ScoredSamples): AsyncGenerator<SpokenSamples> {
    const { frames, length } = scored;
    for (const [n, probability] of (await scored.scores).entries()) {
      this.#held.push(frames.subarray(n * frameLength, Math.min(length, (n + 1) * frameLength)));
      const span = this.#gate.push(probability);
      if (span) yield this.#held.take(span);
      this.#held.forgetBefore(this.#gate.keepFrom);
    }
  }
}
