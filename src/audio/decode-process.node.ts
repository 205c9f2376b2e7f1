import { extname } from "node:path";
import { throwIfCancelled, UndertoneError } from "../shared/errors.ts";
import { GuardedProcess, ProcessEnd } from "../shared/guarded-process.node.ts";
import { receivedError } from "../shared/sent-errors.ts";
import type { AudioBlock } from "./blocks.ts";
import type { DecodeAnswer, DecodeTask } from "./decode-worker.node.ts";
import type { HowToDecode } from "./decoding.ts";
import type { Reading } from "./read-channels.ts";
import type { SoundSource } from "./source.ts";

/** The worker's program: beside this file, TypeScript or built. */
const program = new URL(`./decode-worker.node${extname(import.meta.url)}`, import.meta.url);

/** A process that decodes one recording at a time. */
export class DecodeProcess {
  readonly #process: GuardedProcess<DecodeTask, DecodeAnswer>;
  #isBusy = false;

  /** @param stallMs how long it may be silent before it is ended */
  constructor(stallMs?: number) {
    this.#process = new GuardedProcess(program, { serialization: "advanced", stallMs });
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  /** Whether it can take another recording. */
  get isFree(): boolean {
    return !this.#isBusy && this.#process.isAlive;
  }

  /**
   * Decodes a recording, a block ahead of what is taken: a file, which it opens itself, or bytes, which it asks for. Returns
   * what is told of it.
   * @yields as `decode`
   * @throws UndertoneError `audio-corrupt` where the process ends or goes no further, and as `readChannels`
   */
  async *decode(
    source: SoundSource,
    how: HowToDecode,
    signal?: AbortSignal,
  ): AsyncGenerator<AudioBlock, Reading> {
    throwIfCancelled(signal);
    const stop = (): void => this.stop();
    signal?.addEventListener("abort", stop);
    this.#isBusy = true;
    try {
      const { name, path, size: sizeBytes } = source;
      this.#process.tell({ kind: "decode", name, path, sizeBytes, how });
      for (;;) {
        const answer = await this.#process.next();
        if (answer.kind === "read") {
          const bytes = await source.read(answer.start, answer.end);
          this.#process.tell({ kind: "bytes", bytes });
        } else if (answer.kind === "block") {
          this.#process.tell({ kind: "next" });
          yield answer.block;
        } else {
          this.#isBusy = false;
          if (answer.kind === "failed") throw receivedError(answer.error);
          return answer.reading;
        }
      }
    } catch (error) {
      throwIfCancelled(signal);
      if (!(error instanceof ProcessEnd)) throw error;
      const place = source.name === undefined ? "" : `${source.name}: `;
      const what = `${place}decoding it ${error.message}.`;
      if (error.kind === "not-started") throw new Error(what, { cause: error });
      throw new UndertoneError("audio-corrupt", `${what} The file may be damaged.`);
    } finally {
      signal?.removeEventListener("abort", stop);
      // Left in the middle of a recording it cannot take the next one.
      if (this.#isBusy) this.stop();
    }
  }

  stop(): void {
    this.#process.stop();
  }
}

/** Those that wait for their next recording. */
const idle = new Set<DecodeProcess>();

/**
 * Decodes a recording in a process of its own. Returns what is told of it.
 * @yields as `decode`
 * @throws UndertoneError as `DecodeProcess.decode`
 */
export async function* decodeApart(
  source: SoundSource,
  how: HowToDecode,
  signal?: AbortSignal,
): AsyncGenerator<AudioBlock, Reading> {
  const process = [...idle].find(({ isFree }) => isFree) ?? new DecodeProcess();
  idle.delete(process);
  try {
    return yield* process.decode(source, how, signal);
  } finally {
    if (process.isFree) idle.add(process);
  }
}
