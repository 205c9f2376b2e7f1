/** A thread that runs the audio model as one graph, from waveform to probabilities, on what its parent sends. */
import { parentPort, workerData } from "node:worker_threads";
import { nodeRuntime } from "../../graph/runtime.node.ts";
import { Session, type Feeds } from "../../graph/session.ts";
import type { EncoderName } from "../../models/encoder-layers.ts";
import { encodersOf, exportedCard } from "../../models/export/exported-card.ts";
import { graphTensors, type GraphTensor } from "../../models/export/exported-model.ts";
import { exportSelfContained } from "../../models/export/self-contained.ts";
import { encoderFile } from "../../recognition/open-encoder.node.ts";
import { neutralShares } from "../../recognition/reference-options.ts";
import { findVoiceModel } from "../../recognition/voice-model.node.ts";

/** What the thread is started with. */
export interface GraphThreadOptions {
  readonly model: string;
  readonly offline?: boolean | undefined;
}

/** What the graph takes and gives. */
export type GraphFacts = Readonly<Record<"inputs" | "outputs", readonly GraphTensor[]>>;

/** First what the graph takes and gives, then an answer for each call. */
export type FromGraphThread =
  | ({ readonly kind: "ready" } & GraphFacts)
  | { readonly kind: "refused"; readonly message: string }
  | {
      readonly kind: "outputs";
      readonly call: number;
      readonly outputs: Readonly<Record<string, Float32Array>>;
    }
  | { readonly kind: "failed"; readonly call: number; readonly message: string };

/** What a call feeds. */
export interface ToGraphThread {
  readonly call: number;
  readonly feeds: Feeds;
}

const port = parentPort!;
const post = (message: FromGraphThread): void => port.postMessage(message);

async function wholeModel({ model, offline }: GraphThreadOptions): Promise<Uint8Array> {
  const { bytes } = await findVoiceModel(model, { offline });
  const encoders = new Map<EncoderName, Uint8Array>();
  for (const { name } of encodersOf(exportedCard(bytes))) {
    encoders.set(name, await encoderFile(name, { offline }));
  }
  return exportSelfContained(bytes, { encoders, neutralShare: neutralShares.high });
}

async function answer(session: Session, { call, feeds }: ToGraphThread): Promise<void> {
  try {
    post({ kind: "outputs", call, outputs: await session.run(feeds) });
  } catch (error) {
    post({ kind: "failed", call, message: String(error) });
  }
}

try {
  const options: GraphThreadOptions = workerData;
  const file = await wholeModel(options);
  const session = await Session.open(nodeRuntime, file, { threads: 1 });
  port.on("message", (message: ToGraphThread) => void answer(session, message));
  post({ kind: "ready", ...graphTensors(file) });
} catch (error) {
  post({ kind: "refused", message: error instanceof Error ? error.message : String(error) });
}
