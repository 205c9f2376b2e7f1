/** The thread of a decoder: decodes what it is sent, one call after the other. */
import { parentPort, workerData } from "node:worker_threads";
import { runtimeOf } from "../graph/runtime.node.ts";
import { sendableError } from "../shared/sent-errors.ts";
import type { DecoderData, FromDecoder, ToDecoder } from "./decoder-thread.node.ts";
import { MoonshineDecoder } from "./moonshine-decoder.ts";

const port = parentPort!;
const post = (message: FromDecoder): void => port.postMessage(message);
const { file, size, runtime }: DecoderData = workerData;

try {
  const decoder = await MoonshineDecoder.open(runtimeOf(runtime), file, { size, threads: 1 });
  const aborts = new Map<number, AbortController>();
  let last = Promise.resolve();
  const decode = async ({ call, utterances }: ToDecoder & { kind: "decode" }): Promise<void> => {
    try {
      const value = await decoder.decode(utterances, aborts.get(call)!.signal);
      post({ kind: "decoded", call, value });
    } catch (error) {
      post({ kind: "failed", call, error: sendableError(error) });
    } finally {
      aborts.delete(call);
    }
  };
  port.on("message", (message: ToDecoder) => {
    if (message.kind === "abort") aborts.get(message.call)?.abort();
    else {
      aborts.set(message.call, new AbortController());
      last = last.then(() => decode(message));
    }
  });
  post({ kind: "ready" });
} catch (error) {
  post({ kind: "refused", error: sendableError(error) });
}
