import { signal, type ReadonlySignal } from "@preact/signals";
import type { PictureUpdate } from "../worker/open-file.ts";
import { nMels } from "../worker/picture.ts";

type Bytes = Int8Array<ArrayBuffer> | Uint8Array<ArrayBuffer>;

/** Numbers that grow at their end. */
class Growing<Numbers extends Bytes> {
  readonly #create: (length: number) => Numbers;
  #buffer: Numbers;
  #length = 0;

  constructor(create: (length: number) => Numbers) {
    this.#create = create;
    this.#buffer = create(0);
  }

  push(more: ArrayLike<number>): void {
    const needed = this.#length + more.length;
    if (needed > this.#buffer.length) {
      const larger = this.#create(Math.max(needed, 2 * this.#buffer.length));
      larger.set(this.#buffer.subarray(0, this.#length));
      this.#buffer = larger;
    }
    this.#buffer.set(more, this.#length);
    this.#length = needed;
  }

  get values(): Bytes {
    return this.#buffer.subarray(0, this.#length);
  }
}

const growingPeaks = (): Growing<Int8Array<ArrayBuffer>> => new Growing((n) => new Int8Array(n));
const growingColumns = (): Growing<Uint8Array<ArrayBuffer>> =>
  new Growing((n) => new Uint8Array(n));

/** What is to be seen of a recording's sound, as far as it is decoded. */
export class Picture {
  readonly #durationSec = signal(0);
  #peaks: ReturnType<typeof growingPeaks>[] = [];
  #columns = growingColumns();
  #loudest = 0;
  #peak = 1;

  /** Seconds that there are; whoever reads it is told of more. */
  get durationSec(): ReadonlySignal<number> {
    return this.#durationSec;
  }

  /** Takes more of it; what begins at less than is there begins anew. */
  add({ doneSec, peaks, columns }: PictureUpdate): void {
    if (doneSec < this.#durationSec.peek()) {
      this.#peaks = [];
      this.#columns = growingColumns();
    }
    for (const [channel, more] of peaks.entries()) {
      (this.#peaks[channel] ??= growingPeaks()).push(more);
      for (const value of more) this.#peak = Math.max(this.#peak, Math.abs(value));
    }
    for (const value of columns) this.#loudest = Math.max(this.#loudest, value);
    this.#columns.push(columns);
    this.#durationSec.value = doneSec;
  }

  /** Of each channel: lowest and highest of each part in turn. */
  get peaks(): readonly Bytes[] {
    return this.#peaks.map(({ values }) => values);
  }

  /** The greatest of `peaks`, at least 1. */
  get peak(): number {
    return this.#peak;
  }

  /** Spectrogram of long times: [columns, bands]. */
  get columns(): Bytes {
    return this.#columns.values;
  }

  get columnCount(): number {
    return this.columns.length / nMels;
  }

  /** The greatest value of the spectrogram. */
  get loudest(): number {
    return this.#loudest;
  }
}
