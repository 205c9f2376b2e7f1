import { UndertoneError } from "../shared/errors.ts";
import type { OnnxRuntime } from "./session.ts";
import { disableTelemetry } from "./telemetry.node.ts";

/** `native` runs the machine's own code; `wasm` runs WebAssembly, which is slower and works wherever Node does. */
export type RuntimeName = "native" | "wasm";

/** ONNX Runtime, loaded in Node. */
export interface NodeRuntime extends OnnxRuntime {
  readonly name: RuntimeName;
  /** Why it is WebAssembly, where nobody chose that. */
  readonly warnings: readonly string[];
}

/**
 * Loads the runtime that `UNDERTONE_RUNTIME` names; by default the native one, or WebAssembly where that cannot load.
 * @throws UndertoneError `usage` for another name, and when the native runtime was named and cannot load
 */
export const nodeRuntime = (): Promise<NodeRuntime> =>
  loadRuntime(process.env["UNDERTONE_RUNTIME"] || undefined);

/** Returns the loader of the runtime chosen; without a choice it is `nodeRuntime`. */
export function runtimeOf(choice: RuntimeName | undefined): () => Promise<NodeRuntime> {
  return choice === undefined ? nodeRuntime : () => loadRuntime(choice);
}

async function loadRuntime(choice: string | undefined): Promise<NodeRuntime> {
  if (choice === "wasm") return { ...(await loadWasm()), name: "wasm", warnings: [] };
  if (choice !== undefined && choice !== "native") {
    const message = `"${choice}" is not a runtime: choose native or wasm.`;
    throw new UndertoneError("usage", message);
  }
  try {
    return { ...(await loadNative()), name: "native", warnings: [] };
  } catch (cause) {
    const problem = `ONNX Runtime's native library cannot load: ${problemOf(cause)}`;
    if (choice === "native") throw new UndertoneError("usage", problem, { cause });
    const warning = `Models run on WebAssembly, about 3 times slower. ${problem}`;
    return { ...(await loadWasm()), name: "wasm", warnings: [warning] };
  }
}

/** npm leaves the package out when its install script cannot fetch GPU libraries, which nothing here uses. */
function problemOf(cause: unknown): string {
  if (cause instanceof Error && "code" in cause && cause.code === "ERR_MODULE_NOT_FOUND") {
    return "it is not installed. To install it: ONNXRUNTIME_NODE_INSTALL=skip npm install";
  }
  return cause instanceof Error ? cause.message.split("\n")[0]! : String(cause);
}

async function loadNative(): Promise<OnnxRuntime> {
  if (!disableTelemetry()) {
    throw new Error("set ORT_DISABLE_TELEMETRY=1 before the worker thread starts.");
  }
  const { InferenceSession, Tensor } = await import("onnxruntime-node");
  return { InferenceSession, Tensor };
}

async function loadWasm(): Promise<OnnxRuntime> {
  const { env, InferenceSession, Tensor } = await import("onnxruntime-web");
  env.logLevel = "error";
  return { InferenceSession, Tensor };
}
