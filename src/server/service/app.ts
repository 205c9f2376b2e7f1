import { OpenAPIHono } from "@hono/zod-openapi";
import type { Hono } from "hono";
import { Refusal } from "../refusal.ts";
import { authorize } from "./authorize.ts";
import { document } from "./document.ts";
import { emotionRoutes } from "./emotion-routes.ts";
import { errorAnswer } from "./error-answer.ts";
import { modelRoutes } from "./model-routes.ts";
import { observe } from "./observe.ts";
import type { Service, ServiceEnv } from "./service.ts";
import { statusRoutes } from "./status-routes.ts";
import { transcriptionRoutes } from "./transcriptions/routes.ts";

const methods = ["GET", "POST", "DELETE"] as const;

/** Returns the application: recordings, models, health, metrics and the OpenAPI document, and routes of other modules. */
export function serviceApp(service: Service, others: readonly Hono<ServiceEnv>[] = []) {
  const app = new OpenAPIHono<ServiceEnv>();
  app.openAPIRegistry.registerComponent("securitySchemes", "token", {
    type: "http",
    scheme: "bearer",
  });
  app
    .use(observe(service))
    .use(authorize(service))
    .route("/", statusRoutes(service))
    .route("/", modelRoutes(service))
    .route("/", transcriptionRoutes(service))
    .route("/", emotionRoutes(service));
  for (const each of others) app.route("/", each);
  app.doc31("/openapi.json", document(service));
  app.onError((error, context) => errorAnswer(error, context, service));
  app.notFound((context) => {
    const { path } = context.req;
    const allowed = methods.filter((method) => {
      const [found] = app.router.match(method, path);
      return found.some(([[, route]]) => route.method === method);
    });
    if (allowed.length === 0) {
      throw new Refusal("not-found", "The API has no such address. Its document: /openapi.json");
    }
    context.header("allow", allowed.join(", "));
    throw new Refusal("method-not-allowed", `Possible here: ${allowed.join(", ")}.`);
  });
  return app;
}
