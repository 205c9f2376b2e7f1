import type { HttpBindings } from "@hono/node-server";
import type { WorkOrder } from "../../recognition/batch-folder.node.ts";
import type { WorkerOptions } from "../../recognition/worker-process.node.ts";
import type { Limits } from "./limits.ts";
import type { Log } from "./log.ts";
import type { Metrics } from "./metrics.ts";
import type { Tokens } from "./tokens.ts";
import type { Uploads } from "./uploads/uploads.ts";
import type { WorkerPool } from "./worker-pool.ts";

/** What the server runs, for each of its modules. */
export interface Service {
  readonly version: string;
  readonly model: ServedModel;
  /** Analyzes files in processes of their own, so that the server's event loop stays free. */
  readonly pool: WorkerPool;
  readonly limits: Limits;
  readonly tokens: Tokens;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly uploads: Uploads;
  /** Aborted when the server stops: what is under way is finished, and nothing new begins. */
  readonly closing: AbortSignal;
}

/** The models that the server has loaded. */
export interface ServedModel {
  /** Of the audio model: "default", "small", or the name of its file. */
  readonly name: string;
  readonly labels: readonly string[];
  /** Name of the transcriber; `null` where the voice alone counts. */
  readonly transcriber: string | null;
  /** What is degraded in all results. */
  readonly warnings: readonly string[];
  /** When the server started, in milliseconds. */
  readonly startedAt: number;
  /** What a process that loads them is told. */
  readonly worker: WorkerOptions;
  /** What a worker on another machine is told, for jobs of a queue. */
  readonly order: WorkOrder;
}

/** Of the server's routes. */
export interface ServiceEnv {
  Bindings: HttpBindings;
  Variables: {
    /** Sent as `x-request-id` with the answer, and in each line of the log. */
    requestId: string;
    /** Which token was brought: the first digits of its hash. */
    client: string;
  };
}
