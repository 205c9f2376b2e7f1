import { frameLength } from "./silero.ts";
import { speechSampleRate } from "./transcript.ts";

export interface SpeechGateOptions {
  /** Speech begins at this probability … */
  readonly enter?: number | undefined;
  /** … and is over below this one. */
  readonly leave?: number | undefined;
  /** Less of it is a click or a cough. */
  readonly minSpeechSec?: number | undefined;
  /** A shorter pause stands within an utterance. */
  readonly minSilenceSec?: number | undefined;
  /** Sound kept around speech, at most half of `minSilenceSec`. */
  readonly padSec?: number | undefined;
  /** What is longer is cut where it is least like speech. */
  readonly maxSpeechSec?: number | undefined;
}

/** Frames of an utterance, `endFrame` excluded. */
export interface Span {
  readonly startFrame: number;
  readonly endFrame: number;
}

interface Limits {
  readonly enter: number;
  readonly leave: number;
  readonly minSpeech: number;
  readonly minSilence: number;
  readonly pad: number;
  readonly maxSpeech: number;
}

const toFrames = (sec: number): number => Math.round((sec * speechSampleRate) / frameLength);

/** Decides from the speech probability of one frame after another where utterances begin and end. */
export class SpeechGate {
  readonly #limits: Limits;
  #frames = 0;
  /** Probabilities since the open utterance's first frame; `undefined` while nobody speaks. */
  #open: number[] | undefined;
  /** Frames at the end of the open utterance since someone last spoke. */
  #quiet = 0;
  /** The open utterance follows a cut: its start is not padded. */
  #isCut = false;

  /** @throws RangeError when the options contradict each other */
  constructor(options: SpeechGateOptions = {}) {
    const { enter = 0.4, leave = 0.2, minSpeechSec = 0.2 } = options;
    const { minSilenceSec = 1, padSec = 0.4, maxSpeechSec = 20 } = options;
    if (!(leave > 0 && leave <= enter && enter < 1)) {
      throw new RangeError(`SpeechGate: want 0 < leave ≤ enter < 1, got ${leave} and ${enter}`);
    }
    if (!(padSec >= 0 && 2 * padSec <= minSilenceSec && minSilenceSec < maxSpeechSec)) {
      throw new RangeError(
        `SpeechGate: want 2 padSec ≤ minSilenceSec < maxSpeechSec, got ${padSec}, ${minSilenceSec}, ${maxSpeechSec}`,
      );
    }
    this.#limits = {
      enter,
      leave,
      minSpeech: toFrames(minSpeechSec),
      minSilence: toFrames(minSilenceSec),
      pad: toFrames(padSec),
      maxSpeech: toFrames(maxSpeechSec),
    };
  }

  /** Takes the next frame's probability and gives the utterance that it completes. */
  push(probability: number): Span | undefined {
    const { enter, leave, minSilence, maxSpeech } = this.#limits;
    this.#frames++;
    if (this.#open === undefined) {
      if (probability >= enter) this.#open = [probability];
      return undefined;
    }
    this.#open.push(probability);
    this.#quiet = probability < leave ? this.#quiet + 1 : 0;
    if (this.#quiet >= minSilence) return this.#finishOpen();
    return this.#open.length >= maxSpeech ? this.#cut(this.#open) : undefined;
  }

  /** Ends the stream and gives the utterance that was still open. */
  finish(): Span | undefined {
    return this.#open && this.#finishOpen();
  }

  /** The first frame that a later utterance may still hold. */
  get keepFrom(): number {
    const start = this.#frames - (this.#open?.length ?? 0);
    return Math.max(0, start - this.#limits.pad);
  }

  #finishOpen(): Span | undefined {
    const { minSpeech, pad } = this.#limits;
    const length = this.#open!.length;
    const spoken = length - this.#quiet;
    const startFrame = this.#frames - length - (this.#isCut ? 0 : pad);
    const endFrame = this.#frames - this.#quiet + Math.min(pad, this.#quiet);
    this.#open = undefined;
    this.#quiet = 0;
    this.#isCut = false;
    return spoken < minSpeech ? undefined : { startFrame: Math.max(0, startFrame), endFrame };
  }

  /** Cuts in the utterance's second half; what follows is open still. */
  #cut(open: number[]): Span {
    const { pad } = this.#limits;
    let at = Math.ceil(open.length / 2);
    for (let n = at; n < open.length; n++) if (open[n]! < open[at]!) at = n;
    const start = this.#frames - open.length;
    const startFrame = Math.max(0, start - (this.#isCut ? 0 : pad));
    this.#open = open.slice(at);
    this.#quiet = Math.min(this.#quiet, this.#open.length);
    this.#isCut = true;
    return { startFrame, endFrame: start + at };
  }
}
