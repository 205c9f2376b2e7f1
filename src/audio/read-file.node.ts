import type { AudioBlock } from "./blocks.ts";
import type { Codec } from "./codecs/codec.ts";
import { containers } from "./containers/container.ts";
import { decodeApart } from "./decode-process.node.ts";
import { decode, type HowToDecode } from "./decoding.ts";
import { detectFormat, type AudioFormat } from "./format.ts";
import { paced } from "./pace.ts";
import type { ChannelReading, Reading, ReadOptions } from "./read-channels.ts";
import { mixed, type MonoReading } from "./read-mono.ts";
import type { SoundSource } from "./source.ts";

/** What is read without a library and without tables that could lead astray. */
const plainFormats: ReadonlySet<AudioFormat> = new Set(["wav", "w64", "aiff", "au", "caf"]);
const plainCodecs: ReadonlySet<Codec | undefined> = new Set<Codec>(["pcm", "a-law", "mu-law"]);

/** Whether a recording holds samples as they are; also where it is none, which reading it tells. */
async function isPlain(given: SoundSource, signal: AbortSignal | undefined): Promise<boolean> {
  const source = paced(given, signal);
  try {
    const { format, start } = await detectFormat(source);
    if (!plainFormats.has(format)) return false;
    const open = await containers[format]();
    const tracks = await open(source, start, { signal, warn: () => undefined });
    return tracks.every(({ codec }) => typeof codec === "object" && plainCodecs.has(codec.codec));
  } catch {
    return true;
  }
}

/**
 * Decodes a recording: samples as they are here, all else in a process that is ended where it goes no further or takes too much
 * memory. Returns what is told of it.
 * @yields as `decode`
 * @throws UndertoneError as `readChannels`
 */
export async function* decodeFile(
  source: SoundSource,
  how: HowToDecode,
  signal?: AbortSignal,
): AsyncGenerator<AudioBlock, Reading> {
  if (await isPlain(source, signal)) return yield* decode(source, how, signal);
  return yield* decodeApart(source, how, signal);
}

/** Reads a recording as `readChannels`, decoded as `decodeFile`. */
export function readFileChannels(
  source: SoundSource,
  { signal, ...options }: ReadOptions,
): ChannelReading {
  let told: Reading = { warnings: [], incomplete: null };
  return {
    get warnings() {
      return told.warnings;
    },
    get incomplete() {
      return told.incomplete;
    },
    [Symbol.asyncIterator]: async function* () {
      const blocks = decodeFile(source, { as: "channels", options }, signal);
      let next = await blocks.next();
      for (; !next.done; next = await blocks.next()) yield next.value.channels;
      told = next.value;
    },
  };
}

/** Reads a recording as `readMono`, decoded as `decodeFile`. */
export const readFileMono = (source: SoundSource, options: ReadOptions): MonoReading =>
  mixed(readFileChannels(source, options), options);
