import { blockSize } from "../graph/block-size.ts";
import { emitModel } from "../graph/emit.ts";
import { gradients } from "../graph/gradients.ts";
import { Session, type Feeds, type Runtime } from "../graph/session.ts";
import { elementCount, input, type Shape, type Tensor } from "../graph/tensor.ts";
import { inputTensors, type Architecture } from "../models/definition.ts";
import type { InputValues } from "../models/example.ts";
import { Network, type Weights } from "../models/network.ts";
import type { Random } from "../shared/random.ts";
import { objectiveOf } from "./objective.ts";
import { cutShape, microBatches, pickRows, type MicroBatch } from "./micro-batches.ts";

/**
 * One batch: the architecture's inputs [batch, ...shape] by name, and targets, shaped as the logits. A target
 * row is the example's label distribution times its weight in the loss, where weights of a batch sum to 1; or its ratings.
 */
export interface Batch {
  readonly inputs: Readonly<Record<string, InputValues>>;
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

interface StepOptions {
  readonly batchSize: number;
  readonly threads?: number | undefined;
}

/** What a graph is built for: so many rows of one length, with some inputs in half precision. */
interface PassFormat {
  readonly rows: number;
  readonly share: number;
  readonly float16: readonly string[];
}

/** The graph for so many rows of one length. */
interface Pass {
  readonly session: Session;
  readonly shapes: Readonly<Record<string, Shape>>;
  /** Of one row. */
  readonly logits: Shape;
}

/**
 * A compiled training step: forward, loss and all gradients in one ONNX graph. Where an architecture's rows differ
 * in length, one graph for each length, and a batch goes through them in parts whose gradients add up.
 */
export class TrainingStep {
  readonly network: Network;
  readonly #runtime: Runtime;
  readonly #architecture: Architecture;
  readonly #options: StepOptions;
  readonly #passes = new Map<string, Promise<Pass>>();
  readonly #block: number | undefined;

  private constructor(
    runtime: Runtime,
    architecture: Architecture,
    { block, ...options }: StepOptions & { readonly block: number | undefined },
  ) {
    this.#runtime = runtime;
    this.#architecture = architecture;
    this.#options = options;
    this.#block = block;
    this.network = new Network("training");
    architecture.build(this.network, inputTensors(architecture, options.batchSize));
  }

  static async compile(
    runtime: Runtime,
    architecture: Architecture,
    options: StepOptions,
  ): Promise<TrainingStep> {
    const block = await blockSize(runtime);
    const step = new TrainingStep(runtime, architecture, { ...options, block });
    if (!architecture.isPadded)
      await step.#pass({ rows: options.batchSize, share: 1, float16: [] });
    return step;
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
    const { batchSize } = this.#options;
    const { inputs: shapes, isPadded } = this.#architecture;
    const all = Array.from({ length: batchSize }, (_, row) => row);
    const parts = isPadded
      ? microBatches(batch.inputs, shapes, {
          rows: batchSize,
          isWhole: !objectiveOf(this.#architecture).isAdditive,
        })
      : [{ rows: all, share: 1 }];
    const logits = new Float32Array(batch.targets.length);
    const width = logits.length / batchSize;
    let sum: Omit<StepResult, "logits"> | undefined;
    for (const part of parts) {
      const result = await this.#runPart(weights, { batch, masks, part });
      for (const [index, row] of part.rows.entries()) {
        logits.set(result.logits.subarray(index * width, (index + 1) * width), row * width);
      }
      sum = sum ? added(sum, result) : result;
    }
    return { ...sum!, logits };
  }

  async close(): Promise<void> {
    for (const pass of this.#passes.values()) await (await pass).session.close();
  }

  async #runPart(weights: Weights, { batch, masks, part }: PartOfBatch): Promise<StepResult> {
    const { rows, share } = part;
    const { inputs } = this.#architecture;
    const float16 = float16Inputs(batch.inputs);
    const { session, shapes, logits } = await this.#pass({ rows: rows.length, share, float16 });
    const feeds: Record<string, Feeds[string]> = {};
    const feed = (
      name: string,
      values: InputValues,
      [full, cut]: readonly [Shape, Shape],
    ): void => {
      const sizes = { from: elementCount(full), to: elementCount(cut) };
      feeds[name] = { data: pickRows(values, rows, sizes), shape: [rows.length, ...cut] };
    };
    feed("targets", batch.targets, [logits, logits]);
    for (const [name, shape] of Object.entries(shapes)) {
      feed(name, batch.inputs[name]!, [inputs[name]!, shape]);
    }
    for (const [name, values] of masks) {
      const [, ...shape] = this.network.dropoutMasks.get(name)!.shape;
      feed(name, values, [shape, shape]);
    }
    // Running statistics of batches are not read in training; what standardizes the inputs is.
    for (const [name, { shape }] of this.network.weights) {
      if (session.inputNames.includes(name)) feeds[name] = { data: weights.get(name)!, shape };
    }
    return stepResult(await session.run(feeds));
  }

  #pass(format: PassFormat): Promise<Pass> {
    const key = JSON.stringify(format);
    const known = this.#passes.get(key) ?? this.#open(format);
    this.#passes.set(key, known);
    return known;
  }

  async #open({ rows, share, float16 }: PassFormat): Promise<Pass> {
    const { inputs } = this.#architecture;
    const shapes = Object.fromEntries(
      Object.entries(inputs).map(([name, shape]) => [
        name,
        share < 1 ? cutShape(shape, share) : shape,
      ]),
    );
    const network = new Network("training", { block: this.#block });
    const logits = this.#architecture.build(
      network,
      inputTensors({ inputs: shapes }, rows, float16),
    );
    const { loss: lossOf } = objectiveOf(this.#architecture);
    const loss = lossOf(logits, input("targets", logits.shape));
    const trained = [...network.weights].filter(([, weight]) => weight.trained);
    const outputs: Record<string, Tensor> = { loss, logits };
    const byWeight = gradients(
      loss,
      trained.map(([, weight]) => weight.tensor),
    );
    for (const [index, [name]] of trained.entries()) outputs[`gradient ${name}`] = byWeight[index]!;
    for (const [name, value] of network.batchStatistics) outputs[`statistic ${name}`] = value;
    const { threads } = this.#options;
    const session = await Session.open(this.#runtime, emitModel({ outputs }), {
      purpose: "training",
      ...(threads === undefined ? {} : { threads }),
    });
    return { session, shapes, logits: logits.shape.slice(1) };
  }
}

interface PartOfBatch {
  readonly batch: Batch;
  readonly masks: Weights;
  readonly part: MicroBatch;
}

/** Names of those inputs that are in half precision. */
export function float16Inputs(inputs: Readonly<Record<string, InputValues>>): string[] {
  return Object.keys(inputs).filter((name) => inputs[name] instanceof Uint16Array);
}

function stepResult(outputs: Readonly<Record<string, Float32Array>>): StepResult {
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

/** The sums of two parts of a batch, kept in the first one's numbers. */
function added(sum: Omit<StepResult, "logits">, part: StepResult): Omit<StepResult, "logits"> {
  for (const [name, values] of part.gradients) {
    const total = sum.gradients.get(name)!;
    for (let i = 0; i < total.length; i++) total[i]! += values[i]!;
  }
  return { ...sum, loss: sum.loss + part.loss };
}
