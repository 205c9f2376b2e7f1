import { throwIfCancelled, UndertoneError } from "../shared/errors.ts";

/** What a service is asked. */
export interface ServiceRequest {
  readonly url: string;
  readonly body: FormData | string;
  readonly headers: Readonly<Record<string, string>>;
  /** The environment variables that hold the service's key and address, for messages. */
  readonly variables: { readonly key: string; readonly address: string };
}

export interface PostOptions {
  /** Time for one answer; 60 000 by default. */
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A failure that a later attempt may not meet; `waitMs` is what the server asks for. */
export class PassingFailure extends Error {
  readonly waitMs: number | undefined;

  constructor(
    message: string,
    { waitMs, cause }: { readonly waitMs?: number; readonly cause?: unknown } = {},
  ) {
    super(message, { cause });
    this.waitMs = waitMs;
  }
}

/** A transcript of one utterance is far shorter; what is longer is something else. */
const longestAnswer = 4_000_000;

/**
 * Sends a request and gives the text of the answer; follows no redirect, which would show the key to another server.
 * @throws PassingFailure for what may pass; UndertoneError `credentials-missing`, `network-failed`, `cancelled`
 */
export async function post(request: ServiceRequest, options: PostOptions): Promise<string> {
  const { url, body, headers } = request;
  const { timeoutMs = 60_000, signal } = options;
  const { host } = new URL(url);
  const timeout = AbortSignal.timeout(timeoutMs);
  let problem = "cannot be reached";
  try {
    const response = await fetch(url, {
      method: "POST",
      body,
      redirect: "manual",
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
      headers,
    });
    problem = "breaks off its answer";
    const text = await readText(response, host);
    if (response.ok && !isWebPage(response, text)) return text;
    throw refusal(response, request, text);
  } catch (error) {
    throwIfCancelled(signal);
    if (error instanceof UndertoneError || error instanceof PassingFailure) throw error;
    if (!timeout.aborted) throw new PassingFailure(`${host} ${problem}`, { cause: error });
    const message = `${host} gives no whole answer in ${timeoutMs / 1000} s.`;
    throw new UndertoneError("network-failed", message, { cause: error });
  }
}

async function readText(response: Response, host: string): Promise<string> {
  const decoder = new TextDecoder();
  const reader = response.body?.getReader();
  let text = "";
  for (;;) {
    const next = await reader?.read();
    if (next?.value === undefined) return text + decoder.decode();
    text += decoder.decode(next.value, { stream: true });
    if (text.length <= longestAnswer) continue;
    await reader?.cancel();
    throw new UndertoneError("network-failed", `${host} sends an answer without end.`);
  }
}

function isWebPage({ headers }: Response, text: string): boolean {
  return (
    headers.get("content-type")?.startsWith("text/html") === true ||
    /^\s*<(!doctype|html)/i.test(text)
  );
}

function refusal(response: Response, { url, variables }: ServiceRequest, text: string): Error {
  const { status, headers } = response;
  const { host } = new URL(url);
  if (status === 408 || status === 429 || status >= 500) {
    const waitMs = retryAfterMs(headers.get("retry-after"));
    return new PassingFailure(`${host} answers ${status}`, waitMs === undefined ? {} : { waitMs });
  }
  // Google answers 400 to a key that it does not know.
  if (status === 401 || status === 403 || /API_KEY_INVALID|API key not valid/.test(text)) {
    return new UndertoneError(
      "credentials-missing",
      `${host} refuses the key (${status}). Set ${variables.key} to one that it knows.${reason(text)}`,
    );
  }
  const target = headers.get("location");
  if (status >= 300 && status < 400 && target !== null) {
    return new UndertoneError(
      "network-failed",
      `${host} redirects to ${target}. Is ${variables.address} the address of its API?`,
    );
  }
  const problem = response.ok
    ? `answers with a web page. Is ${variables.address} the address of its API?`
    : `answers ${status}: ${shortened(text)}`;
  return new UndertoneError("network-failed", `${host} ${problem}`);
}

const shortened = (text: string): string => text.replaceAll(/\s+/g, " ").slice(0, 200);

/** What the service itself says, such as that its API is not enabled for the project of a key. */
function reason(text: string): string {
  const [, message] = /"message":\s*"((?:[^"\\]|\\.)*)"/.exec(text) ?? [];
  return message === undefined ? "" : ` It says: ${shortened(message)}`;
}

/** Seconds, or the date of the next try. @see RFC 9110, section 10.2.3 */
function retryAfterMs(value: string | null): number | undefined {
  if (value === null) return undefined;
  const waitMs = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - Date.now();
  return Number.isFinite(waitMs) ? Math.max(0, waitMs) : undefined;
}
