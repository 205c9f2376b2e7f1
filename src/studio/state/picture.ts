import { signal, type ReadonlySignal } from "@preact/signals";
import type { PictureUpdate } from "../worker/open-file.ts";
import { nMels } from "../worker/picture.ts";

/** Numbers that grow at their end. */
class Growing<Numbers extends Int8Array<ArrayBuffer> | Uint8Array<ArrayBuffer>> {
  #buffer: Numbers;
  length = 0;

  constructor(empty: Numbers) {
    this.#buffer = empty;
  }

  push(more: ArrayLike<number>): void {
    const needed = this.length + more.length;
    if (needed > this.#buffer.length) {
      const create = this.#buffer.constructor as new (length: number) => Numbers;
      const larger = new create(Math.max(needed, 2 * this.#buffer.length));
      larger.set(this.#buffer.subarray(0, this.length));
      this.#buffer = larger;
    }
    this.#buffer.set(more, this.length);
    this.length = needed;
  }

  get values(): Numbers {
    return this.#buffer.subarray(0, this.length) as Numbers;
  }
}

/** What is to be seen of a recording's sound, as far as it is decoded. */
export class Picture {
  readonly #durationSec = signal(0);
  #peaks: Growing<Int8Array<ArrayBuffer>>[] = [];
  #columns = new Growing<Uint8Array<ArrayBuffer>>(new Uint8Array());
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
      this.#columns = new Growing<Uint8Array<ArrayBuffer>>(new Uint8Array());
    }
    for (const [channel, more] of peaks.entries()) {
      (this.#peaks[channel] ??= new Growing<Int8Array<ArrayBuffer>>(new Int8Array())).push(more);
      for (const value of more) this.#peak = Math.max(this.#peak, Math.abs(value));
    }
    for (const value of columns) this.#loudest = Math.max(this.#loudest, value);
    this.#columns.push(columns);
    this.#durationSec.value = doneSec;
  }

  /** Of each channel: lowest and highest of each part in turn. */
  get peaks(): readonly Int8Array[] {
    return this.#peaks.map(({ values }) => values);
  }

  /** The greatest of `peaks`, at least 1. */
  get peak(): number {
    return this.#peak;
  }

  /** Spectrogram of long times: [columns, bands]. */
  get columns(): Uint8Array {
    return this.#columns.values;
  }

  get columnCount(): number {
    return this.#columns.length / nMels;
  }

  /** The greatest value of the spectrogram. */
  get loudest(): number {
    return this.#loudest;
  }
}
