import { concatenate } from "../audio/blocks.ts";
import { findSpeech, type SpeechRegion } from "../audio/speech-activity.ts";

/** Speech without a pause, with the windows that cover it. */
export interface SpokenRegion extends SpeechRegion {
  readonly samples: Float32Array;
  /** In seconds of the recording, as the region. */
  readonly windows: readonly SpeechRegion[];
}

/** Of a window, and from the start of one to the next. */
export const windowSec = 1.5;
const hopSec = 0.25;

/** Sound that is decided on in one go: the background level is estimated from it. */
const chunkSec = 60;
const longestChunkSec = 120;

/** Edges of speech where it begins and ends, not some time before and after: a turn's error counts in hundredths of a second. */
const activity = { paddingSec: 0, minPauseSec: 0.3, quietEdges: true };
const minSpeechSec = 0.2;

/** Finds the speech of a recording and lays windows over it; mono samples come in pieces of any length. Holds at most two minutes. */
export class SpeechWindows {
  readonly #sampleRate: number;
  #blocks: Float32Array[] = [];
  #length = 0;
  /** Sample of the recording at which the first block starts. */
  #from = 0;

  constructor(sampleRate: number) {
    this.#sampleRate = sampleRate;
  }

  /**
   * Takes the next samples.
   * @yields the regions that are settled by them
   */
  *push(samples: Float32Array): Generator<SpokenRegion> {
    this.#blocks.push(samples);
    this.#length += samples.length;
    if (this.#length >= chunkSec * this.#sampleRate) yield* this.#take(false);
  }

  /** @yields all other regions */
  *finish(): Generator<SpokenRegion> {
    if (this.#length > 0) yield* this.#take(true);
  }

  *#take(isLast: boolean): Generator<SpokenRegion> {
    const rate = this.#sampleRate;
    const samples = concatenate(this.#blocks);
    const lengthSec = samples.length / rate;
    const regions = findSpeech(samples, rate, activity);
    // What may go on beyond the end is looked at again with what follows.
    const open = regions.findLast(({ endSec }) => endSec + activity.minPauseSec >= lengthSec);
    const waits = !isLast && open !== undefined && lengthSec < longestChunkSec;
    const settledSec = waits ? open.startSec : lengthSec;
    for (const region of regions) {
      if (region.startSec >= settledSec) break;
      if (region.endSec - region.startSec < minSpeechSec) continue;
      yield this.#windowed(region, samples);
    }
    const done = Math.floor(settledSec * rate);
    this.#blocks = done < samples.length ? [samples.slice(done)] : [];
    this.#length = samples.length - done;
    this.#from += done;
  }

  #windowed({ startSec, endSec }: SpeechRegion, samples: Float32Array): SpokenRegion {
    const fromSec = this.#from / this.#sampleRate;
    const excessSec = Math.max(0, endSec - startSec - windowSec);
    const steps = Math.ceil(excessSec / hopSec);
    const windows = Array.from({ length: steps + 1 }, (_, step) => {
      const first = startSec + (steps === 0 ? 0 : (step / steps) * excessSec);
      const last = Math.min(endSec, first + windowSec);
      return { startSec: fromSec + first, endSec: fromSec + last };
    });
    const [start, end] = [startSec, endSec].map((sec) => Math.round(sec * this.#sampleRate));
    return {
      startSec: fromSec + startSec,
      endSec: fromSec + endSec,
      samples: samples.slice(start, end),
      windows,
    };
  }
}
