import type { Server } from "node:http";
import { createAdaptorServer } from "@hono/node-server";
import type { Hono } from "hono";
import { webSocketServer } from "../live/routes.ts";
import type { Limits } from "./limits.ts";
import type { ServiceEnv } from "./service.ts";

/** A client that does not read its answer for so long is cut off. */
const stuckMs = 60_000;

/** Returns a server that cuts off clients who are slow or stuck. */
export function httpServer(
  app: Pick<Hono<ServiceEnv>, "fetch">,
  { idleSec }: Pick<Limits, "idleSec">,
): Server {
  const idleMs = 1000 * idleSec;
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- without options it is HTTP/1.1
  const server = createAdaptorServer({
    fetch: app.fetch,
    websocket: { server: webSocketServer() },
    serverOptions: {
      maxHeaderSize: 16_384,
      headersTimeout: idleMs,
      // Of the whole request; whether its body goes on is watched where it is read.
      requestTimeout: 3600_000,
      connectionsCheckingInterval: Math.min(1000, idleMs),
      keepAliveTimeout: 10_000,
    },
  }) as Server;
  // Whether a client that asks first may send its body is decided as for any request: see `withUpload`.
  server.on("checkContinue", (...given) => server.emit("request", ...given));
  server.setTimeout(stuckMs, (socket) => {
    // Else it waits for work that takes long.
    if (socket.writableLength > 0) socket.destroy();
    else socket.setTimeout(stuckMs);
  });
  server.maxConnections = 2000;
  return server;
}
