import { initialOptimizerState, type OptimizerState } from "./optimizers.ts";
import type { Weights } from "../models/network.ts";

/** Everything that the rest of a run depends on, as it stands between two epochs. */
export interface TrainingState {
  /** Epochs finished. */
  epoch: number;
  /** Time that they took. */
  seconds: number;
  readonly weights: Weights;
  /** Exponential moving average of the weights, when the run keeps one. */
  readonly average: Weights | undefined;
  readonly optimizer: OptimizerState;
  readonly validationLosses: number[];
  /** The epoch with the best validation score so far, when the run selects by it. */
  best: { readonly epoch: number; readonly score: number; readonly weights: Weights } | undefined;
}

export function copyWeights(weights: Weights): Weights {
  return new Map([...weights].map(([name, values]) => [name, values.slice()]));
}

/** The state before the first epoch. */
export function initialTrainingState(
  weights: Weights,
  options: { readonly averaged: boolean },
): TrainingState {
  return {
    epoch: 0,
    seconds: 0,
    weights,
    average: options.averaged ? copyWeights(weights) : undefined,
    optimizer: initialOptimizerState(),
    validationLosses: [],
    best: undefined,
  };
}
