import { emitModel } from "../graph/emit.ts";
import { gradients } from "../graph/gradients.ts";
import { logSoftmax } from "../graph/operators/activation.ts";
import { multiply, negate } from "../graph/operators/arithmetic.ts";
import { reduceSum } from "../graph/operators/reduce.ts";
import { Session, type Feeds, type Runtime } from "../graph/session.ts";
import { elementCount, input, type Tensor } from "../graph/tensor.ts";
import { inputTensors, type Architecture } from "../models/architectures.ts";
import { Network, type Weights } from "../models/network.ts";
import type { Random } from "../shared/random.ts";

/**
 * One batch: the architecture's inputs [batch, ...shape] by name, and targets [batch, classes]. A target
 * row is the example's label distribution times its weight in the loss; weights of a batch sum to 1.
 */
export interface Batch {
  readonly inputs: Readonly<Record<string, Float32Array>>;
  readonly targets: Float32Array;
}

/** What one step gives back, before any weight has changed. */
export interface StepResult {
  readonly loss: number;
  /** [batch, classes] */
  readonly logits: Float32Array;
  readonly gradients: Weights;
  readonly batchStatistics: Weights;
}

/** The weighted cross-entropy of soft targets: −Σ targets · log softmax(logits). */
function crossEntropy(logits: Tensor, targets: Tensor): Tensor {
  return negate(reduceSum(multiply(targets, logSoftmax(logits)), { axes: [0, 1] }));
}

interface StepOptions {
  readonly batchSize: number;
  readonly threads?: number;
}

/** A compiled training step: forward, loss and all gradients in one ONNX graph. */
export class TrainingStep {
  readonly network: Network;
  readonly #session: Session;
  readonly #architecture: Architecture;
  readonly #batchSize: number;

  private constructor(parts: {
    network: Network;
    session: Session;
    architecture: Architecture;
    batchSize: number;
  }) {
    this.network = parts.network;
    this.#session = parts.session;
    this.#architecture = parts.architecture;
    this.#batchSize = parts.batchSize;
  }

  static async compile(
    runtime: Runtime,
    architecture: Architecture,
    options: StepOptions,
  ): Promise<TrainingStep> {
    const { batchSize, threads } = options;
    const network = new Network("training");
    const logits = architecture.build(network, inputTensors(architecture, batchSize));
    const loss = crossEntropy(logits, input("targets", [batchSize, architecture.classes]));
    const trained = [...network.weights].filter(([, weight]) => weight.trained);
    const outputs: Record<string, Tensor> = { loss, logits };
    const byWeight = gradients(
      loss,
      trained.map(([, weight]) => weight.tensor),
    );
    for (const [index, [name]] of trained.entries()) outputs[`gradient ${name}`] = byWeight[index]!;
    for (const [name, value] of network.batchStatistics) outputs[`statistic ${name}`] = value;
    const session = await Session.open(runtime, emitModel({ outputs }), {
      purpose: "training",
      ...(threads === undefined ? {} : { threads }),
    });
    return new TrainingStep({ network, session, architecture, batchSize });
  }

  /** Loss and gradients of one batch; dropout masks are drawn from `random`. */
  async run(weights: Weights, batch: Batch, random: Random): Promise<StepResult> {
    const masks = new Map<string, Float32Array>();
    for (const [name, { shape, rate }] of this.network.dropoutMasks) {
      const kept = 1 / (1 - rate);
      masks.set(
        name,
        Float32Array.from({ length: elementCount(shape) }, () =>
          random.uniform() < rate ? 0 : kept,
        ),
      );
    }
    return this.runWithMasks(weights, batch, masks);
  }

  /** The same with given dropout masks by name. */
  async runWithMasks(weights: Weights, batch: Batch, masks: Weights): Promise<StepResult> {
    const { inputs, classes } = this.#architecture;
    const feeds: Record<string, Feeds[string]> = {
      targets: { data: batch.targets, shape: [this.#batchSize, classes] },
    };
    for (const [name, shape] of Object.entries(inputs)) {
      feeds[name] = { data: batch.inputs[name]!, shape: [this.#batchSize, ...shape] };
    }
    for (const [name, data] of masks)
      feeds[name] = { data, shape: this.network.dropoutMasks.get(name)!.shape };
    // Running statistics of batches are not read in training; what standardises the inputs is.
    const read = this.#session.inputNames;
    for (const [name, { shape }] of this.network.weights) {
      if (read.includes(name)) feeds[name] = { data: weights.get(name)!, shape };
    }
    const outputs = await this.#session.run(feeds);
    const prefixed = (prefix: string): Weights =>
      new Map(
        Object.entries(outputs).flatMap(([name, data]) =>
          name.startsWith(prefix) ? [[name.slice(prefix.length), data]] : [],
        ),
      );
    return {
      loss: outputs["loss"]![0]!,
      logits: outputs["logits"]!,
      gradients: prefixed("gradient "),
      batchStatistics: prefixed("statistic "),
    };
  }

  async close(): Promise<void> {
    await this.#session.close();
  }
}
