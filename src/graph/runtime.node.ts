// oxlint-disable-next-line import/no-unassigned-import -- must run before the library below loads
import "./no-telemetry.node.ts";
import { InferenceSession, Tensor } from "onnxruntime-node";
import type { Runtime } from "./session.ts";

/** ONNX Runtime's native CPU library. */
export const nodeRuntime: Runtime = { InferenceSession, Tensor };
