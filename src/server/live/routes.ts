import { upgradeWebSocket, type WebSocketServerLike } from "@hono/node-server";
import { OpenAPIHono } from "@hono/zod-openapi";
import type { Context } from "hono";
import { WebSocket, WebSocketServer } from "ws";
import { createRecognizer } from "../../recognition/recognizer.ts";
import { ThreadEngine } from "../../recognition/thread-engine.node.ts";
import { Refusal } from "../refusal.ts";
import { addGauge } from "../service/metrics.ts";
import type { Service, ServiceEnv } from "../service/service.ts";
import type { Dialect } from "./dialect.ts";
import { HumeDialect } from "./hume-dialect.ts";
import { clientMessageSchema } from "./messages.ts";
import { OwnDialect } from "./own-dialect.ts";
import { Recognizers } from "./recognizers.ts";
import { StreamSession } from "./session.ts";
import { StreamLoad } from "./stream-load.ts";
import { TwilioDialect } from "./twilio-dialect.ts";

/** What live streams need of the server. */
export type LiveService = Pick<Service, "limits" | "log" | "metrics" | "closing"> & {
  readonly model: Pick<Service["model"], "name" | "labels" | "transcriber" | "warnings" | "worker">;
  readonly pool: Pick<Service["pool"], "size" | "waiting">;
};

/** Ten seconds of 32-bit samples at 48 kHz are less. */
const maxMessageBytes = 2 ** 21;

/** Of the threads that recognize streams: less than of those that analyze files, more than of the server itself. */
const niceness = 5;

/** How often it is seen whether streams are late. */
const checkMs = 1000;

/** Returns what makes WebSockets of the server's connections. A token that came as a subprotocol is not sent back. */
export function webSocketServer(): WebSocketServerLike {
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: maxMessageBytes,
    handleProtocols: (protocols) => {
      const [first = false] = protocols;
      return [...protocols].find(isNoToken) ?? first;
    },
  });
  const given: unknown = server;
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it is what Hono means; optional properties are typed otherwise
  return given as WebSocketServerLike;
}

const isNoToken = (protocol: string): boolean => !protocol.startsWith("token.");

/** `WS /v1/stream`, and the same in the messages of telephone media streams and of Hume's realtime interface. */
export function streamRoutes(service: LiveService) {
  const { model, limits, closing, metrics, pool, log } = service;
  const { recognition: _, ...loaded } = model.worker;
  const load = async () =>
    createRecognizer(await ThreadEngine.start({ threads: 1, ...loaded, niceness }));
  const recognizers = new Recognizers(load, pool.size);
  const sessions = new Set<StreamSession>();
  const streamLoad = new StreamLoad(limits.maxStreams, pool.size);
  const check = setInterval(() => streamLoad.check(performance.now()), checkMs).unref();
  addGauge(metrics.registry, "undertone_streams", {
    help: "Live streams",
    value: () => sessions.size,
  });
  addGauge(metrics.registry, "undertone_stream_late_seconds", {
    help: "Most that a live stream is behind its sound",
    value: () => streamLoad.lateSec,
  });
  const closeAtEnd = (): void => {
    if (closing.aborted && sessions.size === 0) void recognizers.close();
  };
  closing.addEventListener("abort", () => {
    clearInterval(check);
    for (const session of sessions) session.finish("closing");
    closeAtEnd();
  });

  const open = (socket: WebSocket, dialect: Dialect, context: Context<ServiceEnv>) => {
    const session = new StreamSession(socket, {
      dialect,
      recognizers,
      limits,
      log,
      isBusy: () => pool.waiting > 0,
      facts: { requestId: context.get("requestId"), client: context.get("client") },
      onSound: (seconds) => metrics.audioSec.inc(seconds),
      onEnd: () => {
        sessions.delete(session);
        streamLoad.delete(session);
        closeAtEnd();
      },
    });
    sessions.add(session);
    streamLoad.add(session);
    return session;
  };

  const upgrade = (dialectOf: () => Dialect) =>
    upgradeWebSocket((context: Context<ServiceEnv>) => {
      let session: StreamSession;
      return {
        onOpen: (_event, { raw }) => {
          if (!(raw instanceof WebSocket)) throw new TypeError("upgrade: no WebSocket of ws");
          session = open(raw, dialectOf(), context);
        },
        onMessage: ({ data }) => {
          if (typeof data === "string") session.receive(data);
          else if (data instanceof ArrayBuffer) session.receive(new Uint8Array(data));
        },
        onClose: ({ code }) => session.closed(code),
      };
    });

  const app = new OpenAPIHono<ServiceEnv>();
  app.openAPIRegistry.register("StreamMessage", clientMessageSchema);
  const route = (address: string, summary: string, dialectOf: () => Dialect): void => {
    app.openAPIRegistry.registerPath({
      method: "get",
      path: address,
      operationId: `stream${address.split("/").at(-1)}`,
      summary,
      responses: {
        101: { description: "A WebSocket, of the messages that the documentation describes" },
        400: { description: "No WebSocket was asked for", content: {} },
        429: { description: "There are as many streams as the server takes: see Retry-After" },
      },
    });
    app.get(address, (context, next) => {
      if (context.req.header("upgrade")?.toLowerCase() !== "websocket") {
        throw new Refusal("body-invalid", "Connect to this address with a WebSocket.");
      }
      streamLoad.assertRoom();
      return next();
    });
    app.get(address, upgrade(dialectOf));
  };
  route("/v1/stream", "Live recognition", () => new OwnDialect(model));
  route(
    "/v1/stream/twilio",
    "Live recognition of telephone media streams",
    () => new TwilioDialect(),
  );
  route(
    "/v1/expression/audio/realtime",
    "Live recognition in Hume's messages",
    () => new HumeDialect(),
  );
  return app;
}
