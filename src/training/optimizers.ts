import type { Weights } from "../models/network.ts";

/** Which optimizer, with its constants; names and defaults as in PyTorch. */
export type OptimizerOptions =
  | { readonly kind: "sgd"; readonly momentum: number; readonly weightDecay: number }
  | {
      readonly kind: "adam" | "adamw";
      readonly beta1: number;
      readonly beta2: number;
      readonly epsilon: number;
      readonly weightDecay: number;
    };

/** What an optimizer remembers between steps: one or two arrays a weight, and the step's number. */
export interface OptimizerState {
  step: number;
  readonly first: Weights;
  readonly second: Weights;
}

/** The state before the first step. */
export function initialOptimizerState(): OptimizerState {
  return { step: 0, first: new Map(), second: new Map() };
}

function remembered(memory: Weights, name: string, length: number): Float32Array {
  let array = memory.get(name);
  if (array === undefined) memory.set(name, (array = new Float32Array(length)));
  return array;
}

interface Update {
  readonly weights: Weights;
  readonly gradients: Weights;
  readonly learningRate: number;
  /** Times the learning rate, by the weight's name; 1 where there is none. */
  readonly factors?: ReadonlyMap<string, number>;
  /** Names of the weights that decay: matrices and filters, not biases and norms. */
  readonly decaying: ReadonlySet<string>;
}

/**
 * One step of the optimizer: changes the weights and the state in place.
 * `adam` adds weight decay to the gradient, `adamw` shrinks the weights themselves.
 * @see Kingma and Ba 2015; Loshchilov and Hutter 2019
 */
export function optimize(options: OptimizerOptions, state: OptimizerState, update: Update): void {
  state.step++;
  for (const [name, gradient] of update.gradients) {
    const weight = update.weights.get(name);
    if (weight === undefined) throw new RangeError(`optimize: no weight is named ${name}`);
    const first = remembered(state.first, name, weight.length);
    const decay = update.decaying.has(name) ? options.weightDecay : 0;
    const learningRate = update.learningRate * (update.factors?.get(name) ?? 1);
    if (options.kind === "sgd") {
      const { momentum } = options;
      for (let i = 0; i < weight.length; i++) {
        first[i] = momentum * first[i]! + gradient[i]! + decay * weight[i]!;
        weight[i]! -= learningRate * first[i]!;
      }
      continue;
    }
    const { beta1, beta2, epsilon } = options;
    const second = remembered(state.second, name, weight.length);
    const rate = learningRate / (1 - beta1 ** state.step);
    const correction = 1 / Math.sqrt(1 - beta2 ** state.step);
    const coupled = options.kind === "adam" ? decay : 0;
    const shrink = options.kind === "adamw" ? 1 - learningRate * decay : 1;
    for (let i = 0; i < weight.length; i++) {
      const g = gradient[i]! + coupled * weight[i]!;
      const m = (first[i] = beta1 * first[i]! + (1 - beta1) * g);
      const v = (second[i] = beta2 * second[i]! + (1 - beta2) * g * g);
      weight[i] = weight[i]! * shrink - (rate * m) / (Math.sqrt(v) * correction + epsilon);
    }
  }
}

/**
 * Scales all gradients down, in place, so that their joint Euclidean norm is at most `maximum`.
 * Returns the norm before.
 */
export function clipGradientNorm(gradients: Weights, maximum: number): number {
  let squares = 0;
  for (const gradient of gradients.values()) squares += sumOfSquares(gradient);
  const norm = Math.sqrt(squares);
  if (norm > maximum) {
    const factor = maximum / norm;
    for (const gradient of gradients.values()) {
      for (let i = 0; i < gradient.length; i++) gradient[i]! *= factor;
    }
  }
  return norm;
}

/** By index and in four sums: an iterator takes six times as long, and one sum waits for its last addition. */
function sumOfSquares(values: Float32Array): number {
  let [a, b, c, d] = [0, 0, 0, 0];
  const whole = values.length - (values.length % 4);
  for (let i = 0; i < whole; i += 4) {
    a += values[i]! ** 2;
    b += values[i + 1]! ** 2;
    c += values[i + 2]! ** 2;
    d += values[i + 3]! ** 2;
  }
  for (let i = whole; i < values.length; i++) a += values[i]! ** 2;
  return a + b + c + d;
}

/** Moves an exponential moving average of the weights one step: average ← decay · average + (1 − decay) · weights. */
export function averageWeights(average: Weights, weights: Weights, decay: number): void {
  for (const [name, weight] of weights) {
    const mean = average.get(name);
    if (mean === undefined) throw new RangeError(`averageWeights: no average is named ${name}`);
    for (let i = 0; i < mean.length; i++) mean[i] = decay * mean[i]! + (1 - decay) * weight[i]!;
  }
}
