/** The thread of a recognizer: loads its models, and does what its caller asks for. */
import { setPriority } from "node:os";
import { parentPort, workerData } from "node:worker_threads";
import type { Engine } from "./engine.ts";
import { openEngine } from "./open-engine.node.ts";
import type { AnalysisStage } from "./recognize.ts";
import { pulledSound } from "./sound-reader.ts";
import type { ThreadOptions } from "./thread-engine.node.ts";
import { receivedError, sendableError, type SentError } from "../shared/sent-errors.ts";
import type { CallResult, FromThread, Pulled, ThreadCall, ToThread } from "./thread-protocol.ts";
import { endTask, startPulse, type Pulse } from "./thread-watch.node.ts";
import { findVoiceModel } from "./voice-model.node.ts";

interface Waiting {
  readonly resolve: (value: Pulled | undefined) => void;
  readonly reject: (error: Error) => void;
}

const port = parentPort!;
const { pulse, ...given }: ThreadOptions & { readonly pulse: Pulse } = workerData;
const aborts = new Map<number, AbortController>();
const underWay = new Set<Promise<void>>();
const waiting = new Map<number, Waiting>();
let pulls = 0;

const post = (message: FromThread): void => port.postMessage(message);

/** Answers a pull, once. */
function settle(pull: number, how: (open: Waiting) => void): void {
  const open = waiting.get(pull);
  waiting.delete(pull);
  if (open) how(open);
}

function pulling(call: number, sound: number) {
  return (range?: readonly [number, number]): Promise<Pulled | undefined> => {
    const pull = pulls++;
    post({ kind: "pull", call, pull, sound, ...(range && { range }) });
    return new Promise((resolve, reject) => waiting.set(pull, { resolve, reject }));
  };
}

async function resultOf(
  engine: Engine,
  asked: ThreadCall,
  signal: AbortSignal,
): Promise<CallResult> {
  const { call, method, wantsProgress } = asked;
  const sounds = asked.sounds.map((reference, index) =>
    pulledSound(reference, pulling(call, index)),
  );
  const onProgress = wantsProgress
    ? (doneSec: number, stage: AnalysisStage): void =>
        post({ kind: "progress", call, doneSec, stage })
    : undefined;
  const options = { ...asked.options, signal, onProgress };
  const [sound] = sounds;
  if (method === "analyze") return engine.analyze(sound!, options);
  if (method === "classify") return engine.classify(sound!, options);
  if (method === "enroll") return engine.enroll(sounds, options);
  const events = engine.stream(sound!, options);
  let next = await events.next();
  for (; !next.done; next = await events.next()) post({ kind: "event", call, event: next.value });
  return next.value;
}

async function answer(engine: Engine, asked: ThreadCall): Promise<void> {
  const { call } = asked;
  const abort = new AbortController();
  aborts.set(call, abort);
  let last: FromThread;
  try {
    last = { kind: "result", call, value: await resultOf(engine, asked, abort.signal) };
  } catch (error) {
    last = { kind: "failed", call, error: sendableError(error) };
  }
  aborts.delete(call);
  endTask(pulse);
  post(last);
}

/** Models are not taken away from a call that has been cancelled but is still at a step. */
async function close(engine: Engine): Promise<void> {
  for (const abort of aborts.values()) abort.abort();
  for (const pull of waiting.keys()) fail(pull, sendableError(new Error("The recognizer closes.")));
  await Promise.all(underWay);
  await engine.close().finally(() => port.close());
}

function receive(engine: Engine, message: ToThread): void {
  if (message.kind === "call") {
    const answering = answer(engine, message);
    underWay.add(answering);
    void answering.finally(() => underWay.delete(answering));
  } else if (message.kind === "abort") aborts.get(message.call)?.abort();
  else if (message.kind === "pulled") settle(message.pull, ({ resolve }) => resolve(message.value));
  else if (message.kind === "pull-failed") fail(message.pull, message.error);
  else void close(engine);
}

function fail(pull: number, error: SentError): void {
  settle(pull, ({ reject }) => reject(receivedError(error)));
}

startPulse(pulse);
try {
  const { model, niceness, ...options } = given;
  // On Linux this is the priority of this thread alone.
  if (niceness !== undefined && process.platform === "linux") setPriority(niceness);
  const told = {
    ...options,
    onProgress: (progress: (FromThread & { kind: "download" })["progress"]) =>
      post({ kind: "download", progress }),
  };
  const engine = await openEngine(await findVoiceModel(model, told), told);
  port.on("message", (message: ToThread) => receive(engine, message));
  const { labels, transcriber, warnings } = engine;
  endTask(pulse);
  post({ kind: "ready", labels, transcriber, warnings });
} catch (error) {
  endTask(pulse);
  post({ kind: "refused", error: sendableError(error) });
}
