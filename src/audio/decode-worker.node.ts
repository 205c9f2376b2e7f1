/** A process that decodes recordings for its parent, one after another, and a block each time that it is asked for one. */
import type { Closable } from "../shared/closing.ts";
import { guardWorker, tellParent } from "../shared/guard-worker.node.ts";
import { sendableError, type SentError } from "../shared/sent-errors.ts";
import type { AudioBlock } from "./blocks.ts";
import { decode, type HowToDecode } from "./decoding.ts";
import { openFile } from "./load.node.ts";
import type { Reading } from "./read-channels.ts";
import { buffered, bytesSource, smallBytes, type SoundSource } from "./source.ts";

interface Task {
  readonly kind: "decode";
  readonly name: string | undefined;
  /** Of a file; other bytes are asked for. */
  readonly path: string | undefined;
  readonly sizeBytes: number;
  readonly how: HowToDecode;
}

/** From the parent: a recording, that the next block may come, or bytes that were asked for. */
export type DecodeTask =
  | Task
  | { readonly kind: "next" }
  | { readonly kind: "bytes"; readonly bytes: Uint8Array };

export type DecodeAnswer =
  | { readonly kind: "block"; readonly block: AudioBlock }
  | { readonly kind: "read"; readonly start: number; readonly end: number }
  | { readonly kind: "end"; readonly reading: Reading }
  | { readonly kind: "failed"; readonly error: SentError };

/** Decoding takes less, whatever a file holds. */
const mostBytes = 2 ** 31;

/** Many small reads would each wait for the parent. */
const readBytes = 2 ** 20;

let askForNext: () => void = () => undefined;
const asked = (): Promise<void> => new Promise((resolve) => (askForNext = resolve));

/** Those who wait for bytes, which come in the order that they were asked for. */
const reads: ((bytes: Uint8Array) => void)[] = [];

function read(start: number, end: number): Promise<Uint8Array> {
  tell({ kind: "read", start, end });
  return new Promise((resolve) => reads.push(resolve));
}

async function open({ name, path, sizeBytes: size }: Task): Promise<SoundSource & Closable> {
  if (path !== undefined) return openFile(path);
  const source =
    size > smallBytes ? buffered({ size, read }, readBytes) : bytesSource(await read(0, size));
  return { name, ...source, close: async () => undefined };
}

async function answer(task: Task): Promise<DecodeAnswer> {
  const source = await open(task);
  try {
    const blocks = decode(source, task.how);
    let next = await blocks.next();
    for (; !next.done; next = await blocks.next()) {
      const isAsked = asked();
      tell({ kind: "block", block: next.value });
      await isAsked;
    }
    return { kind: "end", reading: next.value };
  } finally {
    await source.close();
  }
}

const tell = (message: DecodeAnswer): void => tellParent(message);

guardWorker({ mostBytes });
process.on("message", (task: DecodeTask) => {
  if (task.kind === "next") askForNext();
  else if (task.kind === "bytes") reads.shift()?.(task.bytes);
  else {
    answer(task).then(tell, (error: unknown) => {
      tell({ kind: "failed", error: sendableError(error) });
    });
  }
});
