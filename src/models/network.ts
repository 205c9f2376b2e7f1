import { input, parameter, type Shape, type Tensor } from "../graph/tensor.ts";
import { UndertoneError } from "../shared/errors.ts";
import type { Random } from "../shared/random.ts";

/** Draws the first values of a weight. */
export type Initializer = (random: Random, shape: Shape) => Float32Array;

/** A named array of an architecture: trained by gradients, or a running statistic. */
export interface WeightSpec {
  readonly tensor: Tensor;
  readonly shape: Shape;
  readonly initialize: Initializer;
  readonly trained: boolean;
  /** Times the run's learning rate. */
  readonly learningRateFactor: number;
}

/** Where training of a weight begins, and how fast it goes on, times the run's learning rate. */
interface Start {
  readonly initialize: Initializer;
  readonly learningRateFactor: number;
}

/** A dropout mask that each training step feeds: 0 with probability `rate`, else 1 / (1 − rate). */
export interface DropoutMask {
  readonly shape: Shape;
  readonly rate: number;
}

/**
 * One network under construction, for training (batch statistics, dropout masks as inputs) or for
 * inference (running statistics). Layers ask it for weights by name, so that both constructions of
 * an architecture share one set of weights.
 */
export class Network {
  readonly mode: "training" | "inference";
  /** Channels that the machine's blocked kernels keep together, where it has some; only training uses them. */
  readonly block: number | undefined;
  readonly weights = new Map<string, WeightSpec>();
  /** What this batch contributes to each running statistic. */
  readonly batchStatistics = new Map<string, Tensor>();
  readonly dropoutMasks = new Map<string, DropoutMask>();
  #embedding: Tensor | undefined;

  constructor(
    mode: "training" | "inference",
    { block }: { readonly block?: number | undefined } = {},
  ) {
    this.mode = mode;
    this.block = block;
  }

  /** A weight that gradients train. */
  parameter(name: string, shape: Shape, initialize: Initializer): Tensor {
    return this.tuned(name, shape, { initialize, learningRateFactor: 1 });
  }

  /** A weight of what has been trained before, which learns at a rate of its own. */
  tuned(name: string, shape: Shape, start: Start): Tensor {
    return this.#weight(name, { shape, ...start, trained: true });
  }

  /** A weight that averages a statistic over training batches, for use in inference. */
  runningStatistic(name: string, shape: Shape, initialize: Initializer): Tensor {
    return this.#weight(name, { shape, initialize, trained: false, learningRateFactor: 0 });
  }

  /** An input for the mask of one dropout layer. */
  dropoutMask(name: string, shape: Shape, rate: number): Tensor {
    this.dropoutMasks.set(name, { shape, rate });
    return input(name, shape);
  }

  /**
   * The vector of each example that the output layer decides by, [batch, width].
   * @throws RangeError before there is one
   */
  get embedding(): Tensor {
    if (this.#embedding === undefined) throw new RangeError("Network: it has no output layer yet");
    return this.#embedding;
  }

  set embedding(vectors: Tensor) {
    this.#embedding = vectors;
  }

  #weight(name: string, spec: Omit<WeightSpec, "tensor">): Tensor {
    if (this.weights.has(name)) throw new RangeError(`Network: two weights are named ${name}`);
    const tensor = parameter(name, spec.shape);
    this.weights.set(name, { ...spec, tensor });
    return tensor;
  }
}

/** Weight values by name, row-major. */
export type Weights = Map<string, Float32Array>;

/** Two gigabytes; no network that is trained here comes near. */
const mostWeights = 2 ** 29;

/**
 * First values of all weights of a network.
 * @throws UndertoneError `recipe-invalid` for a network that would not fit into memory
 */
export function initialWeights(network: Network, random: Random): Weights {
  let total = 0;
  for (const { shape } of network.weights.values()) total += shape.reduce((a, b) => a * b, 1);
  if (total > mostWeights) {
    const problem = `The network has ${Math.round(total / 1e6)} million weights; at most ${Math.round(mostWeights / 1e6)} million can be trained. Lower its sizes in the recipe.`;
    throw new UndertoneError("recipe-invalid", problem);
  }
  return new Map(
    [...network.weights].map(([name, { shape, initialize }]) => [name, initialize(random, shape)]),
  );
}
