import { randomUUID } from "node:crypto";
import type { ServerResponse } from "node:http";
import { createMiddleware } from "hono/factory";
import { routePath } from "hono/route";
import type { Service, ServiceEnv } from "./service.ts";

const headers = {
  "cache-control": "no-store",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
} as const;

/** Gives each request an id, and counts and logs it when its answer has ended: the route, never the address or the body. */
export function observe({ log, metrics }: Pick<Service, "log" | "metrics">) {
  return createMiddleware<ServiceEnv>(async (context, next) => {
    const startedAt = performance.now();
    const { req, env } = context;
    const given = req.header("x-request-id") ?? "";
    const requestId = /^[\w.-]{1,64}$/.test(given) ? given : randomUUID();
    context.set("requestId", requestId);
    let route = "";
    let status = 0;
    // A request for a WebSocket has none.
    const outgoing: ServerResponse | undefined = env.outgoing;
    const onEnd = (): void => {
      const durationSec = (performance.now() - startedAt) / 1000;
      metrics.requests.inc({ method: methodOf(req.method), route, status });
      metrics.requestSec.observe({ route }, durationSec);
      log(status >= 500 ? "error" : "info", "request", {
        requestId,
        client: context.get("client"),
        method: methodOf(req.method),
        route,
        status,
        durationMs: Math.round(durationSec * 1000),
        isCutShort: outgoing !== undefined && !outgoing.writableFinished,
      });
    };
    outgoing?.on("close", onEnd);
    await next();
    route = routePath(context, -1);
    status = context.res.status;
    if (!outgoing) onEnd();
    context.res.headers.set("x-request-id", requestId);
    for (const [name, value] of Object.entries(headers)) context.res.headers.set(name, value);
  });
}

/** Any other word would be a label of its own. */
const methodOf = (method: string): string =>
  ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"].includes(method) ? method : "other";
