import { createHash, timingSafeEqual } from "node:crypto";
import type { HttpBindings } from "@hono/node-server";
import type { Context } from "hono";
import { getCookie, setCookie } from "hono/cookie";
import { createMiddleware } from "hono/factory";
import { Refusal } from "./refusal.ts";

/** What a request must bring. */
export interface GuardOptions {
  /** Of the address that the terminal prints. */
  readonly token: string;
  /** Names under which the server may be asked, without a port; any other name is a rebound one. */
  readonly hostNames: readonly string[];
}

type StudioContext = Context<{ Bindings: HttpBindings }>;

/**
 * Refuses what does not come from the studio's own page: requests by another host name (DNS rebinding), from another origin, and
 * those to the API without the token. The token is taken from the address once and kept in a cookie that no script can read.
 * @throws Refusal `wrong-host`, `wrong-origin`, `method-not-allowed`, `token-missing`
 */
export function guard({ token, hostNames }: GuardOptions) {
  return createMiddleware<{ Bindings: HttpBindings }>(async (context, next) => {
    const port = context.env.incoming.socket.localPort;
    const hosts = hostNames.map((name) => (port === 80 ? name : `${name}:${port}`));
    assertHost(context, hosts);
    assertMethod(context);
    const isApi = context.req.path.startsWith("/api/");
    assertOrigin(context, isApi);
    const cookie = `undertone-${port}`;
    const given = context.req.query("token");
    if (context.req.path === "/" && given !== undefined) {
      if (!isSame(given, token)) throw new Refusal("token-missing", wrongToken);
      setCookie(context, cookie, token, { httpOnly: true, sameSite: "Strict", path: "/" });
      return context.redirect("/", 303);
    }
    if (isApi && !isSame(getCookie(context, cookie) ?? "", token)) {
      throw new Refusal("token-missing", wrongToken);
    }
    return next();
  });
}

const wrongToken = "Open the address that undertone studio printed, with its token.";

function assertHost(context: StudioContext, hosts: readonly string[]): void {
  const host = context.req.header("host");
  if (host !== undefined && hosts.includes(host.toLowerCase())) return;
  throw new Refusal("wrong-host", `Open the studio at http://${hosts[0]}.`);
}

function assertMethod({ req, header }: StudioContext): void {
  const allowed = req.path.startsWith("/api/trainings") ? "GET, HEAD, POST" : "GET, HEAD";
  if (allowed.split(", ").includes(req.method)) return;
  header("allow", allowed);
  throw new Refusal("method-not-allowed", `${req.method} is not possible here.`);
}

/** Browsers send `Origin` with every POST, and `Sec-Fetch-Site` with every request. */
function assertOrigin({ req }: StudioContext, isApi: boolean): void {
  const origin = req.header("origin");
  const isOwn =
    origin === undefined ? req.method !== "POST" : origin === `http://${req.header("host")}`;
  const site = req.header("sec-fetch-site") ?? "none";
  const isFollowedLink = !isApi && req.header("sec-fetch-mode") === "navigate";
  if (isOwn && (isFollowedLink || ["none", "same-origin"].includes(site))) return;
  throw new Refusal("wrong-origin", "Only the studio's own page may ask this.");
}

/** In a time that does not depend on how much of the token is right. */
function isSame(given: string, token: string): boolean {
  const [a, b] = [given, token].map((text) => createHash("sha256").update(text).digest());
  return timingSafeEqual(a!, b!);
}
