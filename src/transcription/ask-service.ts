import type { z } from "zod";
import { throwIfCancelled, UndertoneError } from "../shared/errors.ts";
import { PassingFailure, post, type PostOptions, type ServiceRequest } from "./post.ts";

/** How patient a service's client is. */
export interface PatienceOptions extends PostOptions {
  /** Wait before the first retry, doubled for each further one; 1000 by default. */
  readonly retryDelayMs?: number | undefined;
}

const mostAttempts = 5;
const longestWaitMs = 60_000;

/**
 * Returns a service's answer as its schema has it, after up to five attempts.
 * @throws UndertoneError `credentials-missing`, `network-failed`, `cancelled`
 */
export async function askService<Answer>(
  request: ServiceRequest,
  schema: z.ZodType<Answer>,
  options: PatienceOptions,
): Promise<Answer> {
  const { retryDelayMs = 1000, signal } = options;
  for (let attempt = 1; ; attempt++) {
    throwIfCancelled(signal);
    try {
      return readAnswer(await post(request, options), request.url, schema);
    } catch (error) {
      throwIfCancelled(signal);
      if (!(error instanceof PassingFailure)) throw error;
      if (attempt === mostAttempts) {
        throw new UndertoneError(
          "network-failed",
          `${error.message} after ${attempt} attempts. Run the command again to go on from here.`,
          { cause: error },
        );
      }
      const waitMs = error.waitMs ?? retryDelayMs * 2 ** (attempt - 1);
      await pause(Math.min(longestWaitMs, waitMs), signal);
    }
  }
}

function readAnswer<Answer>(text: string, url: string, schema: z.ZodType<Answer>): Answer {
  try {
    return schema.parse(JSON.parse(text));
  } catch (cause) {
    const message = `${url} answers with something that is no transcript: ${text.slice(0, 80)}`;
    throw new UndertoneError("network-failed", message, { cause });
  }
}

/**
 * Returns the URL of one method of a service.
 * @param keyVariable environment variable that holds the key
 * @throws UndertoneError `usage` for what is no web address, or holds a password
 */
export function serviceUrl(baseUrl: string, method: string, keyVariable: string): string {
  const url = `${baseUrl.replace(/\/+$/, "")}/${method}`;
  if (!URL.canParse(url) || !/^https?:/.test(url)) {
    throw new UndertoneError("usage", `"${baseUrl}" is not the URL of a transcription service.`);
  }
  const { host, username, password } = new URL(url);
  if (username === "" && password === "") return url;
  const message = `The address of the service at ${host} holds a name or password: put the key into ${keyVariable}.`;
  throw new UndertoneError("usage", message);
}

/** Host and path, which may tell apart what serves a model; what nearly all have is left out. */
export function addressOf(baseUrl: string): string {
  const { host, pathname } = new URL(baseUrl);
  const path = pathname.replace(/\/+$/, "");
  return path === "/v1" ? host : host + path;
}

/** Returns text on one line and without control characters, which would end up in subtitles and on the screen. */
export const plainText = (text: string): string => text.replaceAll(/[\s\p{Cc}]+/gu, " ").trim();

function pause(waitMs: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, waitMs);
    signal?.addEventListener("abort", end);
  });
}
