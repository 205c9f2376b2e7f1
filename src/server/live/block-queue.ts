import { concatenate } from "../../audio/blocks.ts";

/** Sound that waits to be recognized: whoever is behind gets it in longer blocks. */
export class BlockQueue implements AsyncIterable<Float32Array> {
  readonly #mostSamples: number;
  readonly #onTaken: () => void;
  readonly #blocks: Float32Array[] = [];
  #samples = 0;
  #isEnded = false;
  #wake = (): void => undefined;

  /**
   * @param mostSamples of one block, unless one is pushed that is longer
   * @param onTaken called when blocks were taken
   */
  constructor(mostSamples: number, onTaken: () => void) {
    this.#mostSamples = mostSamples;
    this.#onTaken = onTaken;
  }

  /** How many samples wait. */
  get samples(): number {
    return this.#samples;
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
      if (this.#blocks.length > 0) yield this.#take();
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
      if (count > 0 && samples + length > this.#mostSamples) break;
      count++;
      samples += length;
    }
    this.#samples -= samples;
    const block = concatenate(this.#blocks.splice(0, count));
    this.#onTaken();
    return block;
  }
}
