/** A process that decodes files for its parent, one after another, and a block each time that it is asked for one. */
import { guardWorker, tellParent } from "../shared/guard-worker.node.ts";
import { sendableError, type SentError } from "../shared/sent-errors.ts";
import type { AudioBlock } from "./blocks.ts";
import { decode, type HowToDecode } from "./decoding.ts";
import { openFile } from "./load.node.ts";
import type { Reading } from "./read-channels.ts";

/** From the parent: a file, or that the next block may come. */
export type DecodeTask =
  | { readonly kind: "file"; readonly path: string; readonly how: HowToDecode }
  | { readonly kind: "next" };

export type DecodeAnswer =
  | { readonly kind: "block"; readonly block: AudioBlock }
  | { readonly kind: "end"; readonly reading: Reading }
  | { readonly kind: "failed"; readonly error: SentError }
  | { readonly kind: "alive" };

/** Decoding takes less, whatever a file holds. */
const mostBytes = 2 ** 31;

let askForNext: () => void = () => undefined;
const asked = (): Promise<void> => new Promise((resolve) => (askForNext = resolve));

async function answer(path: string, how: HowToDecode): Promise<DecodeAnswer> {
  const source = await openFile(path);
  try {
    const blocks = decode(source, how);
    let next = await blocks.next();
    for (; !next.done; next = await blocks.next()) {
      const isAsked = asked();
      tellParent({ kind: "block", block: next.value } satisfies DecodeAnswer);
      await isAsked;
    }
    return { kind: "end", reading: next.value };
  } finally {
    await source.close();
  }
}

guardWorker({ mostBytes });
process.on("message", (task: DecodeTask) => {
  if (task.kind === "next") return askForNext();
  answer(task.path, task.how).then(tellParent, (error: unknown) => {
    tellParent({ kind: "failed", error: sendableError(error) } satisfies DecodeAnswer);
  });
});
