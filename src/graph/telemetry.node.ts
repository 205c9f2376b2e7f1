import { isMainThread } from "node:worker_threads";

const variable = "ORT_DISABLE_TELEMETRY";

/**
 * Turns off the telemetry of ONNX Runtime, which reads the environment of the process when its native library loads.
 * A worker thread has only a copy of that: call it before one starts. Returns whether telemetry is off.
 */
export function disableTelemetry(): boolean {
  if (isMainThread) process.env[variable] = "1";
  return process.env[variable] === "1";
}
