/** The thread of a transcription: finds speech in what it is sent, and its words, one call's after the other's. */
import { createHash } from "node:crypto";
import { parentPort, workerData } from "node:worker_threads";
import { runtimeOf } from "../graph/runtime.node.ts";
import { readGiven } from "../shared/files.node.ts";
import { sendableError } from "../shared/sent-errors.ts";
import type { Decoded } from "./greedy-decoding.ts";
import { MoonshineDecoder, type EncodedUtterance } from "./moonshine-decoder.ts";
import { Silero } from "./silero.ts";
import type {
  DecoderFile,
  FromThread,
  ThreadData,
  ThreadResult,
  ThreadTask,
  ToThread,
} from "./transcription-thread.node.ts";

const port = parentPort!;
const post = (message: FromThread): void => port.postMessage(message);
const { runtime }: ThreadData = workerData;
const load = runtimeOf(runtime);
const aborts = new Map<number, AbortController>();
let decoder: Promise<MoonshineDecoder>;
let activity: Silero;
let last: Promise<unknown> = Promise.resolve();

async function openDecoder({ file, sha256, size }: DecoderFile): Promise<void> {
  const [bytes] = await Promise.all([readGiven(file), load()]);
  const isPublished = createHash("sha256").update(bytes).digest("hex") === sha256;
  decoder = MoonshineDecoder.open(load, bytes, { size, threads: 1 });
  const opened = decoder.then(() => globalThis.gc?.()); // its file, and what was made of it
  if (isPublished) opened.catch(() => undefined); // It is thrown where words are asked for.
  else await opened;
}

/** Decodes after the calls before. */
async function decode(
  utterances: readonly EncodedUtterance[],
  signal: AbortSignal,
): Promise<Decoded[]> {
  const own = last.then(async () => (await decoder).decode(utterances, signal));
  last = own.catch(() => undefined);
  return own;
}

async function resultOf(task: ThreadTask, signal: AbortSignal): Promise<ThreadResult> {
  if (task.kind === "decode") return { decoded: await decode(task.utterances, signal) };
  if (task.kind === "score") return { scored: await activity.score(task.frames, task.state) };
  if (task.kind === "open-decoder") await openDecoder(task.decoder);
  else activity = await Silero.open(load, await readGiven(task.file));
  return {};
}

async function answer(call: number, task: ThreadTask): Promise<void> {
  const abort = new AbortController();
  aborts.set(call, abort);
  try {
    post({ kind: "done", call, result: await resultOf(task, abort.signal) });
  } catch (error) {
    post({ kind: "failed", call, error: sendableError(error) });
  } finally {
    aborts.delete(call);
  }
}

port.on("message", (message: ToThread) => {
  if (message.kind === "abort") aborts.get(message.call)?.abort();
  else void answer(message.call, message.task);
});
// While the decoder's file is read; what is wrong is told when it opens.
load().catch(() => undefined);
