/** The thread of a decoder: decodes what it is sent, one call after the other. */
import { parentPort, workerData } from "node:worker_threads";
import { runtimeOf } from "../graph/runtime.node.ts";
import { readGiven } from "../shared/files.node.ts";
import { sendableError } from "../shared/sent-errors.ts";
import type { DecoderData, FromDecoder, ToDecoder } from "./decoder-thread.node.ts";
import { MoonshineDecoder } from "./moonshine-decoder.ts";

const port = parentPort!;
const post = (message: FromDecoder): void => port.postMessage(message);
const { runtime }: DecoderData = workerData;
const load = runtimeOf(runtime);
const aborts = new Map<number, AbortController>();

async function decode(
  decoder: MoonshineDecoder,
  { call, utterances }: ToDecoder & { kind: "decode" },
): Promise<void> {
  try {
    const value = await decoder.decode(utterances, aborts.get(call)!.signal);
    post({ kind: "decoded", call, value });
  } catch (error) {
    post({ kind: "failed", call, error: sendableError(error) });
  } finally {
    aborts.delete(call);
  }
}

async function serve({ file, size }: ToDecoder & { kind: "open" }): Promise<void> {
  let decoder: MoonshineDecoder;
  try {
    decoder = await MoonshineDecoder.open(load, await readGiven(file), { size, threads: 1 });
  } catch (error) {
    post({ kind: "refused", error: sendableError(error) });
    return;
  }
  let last = Promise.resolve();
  port.on("message", (message: ToDecoder) => {
    if (message.kind === "abort") aborts.get(message.call)?.abort();
    if (message.kind !== "decode") return;
    aborts.set(message.call, new AbortController());
    last = last.then(() => decode(decoder, message));
  });
  globalThis.gc?.(); // its file, and what was made of it
  post({ kind: "ready" });
}

port.once("message", (message: ToDecoder) => {
  if (message.kind === "open") void serve(message);
});
// While the decoder's file is read; what is wrong is told when it opens.
load().catch(() => undefined);
