import { createMiddleware } from "hono/factory";
import { Refusal } from "../refusal.ts";
import { RateLimiter } from "./rate-limiter.ts";
import type { Service, ServiceEnv } from "./service.ts";

/** What anybody may ask. */
const open: readonly string[] = ["/health", "/v2/health/live", "/v2/health/ready", "/openapi.json"];

const wrongTokensPerMin = 60;

/**
 * Refuses requests without a token of this server, and those of a token that asks too often. WebSockets of browsers, which cannot
 * send headers, bring it as the subprotocol `token.TOKEN`.
 * @throws Refusal `token-missing`, `rate-limited`, `closing`
 */
export function authorize({ tokens, limits, closing }: Service) {
  const requests = new RateLimiter(limits.requestsPerMin);
  // Limits the work that guesses make. Who brings a right token from the same address, as behind a proxy, is not held up.
  const guesses = new RateLimiter(wrongTokensPerMin);
  return createMiddleware<ServiceEnv>(async (context, next) => {
    if (open.includes(context.req.path)) return next();
    const client = tokens.clientOf(tokenOf(context.req.header()));
    if (client === undefined) {
      assertRate(guesses, context.env.incoming.socket.remoteAddress ?? "");
      context.header("www-authenticate", 'Bearer realm="undertone"');
      const message = "Send the token that undertone serve printed: Authorization: Bearer TOKEN";
      throw new Refusal("token-missing", message);
    }
    context.set("client", client);
    assertRate(requests, client);
    if (closing.aborted) throw new Refusal("closing", "The server stops.", { retryAfterSec: 5 });
    return next();
  });
}

function tokenOf(headers: Readonly<Record<string, string>>): string {
  const [, token] = /^Bearer +(\S+)$/i.exec(headers["authorization"] ?? "") ?? [];
  if (token !== undefined) return token;
  const protocols = headers["upgrade"] === "websocket" ? headers["sec-websocket-protocol"] : "";
  return /(?:^|, *)token\.([\w-]+)/.exec(protocols ?? "")?.[1] ?? "";
}

function assertRate(limiter: RateLimiter, key: string): void {
  const retryAfterSec = limiter.take(key);
  if (retryAfterSec > 0) throw new Refusal("rate-limited", "Too many requests.", { retryAfterSec });
}
