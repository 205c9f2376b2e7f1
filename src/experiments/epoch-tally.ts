import type { Batch, StepResult } from "../training/training-step.ts";
import type { Scores } from "../training/train.ts";

function largest(values: Float32Array): number {
  return values.reduce((best, value, index) => (value > values[best]! ? index : best), 0);
}

const mean = (values: readonly number[]): number =>
  values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;

/** Sums up loss and recall over the steps of an epoch, as the weights go along. */
export class EpochTally {
  readonly #classes: number;
  #losses: number[] = [];
  #hits: number[] = [];
  #counts: number[] = [];

  constructor(classes: number) {
    this.#classes = classes;
  }

  /** A mixed clip counts as the label that it has most of. */
  add(batch: Batch, { loss, logits }: StepResult): void {
    this.#losses.push(loss);
    const classes = this.#classes;
    for (let start = 0; start < logits.length; start += classes) {
      const actual = largest(batch.targets.subarray(start, start + classes));
      const predicted = largest(logits.subarray(start, start + classes));
      this.#counts[actual] = (this.#counts[actual] ?? 0) + 1;
      this.#hits[actual] = (this.#hits[actual] ?? 0) + Number(actual === predicted);
    }
  }

  /** Scores since the last call. */
  take(): Scores {
    const recalls = this.#counts.flatMap((count, label) =>
      count > 0 ? [this.#hits[label]! / count] : [],
    );
    const scores = { loss: mean(this.#losses), unweightedAverageRecall: mean(recalls) };
    this.#losses = [];
    this.#hits = [];
    this.#counts = [];
    return scores;
  }
}
