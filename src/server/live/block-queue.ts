import { concatenate } from "../../audio/blocks.ts";

interface BlockLengths {
  /** Fewer samples wait for more of them, unless they are the last; asked for each time. */
  readonly least: () => number;
  /** More are not in one block, unless one is pushed that is longer. */
  readonly most: number;
}

/** Sound that waits to be recognized: whoever is behind gets it in longer blocks. */
export class BlockQueue implements AsyncIterable<Float32Array> {
  readonly #lengths: BlockLengths;
  readonly #onTaken: () => void;
  readonly #blocks: Float32Array[] = [];
  #samples = 0;
  #isEnded = false;
  #wake = (): void => undefined;

  /** @param onTaken called when blocks were taken */
  constructor(lengths: BlockLengths, onTaken: () => void) {
    this.#lengths = lengths;
    this.#onTaken = onTaken;
  }

  /** How many samples wait. */
  get samples(): number {
    return this.#samples;
  }

  /** How many wait for more than to fill a block. */
  get overdue(): number {
    return Math.max(0, this.#samples - this.#lengths.least());
  }

  /** Adds a block; after the end it is left out. */
  push(block: Float32Array): void {
    if (this.#isEnded || block.length === 0) return;
    this.#blocks.push(block);
    this.#samples += block.length;
    this.#wake();
  }

  end(): void {
    this.#isEnded = true;
    this.#wake();
  }

  /** @yields all that waits, as blocks, until the end */
  async *[Symbol.asyncIterator](): AsyncGenerator<Float32Array> {
    for (;;) {
      const least = this.#isEnded ? 1 : this.#lengths.least();
      if (this.#samples > 0 && this.#samples >= least) yield this.#take();
      else if (this.#isEnded) return;
      else {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
    }
  }

  #take(): Float32Array {
    let [count, samples] = [0, 0];
    for (const { length } of this.#blocks) {
      if (count > 0 && samples + length > this.#lengths.most) break;
      count++;
      samples += length;
    }
    this.#samples -= samples;
    const block = concatenate(this.#blocks.splice(0, count));
    this.#onTaken();
    return block;
  }
}
