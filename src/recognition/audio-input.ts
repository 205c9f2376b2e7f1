import { bytesSource, type SampleSource, type SoundSource } from "../audio/source.ts";
import { throwIfCancelled, UndertoneError } from "../shared/errors.ts";
import { checkFinite } from "./checked-blocks.ts";

/** Sound in memory: mono, or an array for each channel; -1 to 1. */
export interface Samples {
  readonly samples: Float32Array | readonly Float32Array[];
  /** Hz */
  readonly sampleRate: number;
}

/**
 * A recording: the path or URL of a sound file (`file:`, `http:`, `https:`, `data:`, `blob:`), its bytes, a stream of them, or samples.
 * Streams and what is fetched are held in memory, up to `maxBytes`.
 */
export type AudioInput =
  | string
  | URL
  | Blob
  | Uint8Array
  | ArrayBuffer
  | ReadableStream<Uint8Array>
  | AsyncIterable<Uint8Array>
  | Samples;

/** A recording as a recognizer works on it: a path or `file:` URL, bytes or samples by range, or mono blocks as they come, which it may keep. */
export type Sound =
  | { readonly path: string }
  | { readonly source: SoundSource }
  | { readonly samples: SampleSource }
  | {
      readonly blocks: AsyncIterable<Float32Array> | Iterable<Float32Array>;
      readonly sampleRate: number;
    };

export interface InputOptions {
  /** Largest size of a stream, or of what is fetched from a URL; 256 MiB by default. */
  readonly maxBytes?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

const defaultMaxBytes = 2 ** 28;

/**
 * Turns what a caller gives into what a recognizer works on; fetches URLs and collects streams.
 * @throws TypeError for anything else, and for a URL of another scheme
 * @throws UndertoneError `network-failed`, `audio-too-large`, `cancelled`
 */
export async function toSound(input: AudioInput, options: InputOptions = {}): Promise<Sound> {
  if (typeof input === "string") {
    const isFetched = /^(?!file:)([a-z][a-z\d+.-]+:\/\/|data:)/i.test(input);
    return isFetched ? fetchSound(new URL(input), options) : { path: input };
  }
  if (input instanceof URL) {
    return input.protocol === "file:" ? { path: input.href } : fetchSound(input, options);
  }
  if (input instanceof Uint8Array) return { source: bytesSource(input) };
  if (input instanceof ArrayBuffer) return { source: bytesSource(new Uint8Array(input)) };
  if (input instanceof Blob) return { source: blobSource(input) };
  if (typeof input === "object" && input !== null) {
    if ("samples" in input) return samplesSound(input);
    if ("getReader" in input) return collect(chunksOf(input), "The stream", options);
    if (Symbol.asyncIterator in input) return collect(input, "The stream", options);
  }
  throw new TypeError(
    "a recording must be a path, URL, Blob, Uint8Array, ArrayBuffer, stream of bytes, or { samples, sampleRate }, " +
      `got ${input === null ? "null" : typeof input}`,
  );
}

function blobSource(blob: Blob): SoundSource {
  return {
    size: blob.size,
    read: async (start, end) => new Uint8Array(await blob.slice(start, end).arrayBuffer()),
  };
}

const fetchedSchemes = ["http:", "https:", "data:", "blob:"];

async function fetchSound(url: URL, options: InputOptions): Promise<Sound> {
  if (!fetchedSchemes.includes(url.protocol)) {
    const schemes = ["file:", ...fetchedSchemes].join(", ");
    throw new TypeError(`the URL of a recording must be one of ${schemes}, got ${url.protocol}`);
  }
  const name = url.protocol === "data:" ? "The data: URL" : `${url.origin}${url.pathname}`;
  try {
    const response = await fetch(url, { signal: options.signal ?? null });
    if (!response.ok || response.body === null) {
      throw new UndertoneError("network-failed", `${name}: the server answers ${response.status}.`);
    }
    const promised = Number(response.headers.get("content-length"));
    if (promised > (options.maxBytes ?? defaultMaxBytes)) throw tooLarge(name, options);
    return await collect(chunksOf(response.body), name, options);
  } catch (cause) {
    throwIfCancelled(options.signal);
    if (cause instanceof UndertoneError) throw cause;
    throw new UndertoneError("network-failed", `${name}: cannot be fetched.`, { cause });
  }
}

/** @yields what a stream holds; a stream that is left early is cancelled */
async function* chunksOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = stream.getReader();
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value;
  } finally {
    await reader.cancel();
  }
}

async function collect(
  chunks: AsyncIterable<Uint8Array>,
  name: string,
  options: InputOptions,
): Promise<Sound> {
  const { maxBytes = defaultMaxBytes, signal } = options;
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    throwIfCancelled(signal);
    if (!(chunk instanceof Uint8Array)) {
      throw new TypeError(`a stream must hold bytes (Uint8Array), got ${typeof chunk}`);
    }
    size += chunk.length;
    if (size > maxBytes) throw tooLarge(name, options);
    parts.push(chunk);
  }
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return { source: bytesSource(bytes) };
}

function tooLarge(name: string, { maxBytes = defaultMaxBytes }: InputOptions): UndertoneError {
  return new UndertoneError(
    "audio-too-large",
    `${name}: is larger than ${maxBytes} bytes. Raise maxBytes, or save it to a file and give its path.`,
  );
}

function samplesSound({ samples, sampleRate }: Samples): Sound {
  const channels = samples instanceof Float32Array ? [samples] : samples;
  if (!Array.isArray(channels) || !channels.every((each) => each instanceof Float32Array)) {
    throw new TypeError("samples must be a Float32Array, or an array with one for each channel");
  }
  if (!(sampleRate > 0)) throw new RangeError(`sampleRate must be above 0 Hz, got ${sampleRate}`);
  const length = channels[0]?.length;
  if (length === undefined || channels.some((channel) => channel.length !== length)) {
    throw new RangeError("samples must have one or more channels of one length");
  }
  return { samples: { sampleRate, length, read } };

  async function read(start: number, end: number): Promise<readonly Float32Array[]> {
    const parts = channels.map((channel) => channel.subarray(start, end));
    for (const part of parts) checkFinite(part, start);
    return parts;
  }
}
