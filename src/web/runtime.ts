import type { Runtime } from "../graph/session.ts";

export interface WebRuntimeOptions {
  /** Folder that serves onnxruntime-web's `.wasm` and `.mjs` files, where the bundler does not place them itself. */
  readonly wasmPaths?: string | undefined;
  /** Threads of one operator; above 1 only on a page that is cross-origin isolated. Default: onnxruntime-web's choice. */
  readonly threads?: number | undefined;
}

/** Returns the loader of ONNX Runtime in WebAssembly. Its settings belong to the page: the first loaded ones count. */
export function webRuntime({ wasmPaths, threads }: WebRuntimeOptions = {}): Runtime {
  return async () => {
    const { env, InferenceSession, Tensor } = await import("onnxruntime-web/wasm");
    env.logLevel = "error";
    if (wasmPaths !== undefined) env.wasm.wasmPaths = wasmPaths;
    if (threads !== undefined) env.wasm.numThreads = threads;
    return { InferenceSession, Tensor };
  };
}
