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
  #frame = new Float32Array(frameLength);
  #filled = 0;

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
    for (let taken = 0; taken < samples.length;) {
      const part = samples.subarray(taken, taken + frameLength - this.#filled);
      this.#frame.set(part, this.#filled);
      this.#filled += part.length;
      taken += part.length;
      if (this.#filled < frameLength) return;
      const frame = this.#frame;
      this.#frame = new Float32Array(frameLength);
      this.#filled = 0;
      yield* this.#score(frame, frame);
    }
  }

  /**
   * Ends the recording.
   * @yields the utterance that was still open
   */
  async *finish(): AsyncGenerator<SpokenSamples> {
    if (this.#filled > 0) yield* this.#score(this.#frame, this.#frame.subarray(0, this.#filled));
    const last = this.#gate.finish();
    if (last) yield this.#held.take(last);
  }

  /**
   * Scores a whole frame, of which `samples` are the recording's.
   * @yields the utterance that it completes
   */
  async *#score(frame: Float32Array, samples: Float32Array): AsyncGenerator<SpokenSamples> {
    throwIfCancelled(this.#signal);
    this.#held.push(samples);
    const span = this.#gate.push(await this.#scorer.score(frame));
    if (span) yield this.#held.take(span);
    this.#held.forgetBefore(this.#gate.keepFrom);
  }
}
