import { logMelSpectrogram } from "../../audio/log-mel.ts";

/** Parts of a waveform in a second. */
export const peaksPerSec = 200;

/** Bands of a spectrogram: those that the audio models have. */
export const nMels = 128;

/** Columns in a second of a spectrogram of long times. */
export const overviewPerSec = 10;

/** Columns in a second of a spectrogram of short times. */
export const detailPerSec = 100;

const nFft = 1024;

/** Steps of a spectrogram's values in a decibel, from −100 dB. */
export const stepsPerDb = 1.8;

/** Lowest and highest samples of the parts of a sound, in turn, −127 to 127. */
export class PeakMeter {
  readonly #partLength: number;
  #lowest = 0;
  #highest = 0;
  #filled = 0;

  constructor(sampleRate: number) {
    this.#partLength = sampleRate / peaksPerSec;
  }

  /** Returns the parts that more samples complete. */
  push(samples: Float32Array): Int8Array<ArrayBuffer> {
    const peaks = new Int8Array(2 * Math.floor((this.#filled + samples.length) / this.#partLength));
    let at = 0;
    for (const sample of samples) {
      if (sample < this.#lowest) this.#lowest = sample;
      else if (sample > this.#highest) this.#highest = sample;
      if (++this.#filled < this.#partLength) continue;
      peaks[at++] = Math.max(-127, Math.round(this.#lowest * 127));
      peaks[at++] = Math.min(127, Math.round(this.#highest * 127));
      this.#lowest = this.#highest = this.#filled = 0;
    }
    return peaks;
  }
}

interface ColumnOptions {
  readonly sampleRate: number;
  readonly perSec: number;
}

/**
 * Returns the log-mel spectrogram of samples for looking at: [columns, bands], a byte each, `stepsPerDb` from −100 dB.
 */
export function melColumns(
  samples: Float32Array,
  { sampleRate, perSec }: ColumnOptions,
): Uint8Array<ArrayBuffer> {
  const hopLength = Math.round(sampleRate / perSec);
  const columns = Math.floor(samples.length / hopLength);
  const logMel = logMelSpectrogram(samples, { sampleRate, nFft, hopLength, nMels });
  const frames = logMel.length / nMels;
  const bytes = new Uint8Array(columns * nMels);
  const steps = (10 / Math.LN10) * stepsPerDb;
  for (let column = 0; column < columns; column++) {
    for (let band = 0; band < nMels; band++) {
      const level = logMel[band * frames + column]! * steps + 100 * stepsPerDb;
      bytes[column * nMels + band] = Math.max(0, Math.min(255, Math.round(level)));
    }
  }
  return bytes;
}

/** Spectrogram of a sound in blocks, at `overviewPerSec`. */
export class Overview {
  readonly #sampleRate: number;
  readonly #chunk: Float32Array;
  #filled = 0;

  constructor(sampleRate: number) {
    this.#sampleRate = sampleRate;
    this.#chunk = new Float32Array(5 * sampleRate);
  }

  /** Returns the columns that more samples complete; with the last ones, all that are left. */
  push(samples: Float32Array, isLast = false): Uint8Array<ArrayBuffer>[] {
    const made: Uint8Array<ArrayBuffer>[] = [];
    for (let at = 0; at < samples.length;) {
      const part = samples.subarray(at, at + this.#chunk.length - this.#filled);
      this.#chunk.set(part, this.#filled);
      this.#filled += part.length;
      at += part.length;
      if (this.#filled < this.#chunk.length) break;
      made.push(this.#columns(this.#chunk));
      this.#filled = 0;
    }
    if (isLast) made.push(this.#columns(this.#chunk.subarray(0, this.#filled)));
    return made;
  }

  /** Two frames a column, of which the louder counts: the first of a chunk lies half outside of it. */
  #columns(chunk: Float32Array): Uint8Array<ArrayBuffer> {
    if (chunk.length === 0) return new Uint8Array();
    const options = { sampleRate: this.#sampleRate, perSec: 2 * overviewPerSec };
    const halves = melColumns(chunk, options);
    const columns = new Uint8Array(Math.floor(halves.length / (2 * nMels)) * nMels);
    for (let at = 0; at < columns.length; at++) {
      const first = 2 * nMels * Math.floor(at / nMels) + (at % nMels);
      columns[at] = Math.max(halves[first]!, halves[first + nMels]!);
    }
    return columns;
  }
}
