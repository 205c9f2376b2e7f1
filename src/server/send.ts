import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { Readable } from "node:stream";
import type { Context } from "hono";

/** Something to send: its length, and its bytes from `start` up to `end`, exclusive. */
interface Content {
  readonly size: number;
  readonly read: (start: number, end: number) => ReadableStream | Uint8Array<ArrayBuffer>;
}

/** Sends bytes, or the range that was asked for. */
export function sendBytes(context: Context, bytes: Uint8Array<ArrayBuffer>): Response {
  return send(context, {
    size: bytes.length,
    read: (start, end) => bytes.slice(start, end),
  });
}

/** Sends a file, or the range that was asked for; `undefined` where there is no such file. */
export async function sendFile(context: Context, path: string): Promise<Response | undefined> {
  const stats = await stat(path).catch(() => undefined);
  if (!stats?.isFile()) return undefined;
  return send(context, {
    size: stats.size,
    read: (start, end) =>
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- Node's type of the same stream
      Readable.toWeb(createReadStream(path, { start, end: end - 1 })) as ReadableStream,
  });
}

/** @see RFC 9110, section 14 */
function send(context: Context, { size, read }: Content): Response {
  context.header("accept-ranges", "bytes");
  const range = rangeOf(context.req.header("range"), size);
  if (range === "unsatisfiable") {
    context.header("content-range", `bytes */${size}`);
    return context.body(null, 416);
  }
  const { start, end } = range ?? { start: 0, end: size };
  if (range) context.header("content-range", `bytes ${start}-${end - 1}/${size}`);
  context.header("content-length", String(end - start));
  const status = range ? 206 : 200;
  if (context.req.method === "HEAD" || end === start) return context.body(null, status);
  return context.newResponse(read(start, end), status);
}

/** Of several ranges none is taken: the whole is sent, as the RFC allows. */
function rangeOf(
  header: string | undefined,
  size: number,
): { readonly start: number; readonly end: number } | "unsatisfiable" | undefined {
  const [, from = "", to = ""] = /^bytes=(\d*)-(\d*)$/.exec(header ?? "") ?? [];
  if (from === "" && to === "") return undefined;
  const start = from === "" ? Math.max(0, size - Number(to)) : Number(from);
  const end = from === "" || to === "" ? size : Math.min(size, Number(to) + 1);
  return start < end ? { start, end } : "unsatisfiable";
}
