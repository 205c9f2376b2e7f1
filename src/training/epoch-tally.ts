import { labelScores } from "../evaluation/metrics.ts";
import type { Architecture } from "../models/definition.ts";
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
  readonly #isRegression: boolean;
  #losses: number[] = [];
  #matrix: number[][];

  constructor({ classes, isRegression = false }: Pick<Architecture, "classes" | "isRegression">) {
    this.#classes = classes;
    this.#isRegression = isRegression;
    this.#matrix = emptyMatrix(classes);
  }

  /** Adds a step. A mixed clip counts as the label that it has most of. */
  add(batch: Batch, { loss, logits }: StepResult): void {
    this.#losses.push(loss);
    if (this.#isRegression) return;
    const classes = this.#classes;
    for (let start = 0; start < logits.length; start += classes) {
      const target = batch.targets.subarray(start, start + classes);
      const actual = largest(target);
      this.#matrix[actual]![largest(logits.subarray(start, start + classes))]! += 1;
    }
  }

  /** Scores since the last call; of dimensions the loss alone. */
  take(): Scores {
    const loss = mean(this.#losses);
    const scores = this.#isRegression ? { loss } : { loss, ...labelScores(this.#matrix) };
    this.#losses = [];
    this.#matrix = emptyMatrix(this.#classes);
    return scores;
  }
}
