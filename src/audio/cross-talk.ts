import { concatenate } from "./blocks.ts";
import { LeakFinder, type Leak } from "./leak-finder.ts";

/** Samples that are decided on in one go, and what is looked at on both sides of them. */
const chunkSec = 30;
const contextSec = 1;
/** Masks begin and end gradually, without a click. */
const fadeSec = 0.005;

/** Removes cross-talk: what one channel repeats of another one, more quietly and a little later. Holds half a minute. */
export class CrossTalk {
  readonly #sampleRate: number;
  readonly #finders: LeakFinder[][] = [];
  /** Samples that wait for what follows [channel], the first of them given out already. */
  #held: Float32Array[] = [];
  #given = 0;
  /** Samples at which some channel is masked. */
  #masked = 0;

  constructor(sampleRate: number) {
    this.#sampleRate = sampleRate;
  }

  /**
   * Passes on blocks [channel][sample]; those of one channel as they are.
   * @yields the blocks, with silence in place of cross-talk
   */
  async *without(
    blocks: AsyncIterable<readonly Float32Array[]> | Iterable<readonly Float32Array[]>,
  ): AsyncGenerator<readonly Float32Array[]> {
    const waiting: (readonly Float32Array[])[] = [];
    let length = 0;
    for await (const block of blocks) {
      if (block.length < 2) {
        yield block;
        continue;
      }
      waiting.push(block);
      length += block[0]!.length;
      if (length < chunkSec * this.#sampleRate) continue;
      this.#hold(waiting.splice(0));
      length = 0;
      yield this.#release(contextSec * this.#sampleRate);
    }
    if (waiting.length > 0) this.#hold(waiting);
    if (this.#held.length > 0) yield this.#release(0);
  }

  /** What there is to tell of it. */
  get warnings(): string[] {
    const maskedSec = this.#masked / this.#sampleRate;
    if (maskedSec < 0.5) return [];
    return [
      `Cross-talk: for ${maskedSec.toFixed(1)} s a channel repeats another one more quietly, which is left out.`,
    ];
  }

  #hold(blocks: readonly (readonly Float32Array[])[]): void {
    const [first] = blocks;
    this.#held = first!.map((_, n) => {
      const before = this.#held[n] ?? new Float32Array(0);
      return concatenate([before, ...blocks.map((block) => block[n]!)]);
    });
  }

  /** Returns what is held without cross-talk, but for what was given before and the last `keep` samples. */
  #release(keep: number): readonly Float32Array[] {
    const held = this.#held;
    const end = held[0]!.length - keep;
    const start = this.#given;
    const leaks = held.map((samples, quiet) =>
      held.flatMap((loud, n) => (n === quiet ? [] : this.#finder(quiet, n).find(samples, loud))),
    );
    const released = held.map((samples, n) => this.#silenced(samples, leaks[n]!, { start, end }));
    this.#masked += lengthWithin(leaks.flat(), { start, end });
    const from = Math.max(0, end - contextSec * this.#sampleRate);
    this.#held = held.map((samples) => samples.slice(from));
    this.#given = end - from;
    return released;
  }

  #finder(quiet: number, loud: number): LeakFinder {
    this.#finders[quiet] ??= [];
    return (this.#finders[quiet][loud] ??= new LeakFinder(this.#sampleRate));
  }

  /** Returns samples [start, end) with silence in place of leaks. */
  #silenced(samples: Float32Array, leaks: readonly Leak[], { start, end }: Leak): Float32Array {
    const masked = samples.slice(start, end);
    const fade = Math.round(fadeSec * this.#sampleRate);
    for (const leak of leaks) {
      const [from, to] = [Math.max(start, leak.start), Math.min(end, leak.end)];
      for (let n = from; n < to; n++) {
        const inside = Math.min(n - leak.start, leak.end - 1 - n);
        masked[n - start]! *= Math.max(0, 1 - inside / fade);
      }
    }
    return masked;
  }
}

/** Returns how many samples [start, end) are in at least one leak. */
function lengthWithin(leaks: readonly Leak[], { start, end }: Leak): number {
  let [length, counted] = [0, start];
  for (const leak of leaks.toSorted((a, b) => a.start - b.start)) {
    const to = Math.min(end, leak.end);
    length += Math.max(0, to - Math.max(counted, leak.start));
    counted = Math.max(counted, to);
  }
  return length;
}
