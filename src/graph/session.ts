import type {
  InferenceSession,
  Tensor as RuntimeTensor,
  TensorConstructor,
} from "onnxruntime-common";
import { UndertoneError } from "../shared/errors.ts";
import type { TensorData } from "./tensor.ts";

/** What this project uses of `onnxruntime-node` or `onnxruntime-web`. */
export interface OnnxRuntime {
  readonly InferenceSession: {
    create(model: Uint8Array, options: InferenceSession.SessionOptions): Promise<InferenceSession>;
  };
  readonly Tensor: TensorConstructor;
}

/** Loads ONNX Runtime; called when a session opens, so that nothing heavy loads before it is needed. */
export type Runtime = () => Promise<OnnxRuntime>;

/** Values to feed by input name, and their shape. */
export type Feeds = Readonly<
  Record<string, { readonly data: TensorData; readonly shape: readonly number[] }>
>;

/** Outputs of a session as they are, of any type, to be fed to another one. */
export type HeldTensors = Readonly<Record<string, RuntimeTensor>>;

interface SessionOptions {
  /** Threads for one operator; by default ONNX Runtime takes a thread a core. */
  readonly threads?: number;
  /**
   * What the graph is for. Blocked memory layouts pay off where weights are constants. A training graph names
   * blocked kernels itself; the runtime's own choice of them would cost a fifth of the time in conversions.
   */
  readonly purpose?: "inference" | "training";
}

/**
 * How threads wait for their next part of an operator. In inference they sleep: beside other work, threads that spin take
 * more of the processor's time and hold it up. In training, whose operators follow each other closely, they look for
 * work for 50 µs before they sleep; the runtime's own choice is far longer.
 */
const waiting = {
  inference: { session: { intra_op: { allow_spinning: "0" } } },
  training: { session: { intra_op: { spin_duration_us: "50" } } },
} as const;

/** A loaded graph: the only place that runs anything. */
export class Session {
  readonly #Tensor: TensorConstructor;
  readonly #session: InferenceSession;

  private constructor({ Tensor }: OnnxRuntime, session: InferenceSession) {
    this.#Tensor = Tensor;
    this.#session = session;
  }

  /** @throws UndertoneError `model-invalid` when ONNX Runtime refuses the bytes, and what loading it throws */
  static async open(
    runtime: Runtime,
    model: Uint8Array,
    options: SessionOptions = {},
  ): Promise<Session> {
    const { threads, purpose = "inference" } = options;
    const loaded = await runtime();
    try {
      const session = await loaded.InferenceSession.create(model, {
        logSeverityLevel: 3,
        graphOptimizationLevel: purpose === "training" ? "extended" : "all",
        // A plan of memory for each shape of input: in inference hardly two inputs have one shape.
        enableMemPattern: purpose === "training",
        ...(threads === undefined ? {} : { intraOpNumThreads: threads }),
        extra: waiting[purpose],
      });
      return new Session(loaded, session);
    } catch (cause) {
      throw new UndertoneError(
        "model-invalid",
        `ONNX Runtime cannot load this model: ${String(cause)}`,
        { cause },
      );
    }
  }

  /** Runs the graph once and returns its outputs by name: all, or those named, which spares copies. */
  async run(
    feeds: Feeds,
    outputNames: readonly string[] = this.#session.outputNames,
    held: HeldTensors = {},
  ): Promise<Record<string, Float32Array>> {
    const outputs = await this.#session.run({ ...this.#tensors(feeds), ...held }, outputNames);
    const results: Record<string, Float32Array> = {};
    for (const [name, tensor] of Object.entries(outputs)) {
      if (!(tensor.data instanceof Float32Array)) {
        throw new TypeError(
          `Session.run: output ${name} has type ${tensor.type}, expected float32`,
        );
      }
      results[name] = tensor.data;
    }
    return results;
  }

  /** Runs the graph once and returns its outputs by name, to be held. */
  async hold(feeds: Feeds): Promise<HeldTensors> {
    return this.#session.run(this.#tensors(feeds));
  }

  #tensors(feeds: Feeds): Record<string, RuntimeTensor> {
    const tensors: Record<string, RuntimeTensor> = {};
    for (const [name, { data, shape }] of Object.entries(feeds)) {
      tensors[name] = this.#tensor(data, shape);
    }
    return tensors;
  }

  #tensor(data: TensorData, shape: readonly number[]): RuntimeTensor {
    const Tensor = this.#Tensor;
    if (data instanceof Float32Array) return new Tensor("float32", data, shape);
    if (data instanceof Uint16Array) return new Tensor("float16", data, shape);
    if (data instanceof BigInt64Array) return new Tensor("int64", data, shape);
    if (data instanceof Int32Array) return new Tensor("int32", data, shape);
    return new Tensor("bool", data, shape);
  }

  get inputNames(): readonly string[] {
    return this.#session.inputNames;
  }

  async close(): Promise<void> {
    await this.#session.release();
  }
}
