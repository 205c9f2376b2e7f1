import { OpenAPIHono } from "@hono/zod-openapi";
import type { Hono } from "hono";
import { Refusal } from "../refusal.ts";
import { authorize } from "./authorize.ts";
import { errorAnswer } from "./error-answer.ts";
import { observe } from "./observe.ts";
import type { Service, ServiceEnv } from "./service.ts";
import { statusRoutes } from "./status-routes.ts";

/** Returns the application: health and metrics, the OpenAPI document, and the routes that are given. */
export function serviceApp(service: Service, routes: readonly Hono<ServiceEnv>[]) {
  const app = new OpenAPIHono<ServiceEnv>()
    .use(observe(service))
    .use(authorize(service))
    .route("/", statusRoutes(service));
  for (const each of routes) app.route("/", each);
  app.onError((error, context) => errorAnswer(error, context, service));
  app.notFound(() => {
    throw new Refusal("not-found", "The API has no such address. Its document: /openapi.json");
  });
  return app;
}
