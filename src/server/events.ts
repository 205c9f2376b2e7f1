import type { Context } from "hono";
import { streamSSE } from "hono/streaming";
import type { HttpBindings } from "@hono/node-server";

/** Sends an event with a JSON value. */
export type SendEvent = (event: string, value: unknown) => Promise<void>;

/**
 * Answers with server-sent events until `work` ends. Its signal is aborted when the page leaves or the server closes.
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
export function sendEvents(
  context: Context<{ Bindings: HttpBindings }>,
  closing: AbortSignal,
  work: (send: SendEvent, signal: AbortSignal) => Promise<void>,
): Response {
  const left = new AbortController();
  context.env.outgoing.on("close", () => left.abort());
  const signal = AbortSignal.any([closing, left.signal]);
  const response = streamSSE(context, async (stream) => {
    try {
      await work((event, value) => stream.writeSSE({ event, data: JSON.stringify(value) }), signal);
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  });
  // Caches of the page would keep what is live.
  response.headers.set("cache-control", "no-store");
  return response;
}
