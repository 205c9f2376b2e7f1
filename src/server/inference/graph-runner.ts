import { Worker } from "node:worker_threads";
import { disableTelemetry } from "../../graph/telemetry.node.ts";
import type { Feeds } from "../../graph/session.ts";
import { UndertoneError } from "../../shared/errors.ts";
import { sourceThread } from "../../shared/source-thread.node.ts";
import type {
  FromGraphThread,
  GraphFacts,
  GraphThreadOptions,
  ToGraphThread,
} from "./graph-thread.ts";

type Outputs = Readonly<Record<string, Float32Array>>;

interface Call {
  readonly resolve: (outputs: Outputs) => void;
  readonly reject: (error: Error) => void;
}

/** The audio model as one graph, in a thread that is started when it is first asked for. */
export class GraphRunner {
  readonly #options: GraphThreadOptions;
  readonly #calls = new Map<number, Call>();
  #worker: Worker | undefined;
  #facts: Promise<GraphFacts> | undefined;
  #count = 0;

  constructor(options: GraphThreadOptions) {
    this.#options = options;
  }

  /** Returns what the graph takes and gives. @throws UndertoneError `model-invalid` for a model that is no single graph */
  facts(): Promise<GraphFacts> {
    this.#facts ??= this.#start();
    return this.#facts;
  }

  /** Runs the graph. @throws Error where the thread ends, or the graph cannot be run on it */
  async run(feeds: Feeds): Promise<Outputs> {
    await this.facts();
    const call = this.#count++;
    return new Promise((resolve, reject) => {
      this.#calls.set(call, { resolve, reject });
      const message: ToGraphThread = { call, feeds };
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
      this.#worker!.postMessage(message);
    });
  }

  async close(): Promise<void> {
    await this.#worker?.terminate();
  }

  #start(): Promise<GraphFacts> {
    disableTelemetry();
    const worker = startThread(this.#options);
    this.#worker = worker;
    // What the model is does not change: it is not tried again.
    let isRefused = false;
    return new Promise((resolve, reject) => {
      worker.on("message", (message: FromGraphThread) => {
        if (message.kind === "ready") resolve(message);
        else if (message.kind === "refused") {
          isRefused = true;
          reject(new UndertoneError("model-invalid", message.message));
          void worker.terminate();
        } else this.#settle(message);
      });
      const end = (error: Error): void => {
        reject(error);
        if (!isRefused) this.#facts = undefined;
        for (const call of this.#calls.values()) call.reject(error);
        this.#calls.clear();
      };
      worker.on("error", end);
      worker.on("exit", (code) => end(new Error(`The model's thread ended (exit code ${code}).`)));
    });
  }

  #settle(message: Exclude<FromGraphThread, { kind: "ready" | "refused" }>): void {
    const call = this.#calls.get(message.call);
    this.#calls.delete(message.call);
    if (message.kind === "outputs") call?.resolve(message.outputs);
    else call?.reject(new Error(message.message));
  }
}

function startThread(options: GraphThreadOptions): Worker {
  const isSource = import.meta.url.endsWith(".ts");
  if (isSource) return sourceThread(new URL("./graph-thread.ts", import.meta.url), options);
  return new Worker(new URL("./graph-thread.js", import.meta.url), { workerData: options });
}
