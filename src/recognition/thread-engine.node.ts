import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import type { Worker } from "node:worker_threads";
import { disableTelemetry } from "../graph/telemetry.node.ts";
import { throwIfCancelled, UndertoneError } from "../shared/errors.ts";
import type { Analysis, Segment, SegmentEvent } from "./analysis.ts";
import type { Sound } from "./audio-input.ts";
import type { EnrolledSpeaker, Engine } from "./engine.ts";
import type { RecognizerOptions } from "./load-recognizer.node.ts";
import { PendingCall } from "./pending-call.ts";
import type { EnrollOptions } from "./enrollment.ts";
import type { RecognizeOptions } from "./recognize.ts";
import { soundReader, type SoundReader } from "./sound-reader.ts";
import { startThread } from "./start-thread.node.ts";
import { receivedError, sendableError } from "../shared/sent-errors.ts";
import type { CallResult, FromThread, ThreadCall, ToThread } from "./thread-protocol.ts";
import { ThreadWatch } from "./thread-watch.node.ts";

/** A step that takes longer is left: the thread ends by itself when it is over. */
const mostWaitMs = 2000;

/** Where a call's outcome goes. */
interface CallSink {
  push(event: SegmentEvent): void;
  succeed(result: CallResult): void;
  fail(error: unknown): void;
}

interface OpenCall {
  readonly pending: CallSink;
  readonly readers: readonly SoundReader[];
  readonly onProgress: RecognizeOptions["onProgress"];
}

/** What the thread of an engine is told. */
export interface ThreadOptions extends RecognizerOptions {
  /** How much the thread leaves to others, on Linux: 0, as others, to 19. */
  readonly niceness?: number | undefined;
  /** How long one step may take before the thread is given up. */
  readonly stallMs?: number | undefined;
}

/**
 * Engines that nobody has closed, which the process closes before it ends: ONNX Runtime aborts it where a thread is ended
 * within a call.
 */
const openEngines = new Set<ThreadEngine>();
process.on("beforeExit", () => {
  for (const engine of openEngines) void engine.close();
});

/** An engine in a thread of its own, which opens and decodes files itself and pulls everything else from its caller. */
export class ThreadEngine implements Engine {
  readonly labels: readonly string[];
  readonly transcriber: string | null;
  readonly warnings: readonly string[];
  readonly #worker: Worker;
  readonly #watch: ThreadWatch;
  readonly #calls = new Map<number, OpenCall>();
  #count = 0;
  /** Set when the thread has ended, which then answers nobody. */
  #end: Error | undefined;

  private constructor(
    worker: Worker,
    watch: ThreadWatch,
    ready: FromThread & { readonly kind: "ready" },
  ) {
    this.labels = ready.labels;
    this.transcriber = ready.transcriber;
    this.warnings = ready.warnings;
    this.#worker = worker;
    this.#watch = watch;
    watch.settle();
    watch.onStall = (error) => this.#failAll(error);
    worker.on("message", (message: FromThread) => this.#receive(message));
    worker.on("error", (error) => this.#failAll(error));
    worker.on("exit", (code) => {
      openEngines.delete(this);
      this.#failAll(ended(code));
    });
    worker.unref();
    openEngines.add(this);
  }

  /** @throws UndertoneError `cancelled`, and what loading the models throws */
  static async start({
    onProgress,
    signal,
    stallMs,
    ...options
  }: ThreadOptions): Promise<ThreadEngine> {
    throwIfCancelled(signal);
    disableTelemetry();
    const watch = new ThreadWatch(stallMs);
    const worker = startThread({ ...options, pulse: watch.pulse });
    watch.begin(worker);
    let stop: (() => void) | undefined;
    try {
      return await new Promise((resolve, reject) => {
        stop = (): void => reject(new UndertoneError("cancelled", "Cancelled."));
        signal?.addEventListener("abort", stop);
        watch.onStall = reject;
        worker.on("message", (message: FromThread) => {
          if (message.kind === "download") calling(() => onProgress?.(message.progress), reject);
          if (message.kind === "refused") reject(receivedError(message.error));
          if (message.kind === "ready") resolve(new ThreadEngine(worker, watch, message));
        });
        worker.on("error", reject);
        worker.on("exit", (code) => reject(ended(code)));
      });
    } catch (error) {
      await within(mostWaitMs, worker.terminate());
      worker.unref();
      throwIfCancelled(signal);
      throw error;
    } finally {
      if (stop) signal?.removeEventListener("abort", stop);
    }
  }

  async analyze(sound: Sound, options: RecognizeOptions): Promise<Analysis> {
    return this.#call<Analysis>({ method: "analyze", sounds: [sound] }, options).result;
  }

  async *stream(sound: Sound, options: RecognizeOptions): AsyncGenerator<SegmentEvent, Analysis> {
    const stop = new AbortController();
    const signal = AbortSignal.any([stop.signal, ...(options.signal ? [options.signal] : [])]);
    const asked = { method: "stream", sounds: [sound] } as const;
    const pending = this.#call<Analysis>(asked, { ...options, signal });
    try {
      yield* pending.events();
      return await pending.result;
    } finally {
      stop.abort();
    }
  }

  async classify(sound: Sound, options: RecognizeOptions): Promise<Segment> {
    return this.#call<Segment>({ method: "classify", sounds: [sound] }, options).result;
  }

  async enroll(sounds: readonly Sound[], options: EnrollOptions): Promise<EnrolledSpeaker> {
    return this.#call<EnrolledSpeaker>({ method: "enroll", sounds }, options).result;
  }

  async close(): Promise<void> {
    openEngines.delete(this);
    if (this.#worker.threadId < 0) return;
    this.#worker.ref();
    const exit = once(this.#worker, "exit");
    this.#post({ kind: "close" });
    await within(this.#end ? 0 : mostWaitMs, exit);
    this.#failAll(new UndertoneError("closed", "The recognizer is closed."));
    this.#worker.unref();
  }

  #call<Result extends CallResult>(
    asked: { readonly method: ThreadCall["method"]; readonly sounds: readonly Sound[] },
    { signal, onProgress, ...options }: RecognizeOptions & EnrollOptions,
  ): PendingCall<SegmentEvent, Result> {
    const call = this.#count++;
    const pending = new PendingCall<SegmentEvent, Result>();
    const readers = asked.sounds.map(soundReader);
    this.#calls.set(call, { pending, readers, onProgress });
    this.#worker.ref();
    this.#watch.begin(this.#worker);
    // What the thread is at may take longer than a caller who has cancelled should wait.
    const abort = (): void => {
      this.#post({ kind: "abort", call });
      pending.fail(new UndertoneError("cancelled", "Cancelled.", { cause: signal?.reason }));
    };
    this.#post({
      kind: "call",
      call,
      method: asked.method,
      sounds: readers.map(({ reference }) => reference),
      options,
      wantsProgress: onProgress !== undefined,
    });
    if (signal?.aborted) abort();
    signal?.addEventListener("abort", abort, { once: true });
    const end = (): void => {
      signal?.removeEventListener("abort", abort);
      for (const reader of readers) reader.stop();
      this.#calls.delete(call);
      if (this.#calls.size === 0) this.#worker.unref();
    };
    pending.result.then(end, end);
    if (this.#end) pending.fail(this.#end);
    return pending;
  }

  #post(message: ToThread, handedOver: readonly ArrayBuffer[] = []): void {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
    this.#worker.postMessage(message, handedOver);
  }

  #receive(message: FromThread): void {
    if (!("call" in message)) return;
    if (message.kind === "result" || message.kind === "failed") this.#watch.settle();
    const open = this.#calls.get(message.call);
    if (open === undefined) {
      if (message.kind === "pull") this.#refuse(message.pull, new Error("The call is over."));
      return;
    }
    if (message.kind === "progress") {
      const stop = (error: unknown): void => {
        this.#post({ kind: "abort", call: message.call });
        open.pending.fail(error);
      };
      calling(() => open.onProgress?.(message.doneSec, message.stage), stop);
    } else if (message.kind === "event") open.pending.push(message.event);
    else if (message.kind === "result") open.pending.succeed(message.value);
    else if (message.kind === "failed") open.pending.fail(receivedError(message.error));
    else void this.#read(open.readers[message.sound]!, message);
  }

  async #read(
    reader: SoundReader,
    { pull, range }: FromThread & { readonly kind: "pull" },
  ): Promise<void> {
    try {
      const value = await reader.pull(range);
      // A block is the reader's own, and is handed over.
      const buffer = value instanceof Float32Array ? value.buffer : undefined;
      const handedOver = buffer instanceof ArrayBuffer ? [buffer] : [];
      this.#post({ kind: "pulled", pull, value }, handedOver);
    } catch (error) {
      this.#refuse(pull, error);
    }
  }

  #refuse(pull: number, error: unknown): void {
    this.#post({ kind: "pull-failed", pull, error: sendableError(error) });
  }

  #failAll(error: Error): void {
    this.#end ??= error;
    for (const { pending } of this.#calls.values()) pending.fail(error);
  }
}

/** Calls a caller's function, whose exception would else end the process: nothing awaits a message's handler. */
function calling(callback: () => void, onError: (error: unknown) => void): void {
  try {
    callback();
  } catch (error) {
    onError(error);
  }
}

/** Resolves with the work, or after so long without it. */
async function within(mostMs: number, work: Promise<unknown>): Promise<void> {
  const stop = new AbortController();
  const wait = delay(mostMs, undefined, { signal: stop.signal }).catch(() => undefined);
  await Promise.race([work, wait]).finally(() => stop.abort());
}

function ended(exitCode: number): Error {
  return new Error(`The recognizer's thread ended (exit code ${exitCode}).`);
}
