import { createWriteStream } from "node:fs";
import { rm } from "node:fs/promises";
import { request as overHttp, type IncomingMessage, type RequestOptions } from "node:http";
import { request as overHttps } from "node:https";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { UndertoneError } from "../../../shared/errors.ts";
import { Refusal } from "../../refusal.ts";
import { fullDisk } from "../full-disk.ts";
import type { AllowedHosts } from "./allowed-hosts.ts";

const mostRedirects = 5;

interface Call extends Pick<RequestOptions, "method" | "headers"> {
  readonly body?: string;
  /** Seconds in which nothing comes. */
  readonly idleSec: number;
  readonly signal: AbortSignal;
}

/**
 * Calls an address that is allowed, without following where it leads, and resolves to its answer.
 * @throws Refusal `url-refused`
 * @throws UndertoneError `network-failed`
 */
export async function call(
  hosts: AllowedHosts,
  address: string,
  { body, idleSec, ...options }: Call,
): Promise<IncomingMessage> {
  const url = hosts.check(address);
  const request = url.protocol === "https:" ? overHttps : overHttp;
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { ...options, agent: false, lookup: hosts.lookup });
    outgoing.setTimeout(idleSec * 1000, () =>
      outgoing.destroy(new Error(`${idleSec} s of silence`)),
    );
    outgoing.on("response", resolve);
    outgoing.on("error", (cause) => {
      const failed = new UndertoneError("network-failed", `${url.host} cannot be called.`, {
        cause,
      });
      reject(cause instanceof Refusal ? cause : failed);
    });
    outgoing.end(body);
  });
}

interface Fetching extends Pick<Call, "idleSec" | "signal"> {
  readonly maxBytes: number;
}

/**
 * Writes what an address holds to a file. Each address that it leads to has to be allowed too.
 * @throws Refusal `url-refused`
 * @throws UndertoneError `network-failed`, `audio-too-large`, `disk-full`
 */
export async function fetchTo(
  path: string,
  address: string,
  { hosts, ...options }: Fetching & { readonly hosts: AllowedHosts },
): Promise<void> {
  let at = address;
  for (let hop = 0; hop <= mostRedirects; hop++) {
    const headers = { accept: "audio/*, video/*, */*;q=0.1", "accept-encoding": "identity" };
    const answer = await call(hosts, at, { ...options, headers });
    const { statusCode: status = 0 } = answer;
    const { location } = answer.headers;
    if (status === 200) return write(answer, path, options);
    answer.destroy();
    const { protocol, host } = new URL(at);
    if (status < 300 || status > 399 || location === undefined || !URL.canParse(location, at)) {
      throw new UndertoneError("network-failed", `${host} answers with status ${status}.`);
    }
    const next = new URL(location, at);
    if (protocol === "https:" && next.protocol !== "https:") {
      throw new Refusal("url-refused", `${host} leads to an address without encryption.`);
    }
    at = next.href;
  }
  throw new UndertoneError("network-failed", "The address leads to others without an end.");
}

async function write(answer: IncomingMessage, path: string, options: Fetching): Promise<void> {
  const { maxBytes } = options;
  let received = 0;
  const counter = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      received += chunk.length;
      const message = `It is larger than ${maxBytes} bytes.`;
      done(received > maxBytes ? new UndertoneError("audio-too-large", message) : null, chunk);
    },
  });
  try {
    await pipeline(answer, counter, createWriteStream(path, { mode: 0o600, flush: true }));
  } catch (cause) {
    await rm(path, { force: true });
    if (cause instanceof UndertoneError) throw cause;
    throw (
      fullDisk(path, cause) ??
      new UndertoneError("network-failed", "The connection was lost.", { cause })
    );
  }
}
