import { UndertoneError } from "../shared/errors.ts";
import type { OnnxRuntime, Runtime } from "./session.ts";
import { disableTelemetry } from "./telemetry.node.ts";

/** `native`: the machine's own code; `wasm`: WebAssembly, slower, which needs no installation. */
export type RuntimeName = "native" | "wasm";

/** ONNX Runtime as Node has it. */
export interface NodeRuntime extends OnnxRuntime {
  readonly name: RuntimeName;
  /** Why it is not the native one, where nobody chose WebAssembly. */
  readonly warnings: readonly string[];
}

/**
 * Loads the runtime that `UNDERTONE_RUNTIME` names; by default the native one, or WebAssembly where that is not installed.
 * @throws UndertoneError `usage` for another name, and when the native runtime was named but cannot load
 */
export const nodeRuntime = (): Promise<NodeRuntime> =>
  loadRuntime(process.env["UNDERTONE_RUNTIME"] || undefined);

/** Returns a loader of the runtime chosen, or of the one that `nodeRuntime` loads. */
export function runtimeOf(choice: RuntimeName | undefined): Runtime {
  return choice === undefined ? nodeRuntime : () => loadRuntime(choice);
}

async function loadRuntime(choice: string | undefined): Promise<NodeRuntime> {
  if (choice === "wasm") return { ...(await loadWasm()), name: "wasm", warnings: [] };
  if (choice !== undefined && choice !== "native") {
    const message = `"${choice}" is no runtime. UNDERTONE_RUNTIME takes native or wasm.`;
    throw new UndertoneError("usage", message);
  }
  try {
    return { ...(await loadNative()), name: "native", warnings: [] };
  } catch (cause) {
    const why = cause instanceof Error ? cause.message.split("\n")[0] : String(cause);
    const reason = `ONNX Runtime's native library cannot load (${why}).`;
    const remedy =
      "To install it: npm install --ignore-scripts --save-optional onnxruntime-node@1.30.0";
    if (choice === "native") throw new UndertoneError("usage", `${reason} ${remedy}`, { cause });
    const warning = `${reason} Models run on WebAssembly, about 3 times slower. ${remedy}`;
    return { ...(await loadWasm()), name: "wasm", warnings: [warning] };
  }
}

async function loadNative(): Promise<OnnxRuntime> {
  if (!disableTelemetry()) {
    throw new Error("set ORT_DISABLE_TELEMETRY=1 before the worker thread starts");
  }
  const { InferenceSession, Tensor } = await import("onnxruntime-node");
  return { InferenceSession, Tensor };
}

async function loadWasm(): Promise<OnnxRuntime> {
  const { env, InferenceSession, Tensor } = await import("onnxruntime-web");
  env.logLevel = "error";
  return { InferenceSession, Tensor };
}
