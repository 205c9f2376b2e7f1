/** A server of live streams and of inference, without tokens. */
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createAdaptorServer } from "@hono/node-server";
import { Hono } from "hono";
import { WebSocket } from "ws";
import { inferenceRoutes } from "../../src/server/inference/routes.ts";
import { streamRoutes, webSocketServer } from "../../src/server/live/routes.ts";
import { errorAnswer } from "../../src/server/service/error-answer.ts";
import { defaultLimits, type Limits } from "../../src/server/service/limits.ts";
import type { Log } from "../../src/server/service/log.ts";
import { createMetrics } from "../../src/server/service/metrics.ts";
import type { ServiceEnv } from "../../src/server/service/service.ts";
import { loudnessModelFile } from "./loudness-model.ts";

/** Starts it, with a model that loads at once. */
export async function startLiveServer(limits: Partial<Limits> = {}) {
  const logged: { readonly event: string; readonly facts: object }[] = [];
  const log: Log = (_, event, facts = {}) => void logged.push({ event, facts });
  const closing = new AbortController();
  const metrics = createMetrics({ busy: 0, waiting: 0 });
  const app = new Hono<ServiceEnv>().use((context, next) => {
    context.set("requestId", "request");
    context.set("client", "client");
    return next();
  });
  const folder = await mkdtemp(join(tmpdir(), "undertone-live-"));
  const model = join(folder, "loudness.onnx");
  await writeFile(model, loudnessModelFile());
  const worker = { model, transcriber: false, recognition: {} };
  const pool = { size: 1, waiting: 0 };
  const service = {
    version: "1.2.3",
    limits: { ...defaultLimits, ...limits },
    log,
    metrics,
    closing: closing.signal,
    pool,
    model: { name: "loudness", labels: ["sad", "angry"], transcriber: null, warnings: [], worker },
  };
  app.route("/", streamRoutes(service));
  app.route("/", inferenceRoutes(service));
  app.onError((error, context) => errorAnswer(error, context, { log }));
  const websocket = { server: webSocketServer() };
  const server = createAdaptorServer({ fetch: app.fetch, websocket });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  const url = `ws://127.0.0.1:${address.port}`;
  const close = async (): Promise<void> => {
    closing.abort();
    await new Promise((done) => server.close(done));
    await rm(folder, { recursive: true, force: true });
  };
  return { url, model, pool, logged, metrics, close, [Symbol.asyncDispose]: close };
}

/** What came of a stream. */
export interface StreamOutcome {
  // oxlint-disable-next-line typescript/no-explicit-any -- messages of several dialects
  readonly messages: readonly any[];
  readonly code: number;
  readonly reason: string;
}

/** Sends messages once the connection is open, and resolves when it is closed. */
export async function exchange(
  url: string,
  messages: readonly (object | string | Uint8Array)[],
): Promise<StreamOutcome> {
  const socket = new WebSocket(url);
  const received: unknown[] = [];
  socket.on("message", (data: Buffer) => received.push(JSON.parse(data.toString())));
  const closed = once(socket, "close");
  await once(socket, "open");
  for (const message of messages) {
    const isRaw = typeof message === "string" || message instanceof Uint8Array;
    socket.send(isRaw ? message : JSON.stringify(message));
  }
  const [code, reason]: unknown[] = await closed;
  return { messages: received, code: Number(code), reason: String(reason) };
}

/** Returns sound as frames of so many bytes, the last one shorter. */
export function framesOf(bytes: Uint8Array, size: number): Uint8Array[] {
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
    bytes.subarray(index * size, (index + 1) * size),
  );
}

/** Returns the bytes of 16-bit samples. */
export function sixteenBit(samples: Float32Array): Uint8Array {
  return new Uint8Array(Int16Array.from(samples, (sample) => Math.round(sample * 32_767)).buffer);
}
