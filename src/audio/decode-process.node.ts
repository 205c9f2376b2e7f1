import type { ChildProcess } from "node:child_process";
import { on } from "node:events";
import { extname } from "node:path";
import { throwIfCancelled, UndertoneError } from "../shared/errors.ts";
import { receivedError } from "../shared/sent-errors.ts";
import { describeEnd, isAlive, startProcess } from "../shared/start-process.node.ts";
import type { AudioBlock } from "./blocks.ts";
import type { DecodeAnswer, DecodeTask } from "./decode-worker.node.ts";
import type { HowToDecode } from "./decoding.ts";
import type { Reading } from "./read-channels.ts";

/** Longer than a step of any decoder takes, also where other work slows it. */
const defaultStallMs = 120_000;

/** The worker's program: beside this file, TypeScript or built. */
const program = new URL(`./decode-worker.node${extname(import.meta.url)}`, import.meta.url);

interface ProcessOptions {
  readonly signal?: AbortSignal | undefined;
  /** A process that does not answer for so long has no end: it is ended. */
  readonly stallMs?: number;
}

/** A process that decodes one file at a time: a file that crashes it, or that has no end, loses that file only. */
export class DecodeProcess {
  readonly #child: ChildProcess = startProcess(program, "advanced");
  #isBusy = false;

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Whether it can take another file. */
  get isFree(): boolean {
    return !this.#isBusy && isAlive(this.#child);
  }

  /**
   * Decodes a file, a block ahead of what is taken. Returns what is told of it.
   * @yields as `decode`
   * @throws UndertoneError `audio-corrupt` where the process ends or goes no further, and as `readChannels`
   */
  async *decode(
    path: string,
    how: HowToDecode,
    { signal, stallMs = defaultStallMs }: ProcessOptions = {},
  ): AsyncGenerator<AudioBlock, Reading> {
    throwIfCancelled(signal);
    const stop = (): void => this.stop();
    signal?.addEventListener("abort", stop);
    this.#hold(true);
    try {
      const answers = answersOf(this.#child, path, stallMs);
      tell(this.#child, { kind: "file", path, how });
      for await (const answer of answers) {
        if (answer.kind === "block") {
          tell(this.#child, { kind: "next" });
          yield answer.block;
          continue;
        }
        this.#hold(false);
        if (answer.kind === "failed") throw receivedError(answer.error);
        return answer.reading;
      }
      throwIfCancelled(signal);
      throw corrupt(path, `ended its process (${describeEnd(this.#child)})`);
    } finally {
      signal?.removeEventListener("abort", stop);
      // Left in the middle of a file it cannot take the next one.
      if (this.#isBusy) this.stop();
    }
  }

  stop(): void {
    this.#child.kill("SIGKILL");
  }

  /** Between files it holds nobody up: it ends with this process. */
  #hold(isBusy: boolean): void {
    this.#isBusy = isBusy;
    const { channel } = this.#child;
    if (isBusy) {
      this.#child.ref();
      channel?.ref();
    } else {
      this.#child.unref();
      channel?.unref();
    }
  }
}

/** @yields what a process answers until it ends. @throws UndertoneError `audio-corrupt` where it is silent for too long */
async function* answersOf(
  child: ChildProcess,
  path: string,
  stallMs: number,
): AsyncGenerator<Exclude<DecodeAnswer, { kind: "alive" }>> {
  const messages = on(child, "message", { close: ["exit"] });
  for (;;) {
    let isStalled = false;
    const timer = setTimeout(() => {
      isStalled = true;
      child.kill("SIGKILL");
    }, stallMs);
    const { value, done } = await messages.next();
    clearTimeout(timer);
    if (isStalled) throw corrupt(path, `went no further for ${stallMs / 1000} s and was ended`);
    if (done) return;
    const answer: DecodeAnswer = value[0];
    if (answer.kind !== "alive") yield answer;
  }
}

const corrupt = (path: string, end: string): UndertoneError =>
  new UndertoneError("audio-corrupt", `${path}: decoding it ${end}. The file may be damaged.`);

/** A process that ended just now is noticed by its exit. */
const tell = (child: ChildProcess, task: DecodeTask): void =>
  void (isAlive(child) && child.send(task, () => undefined));

/** Those that wait for their next file. */
const idle = new Set<DecodeProcess>();

/**
 * Decodes a file in a process of its own. Returns what is told of it.
 * @yields as `decode`
 * @throws UndertoneError as `DecodeProcess.decode`
 */
export async function* decodeApart(
  path: string,
  how: HowToDecode,
  signal?: AbortSignal,
): AsyncGenerator<AudioBlock, Reading> {
  const process = [...idle].find(({ isFree }) => isFree) ?? new DecodeProcess();
  idle.delete(process);
  try {
    return yield* process.decode(path, how, { signal });
  } finally {
    if (process.isFree) idle.add(process);
  }
}
