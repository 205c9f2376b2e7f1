import { Refusal } from "../refusal.ts";

/** A live stream, as its server sees its load. */
export interface LoadedStream {
  /** Seconds by which its results are behind its sound; 0 for one that comes faster than it is spoken. */
  readonly lateSec: number;
  /** Closes it, since the server cannot keep up with all. */
  shed(): void;
}

/** Later than that, and not catching up, some streams have to go. */
const mostLateSec = 3;

/** The share of the streams that go at once. */
const shedShare = 1 / 4;

/** For how long the number of streams that were left is taken for all that the server can do. */
const rememberedMs = 30_000;

/**
 * Keeps live streams live: where the server falls behind, the streams that came last are closed, and no more are taken than
 * those that it could keep up with.
 */
export class StreamLoad {
  readonly #streams = new Set<LoadedStream>();
  readonly #most: number;
  readonly #least: number;
  /** How many the server can do, as far as that is known. */
  #room = Infinity;
  #shedAtMs = -Infinity;
  #lastLateSec = 0;

  /**
   * @param most streams at once
   * @param least streams that are never closed, however late they are
   */
  constructor(most: number, least: number) {
    this.#most = most;
    this.#least = least;
  }

  get size(): number {
    return this.#streams.size;
  }

  /** Seconds by which the stream that is most behind is. */
  get lateSec(): number {
    return Math.max(0, ...[...this.#streams].map(({ lateSec }) => lateSec));
  }

  add(stream: LoadedStream): void {
    this.#streams.add(stream);
  }

  delete(stream: LoadedStream): void {
    this.#streams.delete(stream);
  }

  /** @throws Refusal `overloaded` */
  assertRoom(): void {
    const { size } = this;
    if (size < Math.min(this.#most, this.#room)) return;
    const message =
      size < this.#most
        ? `The server is busy: it keeps up with ${size} streams now.`
        : `The server takes ${this.#most} streams at once.`;
    throw new Refusal("overloaded", message, { retryAfterSec: 10 });
  }

  /** Closes streams where they are too late and do not catch up; to be called every second. */
  check(nowMs: number): void {
    const { lateSec } = this;
    const before = this.#lastLateSec;
    this.#lastLateSec = lateSec;
    const isBehind = before > mostLateSec && lateSec > mostLateSec && lateSec >= before;
    if (isBehind && this.size > this.#least) {
      const count = Math.max(this.#least, Math.floor(this.size * (1 - shedShare)));
      const surplus = [...this.#streams].slice(count);
      this.#room = count;
      this.#shedAtMs = nowMs;
      for (const stream of surplus) {
        this.#streams.delete(stream);
        stream.shed();
      }
    } else if (nowMs - this.#shedAtMs > rememberedMs) this.#room = Infinity;
  }
}
