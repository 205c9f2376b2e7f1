/** The lowest and highest samples of equal parts of a recording, in bounded memory. */
export class Waveform {
  readonly #lowest: Float32Array;
  readonly #highest: Float32Array;
  readonly #partLength: number;
  #received = 0;

  /** @param length samples that are expected; more count to the last part */
  constructor(parts: number, length: number) {
    this.#lowest = new Float32Array(parts);
    this.#highest = new Float32Array(parts);
    this.#partLength = Math.max(1, length / parts);
  }

  push(samples: Float32Array): void {
    const last = this.#lowest.length - 1;
    for (const sample of samples) {
      const part = Math.min(last, Math.floor(this.#received++ / this.#partLength));
      if (sample < this.#lowest[part]!) this.#lowest[part] = sample;
      else if (sample > this.#highest[part]!) this.#highest[part] = sample;
    }
  }

  /** Returns the number of parts. */
  get parts(): number {
    return this.#lowest.length;
  }

  /** Returns the outline as the data of an SVG path, x in parts, y from −100 to 100 for the loudest sample. */
  path(): string {
    const loudest = this.#highest.reduce(
      (most, high, part) => Math.max(most, high, -this.#lowest[part]!),
      quietestPeak,
    );
    const y = (sample: number): number => Math.round((-100 * sample) / loudest);
    const above = Array.from(this.#highest, (high, part) => `${part} ${y(high)}`);
    const below = Array.from(this.#lowest, (low, part) => `${part} ${y(low)}`);
    return `M${above.join("L")}L${below.toReversed().join("L")}Z`;
  }
}

/** Quieter recordings are drawn as quiet. */
const quietestPeak = 0.01;
