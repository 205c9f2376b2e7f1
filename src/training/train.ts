import { labelMetrics, type LabelScores, type MetricFacts } from "../evaluation/metrics.ts";
import { UndertoneError, throwIfCancelled } from "../shared/errors.ts";
import { Random } from "../shared/random.ts";
import type { Weights } from "../models/network.ts";
import { averageWeights, clipGradientNorm, optimize, type OptimizerOptions } from "./optimizers.ts";
import { learningRateFactor, type ScheduleOptions } from "./schedules.ts";
import type { Batch, StepResult, TrainingStep } from "./training-step.ts";
import { copyWeights, type TrainingState } from "./training-state.ts";

export interface TrainingOptions {
  readonly seed: number;
  readonly epochs: number;
  readonly optimizer: OptimizerOptions;
  /** The schedule's peak. */
  readonly learningRate: number;
  readonly schedule: ScheduleOptions;
  /** Largest joint norm of all gradients; larger ones are scaled down. */
  readonly clipNorm?: number | undefined;
  /** Decay of the moving average of weights that is evaluated and kept in place of the last ones. */
  readonly emaDecay?: number | undefined;
  /** Stops once validation has not improved for `patience` epochs and keeps the best epoch's weights. */
  readonly earlyStopping?: { readonly patience: number; readonly metric: keyof Scores } | undefined;
  /** Share of its old value that a running statistic keeps at each step, by default 0.9. */
  readonly statisticsMomentum?: number;
}

/** Mean loss and every label metric of a split; of dimensions 1 − CCC alone. */
export type Scores = Partial<LabelScores> & { readonly loss: number };

/** Batches by epoch and step: the same numbers must give the same batch, so that a run can resume. */
export interface TrainingData {
  readonly stepsPerEpoch: number;
  batch(epoch: number, step: number): Batch;
}

export interface EpochHooks {
  /** Scores of given weights on the validation split; `undefined` where it is empty. */
  readonly validate: (weights: Weights) => Promise<Scores | undefined>;
  /** Called after each step with its result. */
  readonly onStep: (step: {
    readonly epoch: number;
    readonly index: number;
    readonly batch: Batch;
    readonly result: StepResult;
  }) => void;
  readonly signal?: AbortSignal | undefined;
}

export interface EpochResult {
  /** From 1. */
  readonly epoch: number;
  /** At the end of the epoch. */
  readonly learningRate: number;
  readonly validation: Scores | undefined;
  readonly seconds: number;
  /** True when early stopping ends the run here. */
  readonly stopped: boolean;
}

interface TrainingRun {
  readonly data: TrainingData;
  readonly options: TrainingOptions;
  readonly hooks: EpochHooks;
}

/** The weights that a run has to show for: the best epoch's, else the average, else the last. */
export function resultingWeights(state: TrainingState): Weights {
  return state.best?.weights ?? state.average ?? state.weights;
}

/**
 * Trains epoch by epoch, changing `state` in place; between epochs `state` can be saved, and a run
 * continued from there ends with the same weights, bit for bit.
 * @yields each epoch's scores once it has finished
 * @throws UndertoneError `training-diverged` on a loss that is no number or explodes, `cancelled`
 */
export async function* train(
  step: TrainingStep,
  state: TrainingState,
  run: TrainingRun,
): AsyncGenerator<EpochResult> {
  const { options, hooks } = run;
  while (state.epoch < options.epochs && !hasStopped(state, options)) {
    const started = performance.now();
    const learningRate = await trainEpoch(step, state, run);
    state.epoch++;
    const validation = await hooks.validate(state.average ?? state.weights);
    refuseDamage(state, validation);
    if (validation) remember(state, validation, options);
    const seconds = (performance.now() - started) / 1000;
    yield {
      epoch: state.epoch,
      learningRate,
      validation,
      seconds,
      stopped: hasStopped(state, options),
    };
  }
}

/** Keeps what later epochs decide by: the validation loss, and the weights if they are the best so far. */
function remember(state: TrainingState, validation: Scores, options: TrainingOptions): void {
  state.validationLosses.push(validation.loss);
  if (options.earlyStopping === undefined) return;
  const { metric } = options.earlyStopping;
  const score = isBetterLower(metric) ? -validation[metric]! : validation[metric]!;
  if (state.best === undefined || score > state.best.score) {
    const weights = copyWeights(state.average ?? state.weights);
    state.best = { epoch: state.epoch, score, weights };
  }
}

function isBetterLower(metric: keyof Scores): boolean {
  const facts: readonly MetricFacts[] = labelMetrics;
  return metric === "loss" || facts.find(({ key }) => key === metric)?.better === "lower";
}

function hasStopped(state: TrainingState, { earlyStopping }: TrainingOptions): boolean {
  if (earlyStopping === undefined || state.best === undefined) return false;
  return state.epoch - state.best.epoch >= earlyStopping.patience;
}

async function trainEpoch(
  step: TrainingStep,
  state: TrainingState,
  run: TrainingRun,
): Promise<number> {
  const { data, options, hooks } = run;
  const epoch = state.epoch;
  const decaying = new Set(
    [...step.network.weights].flatMap(([name, { shape }]) => (shape.length > 1 ? [name] : [])),
  );
  const factors = new Map(
    [...step.network.weights].map(([name, weight]) => [name, weight.learningRateFactor]),
  );
  let learningRate = 0;
  for (let index = 0; index < data.stepsPerEpoch; index++) {
    throwIfCancelled(hooks.signal);
    const batch = data.batch(epoch, index);
    const result = await step.run(
      state.weights,
      batch,
      new Random(options.seed, "dropout", epoch, index),
    );
    const gradientNorm = clipGradientNorm(result.gradients, options.clipNorm ?? Infinity);
    refuseDivergence(result.loss, gradientNorm, epoch);
    const progress = (epoch + index / data.stepsPerEpoch) / options.epochs;
    const position = { progress, epoch, validationLosses: state.validationLosses };
    learningRate = options.learningRate * learningRateFactor(options.schedule, position);
    optimize(options.optimizer, state.optimizer, {
      weights: state.weights,
      gradients: result.gradients,
      learningRate,
      factors,
      decaying,
    });
    averageWeights(state.weights, result.batchStatistics, options.statisticsMomentum ?? 0.9);
    if (state.average && options.emaDecay !== undefined) {
      // The average forgets its random start as it goes: early on it weighs all steps alike.
      const decay = Math.min(options.emaDecay, state.optimizer.step / (state.optimizer.step + 9));
      averageWeights(state.average, state.weights, decay);
    }
    hooks.onStep({ epoch: epoch + 1, index, batch, result });
  }
  return learningRate;
}

/** A loss of 100 nats means probabilities of e⁻¹⁰⁰ for the right class: no use going on. */
const largestLoss = 100;

function refuseDivergence(loss: number, gradientNorm: number, epoch: number): void {
  if (Number.isFinite(gradientNorm) && loss < largestLoss) return;
  const what = loss < largestLoss ? "A gradient became infinite" : `The loss became ${loss}`;
  throw new UndertoneError("training-diverged", `${what} in epoch ${epoch + 1}.`);
}

/** A last step of an epoch may have broken what no later loss tells before the epoch is saved. */
function refuseDamage({ weights, epoch }: TrainingState, validation: Scores | undefined): void {
  const finite = [...weights.values()].every((values) => values.every(Number.isFinite));
  if (finite && Number.isFinite(validation?.loss ?? 0)) return;
  throw new UndertoneError(
    "training-diverged",
    `Weights or validation loss were no longer finite after epoch ${epoch}.`,
  );
}
