import { Worker } from "node:worker_threads";
import type { RuntimeName } from "../graph/runtime.node.ts";
import { disableTelemetry } from "../graph/telemetry.node.ts";
import type { Closable } from "../shared/closing.ts";
import { receivedError, type SentError } from "../shared/sent-errors.ts";
import { sourceThread } from "../shared/source-thread.node.ts";
import type { Decoded } from "./greedy-decoding.ts";
import type { EncodedUtterance, UtteranceDecoder } from "./moonshine-decoder.ts";
import type { MoonshineSize } from "./moonshine-graphs.ts";
import { startStream, type ScoredFrames, type StreamState } from "./silero.ts";
import type { VoiceActivity } from "./utterances.ts";

/** What the thread is started with. */
export interface ThreadData {
  readonly runtime: RuntimeName | undefined;
}

/** The decoder's file and how it must be. */
export interface DecoderFile {
  readonly file: string | Uint8Array;
  readonly sha256: string;
  readonly size: MoonshineSize;
}

/** What the thread is asked for. */
export type ThreadTask =
  | { readonly kind: "open-decoder"; readonly decoder: DecoderFile }
  | { readonly kind: "open-activity"; readonly file: string | Uint8Array }
  | { readonly kind: "decode"; readonly utterances: readonly EncodedUtterance[] }
  | { readonly kind: "score"; readonly frames: Float32Array; readonly state: StreamState };

/** What it gives: what was decoded, or scored. */
export interface ThreadResult {
  readonly decoded?: readonly Decoded[];
  readonly scored?: ScoredFrames;
}

export type ToThread =
  | { readonly kind: "task"; readonly call: number; readonly task: ThreadTask }
  | { readonly kind: "abort"; readonly call: number };

export type FromThread =
  | { readonly kind: "done"; readonly call: number; readonly result: ThreadResult }
  | { readonly kind: "failed"; readonly call: number; readonly error: SentError };

interface OpenCall {
  readonly answer: Promise<ThreadResult>;
  readonly resolve: (result: ThreadResult) => void;
  readonly reject: (error: Error) => void;
}

/**
 * A thread that finds where someone speaks, and Moonshine's decoder in it the words: meanwhile sound can be encoded. It
 * keeps no process from ending.
 */
export class TranscriptionThread implements UtteranceDecoder {
  readonly #worker: Worker;
  readonly #calls = new Map<number, OpenCall>();
  #count = 0;
  #end: Error | undefined;

  private constructor(worker: Worker) {
    this.#worker = worker;
    worker.on("message", (message: FromThread) => this.#receive(message));
    worker.on("error", (error) => this.#failAll(error));
    worker.on("exit", () => this.#failAll(new Error("The transcription's thread has ended.")));
    worker.unref();
  }

  /** Starts the thread, which loads what it needs before it is told what to open. */
  static start(runtime: RuntimeName | undefined): TranscriptionThread {
    disableTelemetry();
    return new TranscriptionThread(startThread({ runtime }));
  }

  /**
   * Opens the decoder, before anything is decoded. Resolves once it is known that it will open: a file that is as it must be
   * opens while sound is encoded.
   * @throws UndertoneError `model-invalid` when the file is no decoder of this size, and what reading it throws
   */
  async openDecoder(decoder: DecoderFile): Promise<this> {
    await this.#ask({ kind: "open-decoder", decoder });
    // Answered once it is open; what is wrong is thrown where words are asked for.
    this.decode([]).catch(() => undefined);
    return this;
  }

  /** Opens what finds speech. @throws UndertoneError `model-invalid`, and what reading the file throws */
  async openActivity(file: string | Uint8Array): Promise<VoiceActivity & Closable> {
    await this.#ask({ kind: "open-activity", file });
    const score = async (frames: Float32Array, state: StreamState): Promise<ScoredFrames> => {
      const { scored } = await this.#ask({ kind: "score", frames, state });
      return scored!;
    };
    return { start: () => startStream(score), close: () => this.close() };
  }

  /** Decodes utterances, whose states it takes away. @throws UndertoneError `cancelled` */
  async decode(utterances: readonly EncodedUtterance[], signal?: AbortSignal): Promise<Decoded[]> {
    const sent = utterances.map(({ states, mostTokens }) => ({ states, mostTokens }));
    const moved = sent.flatMap(({ states: { buffer } }) =>
      buffer instanceof ArrayBuffer ? [buffer] : [],
    );
    const { decoded } = await this.#ask({ kind: "decode", utterances: sent }, { signal, moved });
    return [...decoded!];
  }

  /** Stops what is under way, and waits for it: ONNX Runtime aborts the process when its thread is ended within a call. */
  async close(): Promise<void> {
    for (const call of this.#calls.keys()) this.#post({ kind: "abort", call });
    await Promise.allSettled([...this.#calls.values()].map(({ answer }) => answer));
    await this.#worker.terminate();
  }

  async #ask(
    task: ThreadTask,
    { signal, moved = [] }: { signal?: AbortSignal | undefined; moved?: ArrayBuffer[] } = {},
  ): Promise<ThreadResult> {
    if (this.#end) throw this.#end;
    const call = this.#count++;
    const abort = (): void => this.#post({ kind: "abort", call });
    signal?.addEventListener("abort", abort, { once: true });
    this.#worker.ref();
    const opened = openCall();
    this.#calls.set(call, opened);
    try {
      this.#post({ kind: "task", call, task }, moved);
      if (signal?.aborted) abort();
      return await opened.answer;
    } finally {
      signal?.removeEventListener("abort", abort);
      this.#calls.delete(call);
      if (this.#calls.size === 0) this.#worker.unref();
    }
  }

  #post(message: ToThread, moved: readonly ArrayBuffer[] = []): void {
    this.#worker.postMessage(message, moved);
  }

  #receive(message: FromThread): void {
    const call = this.#calls.get(message.call);
    if (message.kind === "done") call?.resolve(message.result);
    else call?.reject(receivedError(message.error));
  }

  #failAll(error: Error): void {
    this.#end ??= error;
    for (const { reject } of this.#calls.values()) reject(this.#end);
  }
}

function openCall(): OpenCall {
  let settle!: Pick<OpenCall, "resolve" | "reject">;
  const answer = new Promise<ThreadResult>((resolve, reject) => {
    settle = { resolve, reject };
  });
  return { answer, ...settle };
}

function startThread(workerData: ThreadData): Worker {
  if (!import.meta.url.endsWith(".ts")) {
    // Written out, since bundlers look for it.
    return new Worker(new URL("./transcription-program.node.js", import.meta.url), { workerData });
  }
  return sourceThread(new URL("./transcription-program.node.ts", import.meta.url), workerData);
}
