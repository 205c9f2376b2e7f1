import { OpenAPIHono, z } from "@hono/zod-openapi";
import type { Service, ServiceEnv } from "./service.ts";

const healthSchema = z
  .object({ status: z.enum(["ok", "closing"]), version: z.string() })
  .openapi("Health");

const health = (description: string) => ({
  description,
  content: { "application/json": { schema: healthSchema } },
});

/** `GET /health` for balancers, which anybody may ask, and `GET /metrics` for Prometheus. */
export function statusRoutes({ version, closing, metrics }: Service) {
  const app = new OpenAPIHono<ServiceEnv>();
  app.openAPIRegistry.registerPath({
    method: "get",
    path: "/health",
    operationId: "getHealth",
    summary: "Whether the server takes requests",
    security: [],
    responses: { 200: health("It does"), 503: health("It stops") },
  });
  app.get("/health", (context) => {
    const status = closing.aborted ? "closing" : "ok";
    return context.json<z.infer<typeof healthSchema>>(
      { status, version },
      status === "ok" ? 200 : 503,
    );
  });
  app.openAPIRegistry.registerPath({
    method: "get",
    path: "/metrics",
    operationId: "getMetrics",
    summary: "Metrics in the text format of Prometheus",
    responses: {
      200: { description: "Metrics", content: { "text/plain": { schema: z.string() } } },
    },
  });
  app.get("/metrics", async (context) => {
    const { registry } = metrics;
    return context.body(await registry.metrics(), 200, { "content-type": registry.contentType });
  });
  return app;
}
