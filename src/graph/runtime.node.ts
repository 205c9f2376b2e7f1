import "./no-telemetry.node.ts"; // must stand before the library that it mutes
import { InferenceSession, Tensor } from "onnxruntime-node";
import type { Runtime } from "./session.ts";

/** ONNX Runtime's native CPU library. */
export const nodeRuntime: Runtime = { InferenceSession, Tensor };
