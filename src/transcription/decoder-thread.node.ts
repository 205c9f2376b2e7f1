import { Worker } from "node:worker_threads";
import type { RuntimeName } from "../graph/runtime.node.ts";
import { disableTelemetry } from "../graph/telemetry.node.ts";
import { receivedError, type SentError } from "../shared/sent-errors.ts";
import { sourceThread } from "../shared/source-thread.node.ts";
import type { Decoded } from "./greedy-decoding.ts";
import type { EncodedUtterance, UtteranceDecoder } from "./moonshine-decoder.ts";
import type { MoonshineSize } from "./moonshine-graphs.ts";

/** What the thread is started with. */
export interface DecoderData {
  readonly runtime: RuntimeName | undefined;
}

export type ToDecoder =
  | { readonly kind: "open"; readonly file: string | Uint8Array; readonly size: MoonshineSize }
  | {
      readonly kind: "decode";
      readonly call: number;
      readonly utterances: readonly EncodedUtterance[];
    }
  | { readonly kind: "abort"; readonly call: number };

export type FromDecoder =
  | { readonly kind: "ready" }
  | { readonly kind: "refused"; readonly error: SentError }
  | { readonly kind: "decoded"; readonly call: number; readonly value: readonly Decoded[] }
  | { readonly kind: "failed"; readonly call: number; readonly error: SentError };

interface OpenCall {
  readonly resolve: (decoded: Decoded[]) => void;
  readonly reject: (error: Error) => void;
}

/** Moonshine's decoder in a thread of its own: while it finds the words of some utterances, others can be encoded. */
export class DecoderThread implements UtteranceDecoder {
  readonly #worker: Worker;
  readonly #calls = new Map<number, OpenCall>();
  #opening: { resolve(): void; reject(error: Error): void } | undefined;
  #count = 0;
  #end: Error | undefined;

  private constructor(worker: Worker) {
    this.#worker = worker;
    worker.on("message", (message: FromDecoder) => this.#receive(message));
    worker.on("error", (error) => this.#failAll(error));
    worker.on("exit", () => this.#failAll(new Error("The decoder's thread has ended.")));
  }

  /** Starts the thread, which loads what it needs before it is told what to open. */
  static start(runtime: RuntimeName | undefined): DecoderThread {
    disableTelemetry();
    return new DecoderThread(startThread({ runtime }));
  }

  /**
   * Opens a decoder in the thread, as the first call: of a path, or of bytes.
   * @throws UndertoneError `model-invalid` when the file is no decoder of this size, and what reading it throws
   */
  async open(file: string | Uint8Array, size: MoonshineSize): Promise<DecoderThread> {
    if (this.#end) throw this.#end;
    this.#post({ kind: "open", file, size });
    await new Promise<void>((resolve, reject) => {
      this.#opening = { resolve, reject };
    });
    this.#worker.unref();
    return this;
  }

  /** Decodes utterances, whose states it takes away. @throws UndertoneError `cancelled` */
  async decode(utterances: readonly EncodedUtterance[], signal?: AbortSignal): Promise<Decoded[]> {
    if (this.#end) throw this.#end;
    const call = this.#count++;
    const abort = (): void => this.#post({ kind: "abort", call });
    signal?.addEventListener("abort", abort, { once: true });
    this.#worker.ref();
    try {
      return await new Promise((resolve, reject) => {
        this.#calls.set(call, { resolve, reject });
        const sent = utterances.map(({ states, mostTokens }) => ({ states, mostTokens }));
        const given = sent.flatMap(({ states: { buffer } }) =>
          buffer instanceof ArrayBuffer ? [buffer] : [],
        );
        this.#post({ kind: "decode", call, utterances: sent }, given);
        if (signal?.aborted) abort();
      });
    } finally {
      signal?.removeEventListener("abort", abort);
      this.#calls.delete(call);
      if (this.#calls.size === 0) this.#worker.unref();
    }
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }

  #post(message: ToDecoder, given: readonly ArrayBuffer[] = []): void {
    this.#worker.postMessage(message, given);
  }

  #receive(message: FromDecoder): void {
    if (message.kind === "ready") this.#opening?.resolve();
    if (message.kind === "refused") this.#opening?.reject(receivedError(message.error));
    if (message.kind === "decoded") this.#calls.get(message.call)?.resolve([...message.value]);
    if (message.kind === "failed") {
      this.#calls.get(message.call)?.reject(receivedError(message.error));
    }
  }

  #failAll(error: Error): void {
    this.#end ??= error;
    this.#opening?.reject(this.#end);
    for (const { reject } of this.#calls.values()) reject(this.#end);
  }
}

function startThread(workerData: DecoderData): Worker {
  if (!import.meta.url.endsWith(".ts")) {
    // Written out, since bundlers look for it.
    return new Worker(new URL("./decoder-program.node.js", import.meta.url), { workerData });
  }
  return sourceThread(new URL("./decoder-program.node.ts", import.meta.url), workerData);
}
