import { createWriteStream } from "node:fs";
import type { IncomingMessage } from "node:http";
import { join } from "node:path";
import { PassThrough, Transform, type Readable, type Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { Busboy, type BusboyConfig } from "@fastify/busboy";
import { UndertoneError } from "../../../shared/errors.ts";
import { fullDisk } from "../full-disk.ts";
import { Refusal } from "../../refusal.ts";

/** A file that a client sent, on disk. */
export interface ReceivedFile {
  /** Of the form; "file" for a body that is the sound itself, and "json" for one in JSON. */
  readonly field: string;
  /** What the client calls it, for people alone; empty where it has no name. */
  readonly name: string;
  readonly path: string;
  readonly sizeBytes: number;
}

/** What a client sent: a form, or the bytes of one file. */
export interface Received {
  /** Values by name, in order; `[]` at a name's end is left out. */
  readonly fields: ReadonlyMap<string, readonly string[]>;
  readonly files: readonly ReceivedFile[];
}

export interface ReceiveOptions {
  /** Where files go, each under a number. */
  readonly folder: string;
  /** Bytes of the body. */
  readonly maxBytes: number;
  readonly maxFiles: number;
  /** Seconds in which the client sends nothing. */
  readonly idleSec: number;
}

const mostFields = 100;
const mostFieldBytes = 65_536;

/**
 * Writes the files of a body to disk as they come, for the server's user alone to read.
 * @throws Refusal `body-too-large`, `body-too-slow`, `body-cut-short`, `body-invalid`, `media-type-unsupported`
 * @throws UndertoneError `disk-full`
 */
export async function receive(
  incoming: IncomingMessage,
  options: ReceiveOptions,
): Promise<Received> {
  const { maxBytes, idleSec } = options;
  if (Number(incoming.headers["content-length"] ?? 0) > maxBytes) throw tooLarge(maxBytes);
  const files: Promise<ReceivedFile>[] = [];
  const fields = new Map<string, string[]>();
  const stop = new AbortController();
  const fail = (error: unknown): void => stop.abort(error);
  const take = (stream: Readable, field: string, name: string): void => {
    if (files.length === options.maxFiles) {
      stream.resume();
      fail(new Refusal("body-too-large", `Send at most ${options.maxFiles} files.`));
      return;
    }
    const path = join(options.folder, String(files.length));
    const written = writeFile(stream, path, stop.signal);
    const file = written.then((sizeBytes) => ({ field, name, path, sizeBytes }));
    file.catch(fail);
    files.push(file);
  };
  const mostParts = mostFields + options.maxFiles;
  const parser = parserOf(incoming.headers, { take, fail, fields, mostParts });
  const idle = setTimeout(() => fail(tooSlow(idleSec)), idleSec * 1000);
  let received = 0;
  const counter = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      idle.refresh();
      received += chunk.length;
      done(received > maxBytes ? tooLarge(maxBytes) : null, chunk);
    },
  });
  const leave = (): void => {
    if (!incoming.complete) fail(new Refusal("body-cut-short", "The body ends too early."));
  };
  incoming.on("close", leave).on("error", leave);
  incoming.pipe(counter);
  try {
    await pipeline(counter, parser, { signal: stop.signal });
    return { fields, files: await Promise.all(files) };
  } catch (error) {
    // Busboy's files do not end with it. The first reason counts, not that it was stopped.
    fail(error);
    throw asRefusal(stop.signal.reason);
  } finally {
    clearTimeout(idle);
    incoming.off("close", leave).off("error", leave);
    incoming.unpipe(counter);
    counter.destroy();
    parser.destroy();
    await Promise.allSettled(files);
  }
}

interface Sink {
  readonly take: (stream: Readable, field: string, name: string) => void;
  readonly fail: (error: unknown) => void;
  readonly fields: Map<string, string[]>;
  readonly mostParts: number;
}

/** Returns what a body is written to, by its type. */
function parserOf(headers: IncomingMessage["headers"], sink: Sink): Writable {
  const { "content-type": type = "", "content-encoding": encoding = "identity" } = headers;
  if (encoding !== "identity") {
    const message = `A body that is compressed (${encoding.slice(0, 20)}) is not taken.`;
    throw new Refusal("media-type-unsupported", message);
  }
  if (/^(audio|video)\/|^application\/(octet-stream|ogg)\b/i.test(type)) {
    const whole = new PassThrough();
    sink.take(whole, "file", "");
    return whole;
  }
  if (/^application\/json\b/i.test(type)) {
    const whole = new PassThrough();
    sink.take(whole, "json", "");
    return whole;
  }
  if (!/^multipart\/form-data\s*;/i.test(type)) {
    const message =
      "Send multipart/form-data, or a sound as the body with a type such as audio/wav.";
    throw new Refusal("media-type-unsupported", message);
  }
  return formParser({ ...headers, "content-type": type }, sink);
}

function formParser(
  headers: BusboyConfig["headers"],
  { take, fail, fields, mostParts }: Sink,
): Writable {
  let form;
  try {
    const limits = { parts: mostParts, fieldSize: mostFieldBytes, headerPairs: 20 };
    form = new Busboy({ headers, limits });
  } catch (cause) {
    throw malformed(cause);
  }
  form.on("file", (field, stream, name) => take(stream, plain(field), plain(name)));
  form.on("field", (...[given, value, isNameCut, isValueCut]) => {
    if (isNameCut || isValueCut) fail(new Refusal("body-too-large", "A field is too long."));
    const name = plain(given).replace(/\[\]$/, "");
    fields.set(name, [...(fields.get(name) ?? []), value]);
  });
  form.on("partsLimit", () => fail(new Refusal("body-too-large", "The form has too many parts.")));
  return form;
}

async function writeFile(stream: Readable, path: string, signal: AbortSignal): Promise<number> {
  const file = createWriteStream(path, { flags: "wx", mode: 0o600 });
  await pipeline(stream, file, { signal }).catch((error: unknown) => {
    throw fullDisk(path, error) ?? error;
  });
  return file.bytesWritten;
}

/** Returns a name of a client without control characters and folders, at most 200 characters of it. Busboy knows parts without one. */
const plain = (name: string | undefined): string =>
  (name ?? "")
    .replaceAll(/[\p{C}]/gu, "")
    .replace(/^.*[/\\]/, "")
    .slice(0, 200);

function asRefusal(error: unknown): unknown {
  const isOwn = error instanceof Refusal || error instanceof UndertoneError;
  return isOwn || (error instanceof Error && "syscall" in error) ? error : malformed(error);
}

const malformed = (cause: unknown): Refusal =>
  new Refusal("body-invalid", `The form is malformed: ${String(cause).slice(0, 200)}`);
const tooLarge = (maxBytes: number): Refusal =>
  new Refusal("body-too-large", `The body is larger than ${maxBytes} bytes.`);
const tooSlow = (idleSec: number): Refusal =>
  new Refusal("body-too-slow", `Nothing was sent for ${idleSec} s.`);
