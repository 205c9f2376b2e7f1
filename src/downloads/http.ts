import { setTimeout as sleep } from "node:timers/promises";
import { throwIfCancelled, UndertoneError } from "../shared/errors.ts";

/** An address and its `Authorization` header, which is sent to its own origin only. */
export interface Remote {
  readonly url: string;
  readonly authorization?: string;
}

export interface HttpOptions {
  readonly signal?: AbortSignal | undefined;
  /** Consecutive transient failures before it gives up; 6 by default. */
  readonly attempts?: number | undefined;
  /** Wait before the first retry, doubled for each further one; 1000 by default. */
  readonly retryDelayMs?: number | undefined;
  /** Idle time after which a connection is considered lost; 60 000 by default. */
  readonly stallMs?: number | undefined;
}

/** A failure that may not recur. */
export class TransientError extends Error {
  readonly waitMs: number | undefined;

  constructor(
    message: string,
    options: { readonly cause?: unknown; readonly waitMs?: number } = {},
  ) {
    super(message, options);
    this.waitMs = options.waitMs;
  }
}

const maxRedirects = 5;
const maxWaitMs = 120_000;

/**
 * Retries `attempt` after transient failures, with exponential backoff. An attempt that calls `progressed` resets the
 * count.
 * @throws UndertoneError `network-failed` after too many failures in a row, `cancelled`
 */
export async function withRetries<T>(
  attempt: (progressed: () => void) => Promise<T>,
  { signal, attempts = 6, retryDelayMs = 1000 }: HttpOptions,
): Promise<T> {
  let failures = 0;
  for (;;) {
    throwIfCancelled(signal);
    try {
      return await attempt(() => {
        failures = 0;
      });
    } catch (error) {
      throwIfCancelled(signal);
      if (!(error instanceof TransientError)) throw error;
      failures++;
      if (failures >= attempts) {
        throw new UndertoneError(
          "network-failed",
          `${error.message} after ${failures} attempt${failures === 1 ? "" : "s"}. Run the command again to resume.`,
          { cause: error },
        );
      }
      const waitMs = error.waitMs ?? retryDelayMs * 2 ** (failures - 1);
      await sleep(Math.min(maxWaitMs, waitMs), undefined, { signal }).catch(() => undefined);
    }
  }
}

/**
 * Resolves to the response to a GET. It follows redirects itself, so that no other origin receives the authorization.
 * @throws TransientError for a lost connection and for transient statuses (408, 429, 5xx);
 * UndertoneError `credentials-missing` or `network-failed` for permanent ones
 */
export async function get(
  { url, authorization }: Remote,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<Response> {
  const { origin, protocol } = new URL(url);
  let location = new URL(url);
  for (let hop = 0; hop <= maxRedirects; hop++) {
    const trusted = location.origin === origin && authorization !== undefined;
    const response = await fetch(location, {
      headers: { ...headers, ...(trusted && { authorization }) },
      redirect: "manual",
      signal,
    }).catch((cause: unknown) => {
      throw new TransientError(`${location.host} cannot be reached`, { cause });
    });
    const target = response.headers.get("location");
    if (response.status < 300 || response.status > 399 || target === null) {
      return accept(response, location, { withToken: authorization !== undefined });
    }
    await response.body?.cancel();
    location = addressOf(target, location);
    if (location.protocol !== "https:" && location.protocol !== protocol) {
      throw failed(location, `redirects to the unsafe address ${location.href}`);
    }
  }
  throw failed(location, "redirects too many times");
}

function addressOf(target: string, base: URL): URL {
  try {
    return new URL(target, base);
  } catch {
    throw failed(base, "redirects to what is no address");
  }
}

/**
 * Resolves to the JSON of a response.
 * @throws TransientError for what is no JSON, UndertoneError `network-failed` for an answer without end
 */
export async function readJson(response: Response, { host }: URL): Promise<unknown> {
  const parts: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const part of response.body ?? []) {
      size += part.length;
      if (size > mostJsonBytes) throw failed({ host }, "answers without end");
      parts.push(part);
    }
    return JSON.parse(Buffer.concat(parts).toString("utf8"));
  } catch (cause) {
    if (cause instanceof UndertoneError) throw cause;
    throw new TransientError(`${host} did not answer with JSON`, { cause });
  }
}

/** A list of files is far smaller. */
const mostJsonBytes = 1 << 24;

async function accept(
  response: Response,
  { host }: URL,
  { withToken }: { readonly withToken: boolean },
): Promise<Response> {
  const { status, headers } = response;
  const isWebPage = headers.get("content-type")?.startsWith("text/html") === true;
  if (status === 416 || (response.ok && !isWebPage)) return response;
  await response.body?.cancel();
  if (status === 408 || status === 429 || status >= 500) {
    const seconds = Number(headers.get("retry-after") ?? Number.NaN);
    throw new TransientError(`${host} returned status ${status}`, {
      ...(seconds >= 0 && { waitMs: seconds * 1000 }),
    });
  }
  if (withToken && (status === 401 || status === 403)) {
    throw new UndertoneError(
      "credentials-missing",
      `${host} rejected the token (${status}). Create a new one in your account settings there.`,
    );
  }
  if (response.ok) {
    const remedy = "Log in to your network, or use another source";
    throw failed({ host }, `returned a web page. ${remedy}`);
  }
  const remedy = status === 404 ? "The file has moved; use another source" : "Use another source";
  throw failed({ host }, `returned status ${status}. ${remedy}`);
}

function failed({ host }: { readonly host: string }, problem: string): UndertoneError {
  return new UndertoneError("network-failed", `${host} ${problem}.`);
}
