import type { WebSocket } from "ws";
import { UndertoneError } from "../../shared/errors.ts";
import type { Limits } from "../service/limits.ts";
import type { Log } from "../service/log.ts";
import { BlockQueue } from "./block-queue.ts";
import type { Asked, Dialect, Told } from "./dialect.ts";
import { closeCodes, ProtocolError, type CloseReason } from "./protocol-error.ts";
import type { Recognizers } from "./recognizers.ts";
import { tellUtterances } from "./tell-utterances.ts";

/** Sound that may wait for the models, in seconds: above the first no more is read of the connection, until the second. */
const pauseAboveSec = 10;
const resumeBelowSec = 5;

/** The shortest time from one partial result to the next: shorter blocks would tell nothing sooner. */
const leastBlockSec = 0.25;
/** The same while recordings wait for the processor: each partial result takes as much of it as a second of a recording. */
const busyBlockSec = 2;

/** A connection that sends more in one turn waits for the next. */
const messagesPerTurn = 100;
const turnMs = 50;

/** In which a stream makes up for the time that its models took to load. */
const catchUpMs = 3000;

/** Bytes that a client may leave unread. */
const mostUnreadBytes = 4e6;

/** Of the text that goes with a close code. */
const reasonBytes = 120;

interface SessionContext {
  readonly dialect: Dialect;
  readonly recognizers: Pick<Recognizers, "use">;
  readonly limits: Pick<Limits, "idleSec" | "maxDurationSec">;
  readonly log: Log;
  /** Whether recordings wait for the processor. */
  readonly isBusy: () => boolean;
  /** What its lines of the log have in common. */
  readonly facts: Readonly<Record<string, string>>;
  /** Told of sound that was recognized, in seconds. */
  readonly onSound: (seconds: number) => void;
  /** Called once, when the connection has ended. */
  readonly onEnd: () => void;
}

/** One live stream, from the first message of its connection to the last. */
export class StreamSession {
  readonly #socket: WebSocket;
  readonly #context: SessionContext;
  readonly #queues = new Map<string, BlockQueue>();
  readonly #abort = new AbortController();
  readonly #idle: NodeJS.Timeout;
  #sampleRate = 0;
  /** When sound was asked for, and when the models were there, in milliseconds. */
  #startMs = Infinity;
  #readyMs = Infinity;
  #sounded = 0;
  /** Messages of this turn. */
  #messages = 0;
  #isFinishing = false;
  /** Why the connection is closed once all is told. */
  #reason: CloseReason = "done";

  constructor(socket: WebSocket, context: SessionContext) {
    this.#socket = socket;
    this.#context = context;
    this.#idle = setTimeout(() => this.#onIdle(), context.limits.idleSec * 1000);
  }

  /** Takes a message. */
  receive(message: string | Uint8Array): void {
    if (this.#isFinishing) return;
    this.#idle.refresh();
    this.#count();
    const { dialect } = this.#context;
    try {
      const asked = typeof message === "string" ? dialect.text(message) : dialect.binary(message);
      for (const each of asked) this.#do(each);
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Takes no more sound, tells what is still to be told, and closes the connection. */
  finish(reason: CloseReason): void {
    if (this.#isFinishing) return;
    this.#isFinishing = true;
    clearTimeout(this.#idle);
    this.#reason = reason;
    for (const queue of this.#queues.values()) queue.end();
    if (this.#queues.size === 0) this.#close(reason, "");
  }

  /** Seconds of sound that are overdue, of what was to be spoken by now; 0 while models load, and for a moment more to catch up. */
  get lateSec(): number {
    const most = Math.max(0, ...[...this.#queues.values()].map(({ overdue }) => overdue));
    const nowMs = performance.now();
    if (most === 0 || nowMs < this.#readyMs + catchUpMs) return 0;
    const spokenSec = (nowMs - this.#startMs) / 1000;
    return Math.max(0, most / this.#sampleRate - Math.max(0, this.#durationSec - spokenSec));
  }

  /** Closes it, since the server cannot keep up with all streams. */
  shed(): void {
    const message = "The server cannot keep up with so many streams. Try again later.";
    this.#fail(new ProtocolError("overloaded", message));
  }

  /** The connection has ended: frees what it held. */
  closed(code: number): void {
    clearTimeout(this.#idle);
    this.#isFinishing = true;
    this.#abort.abort();
    for (const queue of this.#queues.values()) queue.end();
    const durationSec = Math.round(this.#durationSec);
    this.#context.log("info", "stream", { ...this.#context.facts, code, durationSec });
    this.#context.onEnd();
  }

  #do(asked: Asked): void {
    if (asked.kind === "finish") this.finish("done");
    else if (asked.kind === "start") this.#start(asked);
    else this.#hear(asked.track, asked.samples);
  }

  #start({ sampleRate, tracks, settings }: Asked & { readonly kind: "start" }): void {
    if (this.#queues.size > 0) throw new ProtocolError("policy", "The stream has started already.");
    this.#sampleRate = sampleRate;
    this.#startMs = performance.now();
    const { min_confidence: minConfidence, max_ood: maxOodScore, ...rest } = settings;
    const { partial_every_sec: partialEverySec, ...others } = rest;
    const options = { ...others, minConfidence, maxOodScore, partialEverySec, sampleRate };
    const { isBusy, recognizers } = this.#context;
    const least = () => sampleRate * (isBusy() ? busyBlockSec : leastBlockSec);
    const lengths = { least, most: resumeBelowSec * sampleRate };
    const streams = tracks.map((track) => {
      const queue = new BlockQueue(lengths, () => this.#resume());
      this.#queues.set(track, queue);
      return recognizers.use(async (recognizer) => {
        this.#readyMs = Math.min(this.#readyMs, performance.now());
        this.#tell({ type: "ready" }, track);
        const signal = this.#abort.signal;
        const events = recognizer.stream(queue, { ...options, signal });
        for await (const told of tellUtterances(events)) this.#tell(told, track);
      });
    });
    Promise.all(streams).then(
      () => this.#close(this.#reason, ""),
      (error: unknown) => this.#fail(error),
    );
  }

  #hear(track: string, samples: Float32Array): void {
    const queue = this.#queues.get(track);
    if (queue === undefined) {
      throw new ProtocolError("policy", "Sound came before the start, or of another track.");
    }
    queue.push(samples);
    this.#sounded += samples.length;
    this.#context.onSound(samples.length / this.#sampleRate);
    if (queue.samples > pauseAboveSec * this.#sampleRate) this.#socket.pause();
    const { maxDurationSec } = this.#context.limits;
    if (this.#durationSec <= maxDurationSec) return;
    throw new ProtocolError("policy", `A stream has at most ${maxDurationSec} s of sound.`);
  }

  /** Lets others have their turn where very many messages come. */
  #count(): void {
    this.#messages++;
    if (this.#messages === 1) {
      setTimeout(() => {
        this.#messages = 0;
        this.#resume();
      }, turnMs);
    }
    if (this.#messages >= messagesPerTurn) this.#socket.pause();
  }

  #resume(): void {
    const most = resumeBelowSec * this.#sampleRate;
    const isFull = [...this.#queues.values()].some(({ samples }) => samples > most);
    if (this.#socket.isPaused && !isFull && this.#messages < messagesPerTurn) this.#socket.resume();
  }

  #onIdle(): void {
    // Where it is paused, it is the server that keeps the client waiting.
    if (this.#socket.isPaused) this.#idle.refresh();
    else
      this.#fail(
        new ProtocolError("policy", `Nothing came for ${this.#context.limits.idleSec} s.`),
      );
  }

  get #durationSec(): number {
    return this.#sounded / Math.max(1, this.#queues.size * this.#sampleRate);
  }

  #tell(told: Told, track = ""): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    if (this.#socket.bufferedAmount > mostUnreadBytes) {
      this.#socket.terminate();
      return;
    }
    for (const message of this.#context.dialect.messages(told, track)) {
      this.#socket.send(JSON.stringify(message));
    }
  }

  #fail(error: unknown): void {
    if (error instanceof UndertoneError && error.code === "cancelled") return;
    const { reason, code, message } = described(error);
    if (code === "internal") {
      const stack = error instanceof Error ? error.stack : String(error);
      this.#context.log("error", "internal-error", { ...this.#context.facts, stack });
    }
    this.#tell({ type: "error", code, message });
    this.#isFinishing = true;
    this.#abort.abort();
    this.#close(reason, message);
  }

  #close(reason: CloseReason, message: string): void {
    clearTimeout(this.#idle);
    if (this.#socket.isPaused) this.#socket.resume();
    this.#socket.close(closeCodes[reason], cutTo(reasonBytes, message));
  }
}

interface Described {
  readonly reason: CloseReason;
  readonly code: string;
  readonly message: string;
}

function described(error: unknown): Described {
  if (error instanceof ProtocolError) {
    return { reason: error.reason, code: error.reason, message: error.message };
  }
  if (error instanceof UndertoneError) {
    const reason = error.code === "usage" ? "policy" : "internal";
    return { reason, code: error.code, message: error.message };
  }
  const message = "An error in undertone itself; its log has it.";
  return { reason: "internal", code: "internal", message };
}

/** Returns as much of a text as fits into so many bytes of UTF-8. */
function cutTo(bytes: number, text: string): string {
  return new TextDecoder()
    .decode(new TextEncoder().encode(text).subarray(0, bytes))
    .replace(/\uFFFD$/, "");
}
