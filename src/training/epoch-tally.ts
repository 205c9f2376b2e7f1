import { labelScores } from "../evaluation/metrics.ts";
import type { Batch, StepResult } from "./training-step.ts";
import type { Scores } from "./train.ts";

function largest(values: Float32Array): number {
  return values.reduce((best, value, index) => (value > values[best]! ? index : best), 0);
}

const mean = (values: readonly number[]): number =>
  values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;

const emptyMatrix = (classes: number): number[][] =>
  Array.from({ length: classes }, () => Array<number>(classes).fill(0));

/** Accumulates loss and predictions over the steps of an epoch, while the weights change. */
export class EpochTally {
  readonly #classes: number;
  #losses: number[] = [];
  #matrix: number[][];

  constructor(classes: number) {
    this.#classes = classes;
    this.#matrix = emptyMatrix(classes);
  }

  /** Adds a step. A mixed clip counts as the label that it has most of. */
  add(batch: Batch, { loss, logits }: StepResult): void {
    this.#losses.push(loss);
    const classes = this.#classes;
    for (let start = 0; start < logits.length; start += classes) {
      const target = batch.targets.subarray(start, start + classes);
      const actual = largest(target);
      this.#matrix[actual]![largest(logits.subarray(start, start + classes))]! += 1;
    }
  }

  /** Scores since the last call. */
  take(): Scores {
    const scores = { loss: mean(this.#losses), ...labelScores(this.#matrix) };
    this.#losses = [];
    this.#matrix = emptyMatrix(this.#classes);
    return scores;
  }
}
