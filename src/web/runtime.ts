import type { OnnxRuntime, Runtime } from "../graph/session.ts";

/** What runs the models: the processor, or the graphics card where the browser offers it. */
export type WebDevice = "wasm" | "webgpu";

export interface WebRuntimeOptions {
  /** Folder that serves onnxruntime-web's `.wasm` and `.mjs` files, where the bundler does not place them itself. */
  readonly wasmPaths?: string | undefined;
  /** Threads of one operator; above 1 only on a page that is cross-origin isolated. Default: onnxruntime-web's choice. */
  readonly threads?: number | undefined;
  /**
   * Default: `wasm`. With `webgpu`, operators that it lacks run on the processor; graphics cards round in their own way, so
   * compare its answers with those of `wasm` first.
   */
  readonly device?: WebDevice | undefined;
}

/** Returns the loader of ONNX Runtime in the browser. Its settings belong to the page: the first loaded ones count. */
export function webRuntime({
  wasmPaths,
  threads,
  device = "wasm",
}: WebRuntimeOptions = {}): Runtime {
  return async () => {
    const { env, InferenceSession, Tensor } = await (device === "webgpu"
      ? import("onnxruntime-web/webgpu")
      : import("onnxruntime-web/wasm"));
    env.logLevel = "error";
    if (wasmPaths !== undefined) env.wasm.wasmPaths = wasmPaths;
    if (threads !== undefined) env.wasm.numThreads = threads;
    if (device === "wasm") return { InferenceSession, Tensor };
    const create: OnnxRuntime["InferenceSession"]["create"] = (model, options) =>
      InferenceSession.create(model, { ...options, executionProviders: ["webgpu"] });
    return { InferenceSession: { create }, Tensor };
  };
}
