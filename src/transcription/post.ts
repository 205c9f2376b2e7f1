import { throwIfCancelled, UndertoneError } from "../shared/errors.ts";

interface PostOptions {
  readonly apiKey?: string | undefined;
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
 * Sends a form and gives the text of the answer; follows no redirect, which would show the key to another server.
 * @throws PassingFailure for what may pass; UndertoneError `credentials-missing`, `network-failed`, `cancelled`
 */
export async function post(url: string, form: FormData, options: PostOptions): Promise<string> {
  const { apiKey, timeoutMs = 60_000, signal } = options;
  const { host } = new URL(url);
  const timeout = AbortSignal.timeout(timeoutMs);
  let problem = "cannot be reached";
  try {
    const response = await fetch(url, {
      method: "POST",
      body: form,
      redirect: "manual",
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
      headers: apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` },
    });
    problem = "breaks off its answer";
    const text = await readText(response, host);
    if (response.ok && !isWebPage(response, text)) return text;
    throw refusal(response, host, text);
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

function refusal(response: Response, host: string, text: string): Error {
  const { status, headers } = response;
  if (status === 408 || status === 429 || status >= 500) {
    const waitMs = retryAfterMs(headers.get("retry-after"));
    return new PassingFailure(`${host} answers ${status}`, waitMs === undefined ? {} : { waitMs });
  }
  if (status === 401 || status === 403) {
    return new UndertoneError(
      "credentials-missing",
      `${host} refuses the key (${status}). Set OPENAI_API_KEY to one that it knows.`,
    );
  }
  const target = headers.get("location");
  if (status >= 300 && status < 400 && target !== null) {
    return new UndertoneError(
      "network-failed",
      `${host} redirects to ${target}. Is OPENAI_BASE_URL the address of its API?`,
    );
  }
  const problem = response.ok
    ? "answers with a web page. Is OPENAI_BASE_URL the address of its API?"
    : `answers ${status}: ${text.replaceAll(/\s+/g, " ").slice(0, 200)}`;
  return new UndertoneError("network-failed", `${host} ${problem}`);
}

/** Seconds, or the date of the next try. @see RFC 9110, section 10.2.3 */
function retryAfterMs(value: string | null): number | undefined {
  if (value === null) return undefined;
  const waitMs = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - Date.now();
  return Number.isFinite(waitMs) ? Math.max(0, waitMs) : undefined;
}
