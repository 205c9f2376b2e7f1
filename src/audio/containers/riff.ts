import { UndertoneError } from "../../shared/errors.ts";
import type { DecodingContext } from "../blocks.ts";
import type { CodecParameters, PcmFormat } from "../codecs/codec.ts";
import type { ByteSource } from "../source.ts";
import type { AudioTrack, OpenContainer } from "./container.ts";
import { mp3Frames } from "./mp3-file.ts";
import { adtsFrames } from "./adts.ts";
import { latin1, view } from "./read.ts";
import { promisedSecOf, sampleBlocks, type SampleData } from "./sample-blocks.ts";

/** More chunks than any program writes: a file with more is hostile. */
const maxChunks = 4096;

/** What the chunks of a WAV file say. */
interface WavFile {
  readonly format: DataView;
  readonly isBigEndian: boolean;
  readonly data: { readonly start: number; readonly size: number };
  /** Samples of each channel, by a `fact` chunk. */
  readonly factLength: number | undefined;
}

/**
 * Opens a WAV file: RIFF, RIFX, RF64 or BW64, with `fmt ` and `data` in any order. Sizes that a recorder did not come to
 * write are those of the file.
 * @see https://www.mmsp.ece.mcgill.ca/Documents/AudioFormats/WAVE/WAVE.html and EBU Tech 3306 (RF64)
 */
export const openRiff: OpenContainer = async (source, start, context) => {
  const head = await source.read(start, start + 12);
  const isBigEndian = latin1(head.subarray(0, 4)) === "RIFX";
  const riffSize = view(head).getUint32(4, !isBigEndian);
  let format: DataView | undefined;
  let data: WavFile["data"] | undefined;
  let factLength: number | undefined;
  let longSize: number | undefined;
  let position = start + 12;
  for (let count = 0; count < maxChunks && !(format && data); count++) {
    const chunkHead = await source.read(position, position + 8);
    if (chunkHead.length < 8) break;
    const id = latin1(chunkHead.subarray(0, 4));
    const body = position + 8;
    let size = view(chunkHead).getUint32(4, !isBigEndian);
    if (id === "fmt ") format = view(await source.read(body, body + Math.min(size, 64)));
    if (id === "fact") {
      const fact = view(await source.read(body, body + 4));
      if (fact.byteLength === 4) factLength = fact.getUint32(0, !isBigEndian);
    }
    if (id === "ds64") {
      const sizes = view(await source.read(body, body + 16));
      if (sizes.byteLength === 16) longSize = Number(sizes.getBigUint64(8, true));
    }
    if (id === "data") {
      if (size === 0xffffffff && longSize) size = longSize;
      data ??= { start: body, size: await writtenSize(size, { body, riffSize, source, context }) };
      size = data.size;
    }
    position = body + size + (size % 2);
  }
  if (!format) throw corrupt('it has no "fmt " chunk');
  if (!data) throw corrupt('it has no "data" chunk');
  return [trackOf(source, { format, isBigEndian, data, factLength })];
};

interface Place {
  readonly body: number;
  readonly riffSize: number;
  readonly source: ByteSource;
  readonly context: DecodingContext;
}

/** The size of the samples: infinite where a recorder wrote to a pipe, or was killed before it came to write it. */
async function writtenSize(
  size: number,
  { body, riffSize, source, context }: Place,
): Promise<number> {
  if (size >= 0xffffff00 || (size >= 0x7ffff000 && size <= 0x80000000)) return Infinity;
  const rest = source.size - body;
  // A header of the start, with no size, or of a moment in between.
  if (size === 0) return rest > 0 && riffSize <= body ? Infinity : 0;
  const end = body + size + (size % 2);
  if (riffSize + 8 > end || source.size - end < leastMoreBytes) return size;
  const next = latin1(await source.read(end, end + 4));
  if (/^(ID3|TAG|APE|[A-Za-z_][\w ]{3})/.test(next)) return size;
  context.warn("The header counts fewer samples than the file holds: all of them were decoded.");
  return Infinity;
}

/** Fewer bytes behind the samples are no samples. */
const leastMoreBytes = 1024;

const guidTail = "f3acd3118cd100c04f8edb8a";
const headerBytes = 24;

/** Opens a Wave64 file: chunks with names of 16 bytes and sizes of 8, which count their own header. */
export const openWave64: OpenContainer = async (source, start) => {
  let format: DataView | undefined;
  let data: WavFile["data"] | undefined;
  let factLength: number | undefined;
  let position = start + 40;
  for (let count = 0; count < maxChunks && !(format && data); count++) {
    const head = await source.read(position, position + headerBytes);
    if (head.length < headerBytes) break;
    const id = latin1(head.subarray(0, 4));
    const isKnown = hex(head.subarray(4, 16)) === guidTail;
    const size = Number(view(head).getBigUint64(16, true)) - headerBytes;
    if (size < 0) break;
    const body = position + headerBytes;
    if (isKnown && id === "fmt ") {
      format = view(await source.read(body, body + Math.min(size, 64)));
    }
    if (isKnown && id === "fact") {
      const fact = view(await source.read(body, body + 8));
      if (fact.byteLength === 8) factLength = Number(fact.getBigUint64(0, true));
    }
    if (isKnown && id === "data") data = { start: body, size: size === 0 ? Infinity : size };
    position = body + size + ((8 - (size % 8)) % 8);
  }
  if (!format) throw corrupt('it has no "fmt " chunk');
  if (!data) throw corrupt('it has no "data" chunk');
  return [trackOf(source, { format, isBigEndian: false, data, factLength })];
};

const tags = {
  pcm: 1,
  msAdpcm: 2,
  float: 3,
  aLaw: 6,
  muLaw: 7,
  imaAdpcm: 0x11,
  gsm: 0x31,
  mp2: 0x50,
  mp3: 0x55,
  aac: 0xff,
  adts: 0x1600,
  extensible: 0xfffe,
} as const;

/** Codings that are known by name only. */
const otherTags: Readonly<Record<number, string>> = {
  0x22: "DSP Group TrueSpeech",
  0x45: "G.726 ADPCM",
  0x42: "G.723",
  0x160: "Windows Media audio 1",
  0x161: "Windows Media audio 2",
  0x162: "Windows Media audio professional",
  0x2000: "AC-3",
  0x2001: "DTS",
  0xa109: "Speex",
  0x674f: "Vorbis",
  0x6771: "Vorbis",
};

function trackOf(source: ByteSource, file: WavFile): AudioTrack {
  const { format, data } = file;
  if (format.byteLength < 16) throw corrupt('its "fmt " chunk is cut short');
  const header = headerOf(file);
  const { tag, channels, sampleRate } = header;
  const end = data.start + data.size;
  const bounds = { start: data.start, end: Math.min(end, source.size) };
  if (tag === tags.mp3 || tag === tags.mp2) {
    const codec = { codec: "mp3", sampleRate, channels } as const;
    return { codec, packets: (context) => mp3Frames(source, bounds, context) };
  }
  if (tag === tags.adts || tag === tags.aac) {
    const codec = { codec: "aac", sampleRate, channels } as const;
    return { codec, packets: (context) => adtsFrames(source, bounds, context) };
  }
  const layout = layoutOf(file, header);
  if (!layout) return { codec: nameOf(tag), packets: () => [].values() };
  const { blockLength } = layout;
  const total = Math.floor(data.size / layout.blockBytes) * blockLength;
  const fact = file.factLength ?? 0;
  // Many programs write other numbers.
  const length = fact <= total && fact > total - 2 * blockLength ? fact : undefined;
  const samples: SampleData = { ...layout, length, start: data.start, end };
  return {
    codec: layout.codec,
    promisedSec: promisedSecOf(samples),
    packets: () => sampleBlocks(source, samples),
  };
}

/** Returns the codec that a WAVEFORMATEX names, as Matroska keeps it; the name of one that is not decoded. */
export function acmCodec(format: Uint8Array): CodecParameters | string {
  if (format.length < 16) return "an unknown codec";
  const file = { format: view(format), isBigEndian: false };
  const header = headerOf(file);
  if (header.tag === tags.mp3 || header.tag === tags.mp2) {
    return { codec: "mp3", sampleRate: header.sampleRate, channels: header.channels };
  }
  if (header.tag === tags.aac && format.length > 18) {
    return { codec: "aac", ...header, setup: format.subarray(18) };
  }
  return layoutOf(file, header)?.codec ?? nameOf(header.tag);
}

interface Format {
  readonly tag: number;
  readonly channels: number;
  readonly sampleRate: number;
  readonly blockBytes: number;
}

const nameOf = (tag: number): string => otherTags[tag] ?? `format tag 0x${tag.toString(16)}`;

type CodedFormat = Pick<WavFile, "format" | "isBigEndian">;

function headerOf({ format, isBigEndian }: CodedFormat): Format {
  const little = !isBigEndian;
  const given = format.getUint16(0, little);
  const isExtensible = given === tags.extensible && format.byteLength >= 26;
  const channels = format.getUint16(2, little);
  if (channels === 0) throw corrupt("its header has 0 channels");
  return {
    tag: isExtensible ? format.getUint16(24, little) : given,
    channels,
    sampleRate: format.getUint32(4, little),
    blockBytes: format.getUint16(12, little),
  };
}

function layoutOf(
  { format, isBigEndian }: CodedFormat,
  { tag, channels, sampleRate, blockBytes }: Format,
): Omit<SampleData, "start" | "end"> | undefined {
  const common = { sampleRate, channels };
  const bits = format.getUint16(14, !isBigEndian);
  if (tag === tags.pcm || tag === tags.float) {
    const bytesPerSample = sampleBytes(bits, blockBytes / channels);
    const kind = tag === tags.float ? "float" : bytesPerSample === 1 ? "unsigned" : "signed";
    if (!isPossible(kind, bytesPerSample)) throw corrupt(`its header has ${bits} bits per sample`);
    const pcm: PcmFormat = { kind, bytesPerSample, isBigEndian };
    const codec: CodecParameters = { codec: "pcm", ...common, pcm };
    return { codec, blockBytes: bytesPerSample * channels, blockLength: 1 };
  }
  if (tag === tags.aLaw || tag === tags.muLaw) {
    const codec = { codec: tag === tags.aLaw ? "a-law" : "mu-law", ...common } as const;
    return { codec, blockBytes: channels, blockLength: 1 };
  }
  if (tag === tags.gsm) {
    const codec = { codec: "gsm-ms", ...common } as const;
    return { codec, blockBytes: 65, blockLength: 320 };
  }
  const isIma = tag === tags.imaAdpcm;
  if (!isIma && tag !== tags.msAdpcm) return undefined;
  const headBytes = (isIma ? 4 : 7) * channels;
  if (blockBytes <= headBytes) throw corrupt(`its header has blocks of ${blockBytes} bytes`);
  const blockLength = Math.floor((2 * (blockBytes - headBytes)) / channels) + (isIma ? 1 : 2);
  const codec = { codec: isIma ? "ima-adpcm" : "ms-adpcm", ...common, blockBytes } as const;
  return { codec, blockBytes, blockLength };
}

/** A sample's container may be wider than its bits: 20 bits in 3 bytes, 24 bits in 4. */
function sampleBytes(bits: number, container: number): number {
  const narrowest = Math.ceil(bits / 8);
  return Number.isInteger(container) && container >= narrowest ? container : narrowest;
}

const isPossible = (kind: PcmFormat["kind"], bytes: number): boolean =>
  (kind === "float" ? [4, 8] : [1, 2, 3, 4, 8]).includes(bytes);

const hex = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

const corrupt = (what: string): UndertoneError =>
  new UndertoneError("audio-corrupt", `The WAV file cannot be read: ${what}.`);
