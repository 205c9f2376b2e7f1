import { createMiddleware } from "hono/factory";
import { contentPolicy } from "../shared/content-policy.ts";

/** Sent with every response. The two policies of origins give the page threads in WebAssembly. */
const headers = {
  "content-security-policy": `${contentPolicy}; frame-ancestors 'none'`,
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
} as const;

/** Adds the headers that keep other pages out. */
export const secureHeaders = createMiddleware(async (context, next) => {
  await next();
  for (const [name, value] of Object.entries(headers)) context.res.headers.set(name, value);
});
