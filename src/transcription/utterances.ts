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
  readonly signal?: AbortSignal | undefined;
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
  /** Samples of a frame that is not whole yet. */
  #rest: Float32Array = new Float32Array(0);

  constructor({ voiceActivity, signal, ...limits }: UtteranceOptions) {
    this.#scorer = voiceActivity.start();
    this.#gate = new SpeechGate(limits);
    this.#signal = signal;
  }

  /** Seconds from the start before which no later utterance begins. */
  get settledSec(): number {
    return (this.#gate.keepFrom * frameLength) / speechSampleRate;
  }

  /**
   * Takes the next samples.
   * @yields the utterances that they complete
   * @throws UndertoneError `cancelled`
   */
  async *push(samples: Float32Array): AsyncGenerator<SpokenSamples> {
    const all = concatenate([this.#rest, samples]);
    const whole = all.length - (all.length % frameLength);
    this.#rest = all.slice(whole);
    if (whole > 0) yield* this.#score(all.subarray(0, whole), whole);
  }

  /**
   * Ends the recording.
   * @yields the utterance that was still open
   */
  async *finish(): AsyncGenerator<SpokenSamples> {
    const { length } = this.#rest;
    if (length > 0) {
      const frame = new Float32Array(frameLength);
      frame.set(this.#rest);
      yield* this.#score(frame, length);
    }
    const last = this.#gate.finish();
    if (last) yield this.#held.take(last);
  }

  /**
   * Scores whole frames, of which the first `length` samples are the recording's.
   * @yields the utterances that they complete
   */
  async *#score(frames: Float32Array, length: number): AsyncGenerator<SpokenSamples> {
    throwIfCancelled(this.#signal);
    for (const [n, probability] of (await this.#scorer.score(frames)).entries()) {
      this.#held.push(frames.subarray(n * frameLength, Math.min(length, (n + 1) * frameLength)));
      const span = this.#gate.push(probability);
      if (span) yield this.#held.take(span);
      this.#held.forgetBefore(this.#gate.keepFrom);
    }
  }
}
