import { loadAacDecoder } from "./aac.ts";
import type { AudioBlock, DecodingContext } from "./blocks.ts";
import { chunksOf } from "./source.ts";
import type { ByteSource } from "./source.ts";

/** Formats with streaming decoders. */
export type ByteStreamFormat = "flac" | "mp3" | "ogg-vorbis" | "aac";

interface Decoded {
  readonly channelData: Float32Array[];
  readonly sampleRate: number;
  readonly errors?: readonly { readonly message: string }[];
}

interface ByteStreamDecoder {
  decode(bytes: Uint8Array): Decoded | Promise<Decoded>;
  flush?(): Decoded | Promise<Decoded>;
  free(): void | Promise<void>;
}

/** Each decoder is loaded at its first use. */
const decoders: Readonly<Record<ByteStreamFormat, () => Promise<ByteStreamDecoder>>> = {
  flac: async () => ready(new (await import("@wasm-audio-decoders/flac")).FLACDecoder()),
  mp3: async () => ready(new (await import("mpg123-decoder")).MPEGDecoder()),
  "ogg-vorbis": async () =>
    ready(new (await import("@wasm-audio-decoders/ogg-vorbis")).OggVorbisDecoder()),
  aac: async () => (await loadAacDecoder()).decoder(),
};

async function ready<T extends { readonly ready: Promise<void> }>(decoder: T): Promise<T> {
  await decoder.ready;
  return decoder;
}

/** Small enough for silence, which is compressed a thousandfold. */
const chunkBytes = 1 << 14;

/**
 * Decodes a file from byte `start` with a streaming decoder.
 * @yields the decoded samples of each chunk
 */
export async function* decodeByteStream(
  source: ByteSource,
  { format, start }: { readonly format: ByteStreamFormat; readonly start: number },
  context: DecodingContext,
): AsyncGenerator<AudioBlock> {
  const expectedLength = format === "flac" ? await flacLength(source, start) : undefined;
  const isMono = format === "mp3" && (await source.read(start + 3, start + 4))[0]! >> 6 === 3;
  const decoder = await decoders[format]();
  let errors = 0;
  let decodedLength = 0;
  const take = function* (decoded: Decoded): Generator<AudioBlock> {
    errors += decoded.errors?.length ?? 0;
    const { sampleRate, channelData } = decoded;
    const length = channelData[0]?.length ?? 0;
    if (length === 0) return;
    decodedLength += length;
    // mpg123-decoder writes a mono file as two equal channels.
    yield { sampleRate, channels: isMono ? channelData.slice(0, 1) : channelData };
  };
  try {
    for await (const chunk of chunksOf(source, start, chunkBytes)) {
      yield* take(await decoder.decode(chunk));
    }
    // codec-parser drops a last FLAC frame shorter than the longest header; zeros change no checksum.
    if (format === "flac") yield* take(await decoder.decode(new Uint8Array(64)));
    if (decoder.flush) yield* take(await decoder.flush());
  } finally {
    await decoder.free();
    if (errors > 0) {
      context.warn(`Parts of the ${format} stream are damaged and were left out (${errors}).`);
    }
  }
  if (expectedLength !== undefined && decodedLength < expectedLength) {
    context.warn(
      `The FLAC header declares ${expectedLength} samples, the file has ${decodedLength}: it may be truncated.`,
    );
  }
}

/** Returns the number of samples in a FLAC file's STREAMINFO block, or `undefined` without one. */
async function flacLength(source: ByteSource, start: number): Promise<number | undefined> {
  const head = await source.read(start, start + 26);
  if (head.length < 26 || head[0] !== 0x66) return undefined; // in an Ogg stream
  const data = new DataView(head.buffer, head.byteOffset, head.byteLength);
  return (data.getUint8(21) & 15) * 2 ** 32 + data.getUint32(22) || undefined;
}
