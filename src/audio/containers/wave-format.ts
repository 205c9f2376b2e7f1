import { UndertoneError } from "../../shared/errors.ts";
import type { CodecParameters, PcmFormat } from "../codecs/codec.ts";
import type { ByteSource } from "../source.ts";
import { adtsFrames } from "./adts.ts";
import type { AudioTrack } from "./container.ts";
import { mp3Frames } from "./mp3-file.ts";
import { view } from "./read.ts";
import { promisedSecOf, sampleBlocks, type SampleData } from "./sample-blocks.ts";

/** What the chunks of a WAV file say. */
export interface WavFile {
  readonly format: DataView;
  readonly isBigEndian: boolean;
  readonly data: { readonly start: number; readonly size: number };
  /** Samples of each channel, by a `fact` chunk. */
  readonly factLength: number | undefined;
}

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

/** Returns the track of a WAV file. @throws UndertoneError `audio-corrupt` for a header that cannot be */
export function waveTrack(source: ByteSource, file: WavFile): AudioTrack {
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

/** Returns the error for a file that is not as WAV files are. */
export const corrupt = (what: string): UndertoneError =>
  new UndertoneError("audio-corrupt", `The WAV file cannot be read: ${what}.`);
