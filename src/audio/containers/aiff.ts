import { UndertoneError } from "../../shared/errors.ts";
import type { CodecParameters, PcmFormat } from "../codecs/codec.ts";
import type { OpenContainer } from "./container.ts";
import { latin1, view } from "./read.ts";
import { promisedSecOf, sampleBlocks, type SampleData } from "./sample-blocks.ts";

const maxChunks = 4096;

/**
 * Opens an AIFF or AIFF-C file.
 * @see Apple, Audio Interchange File Format AIFF-C, 1991
 */
export const openAiff: OpenContainer = async (source, start) => {
  const form = latin1(await source.read(start + 8, start + 12));
  let common: Uint8Array | undefined;
  let data: { start: number; end: number } | undefined;
  let position = start + 12;
  for (let count = 0; count < maxChunks && !(common && data); count++) {
    const head = await source.read(position, position + 8);
    if (head.length < 8) break;
    const id = latin1(head.subarray(0, 4));
    const size = view(head).getUint32(4);
    const body = position + 8;
    if (id === "COMM") common = await source.read(body, body + Math.min(size, 64));
    if (id === "SSND") {
      const places = view(await source.read(body, body + 8));
      const offset = places.byteLength === 8 ? places.getUint32(0) : 0;
      const isUnfinished = size < 8;
      data = { start: body + 8 + offset, end: isUnfinished ? Infinity : body + size };
    }
    position = body + size + (size % 2);
  }
  if (!common || common.length < 18) throw corrupt('it has no "COMM" chunk');
  if (!data) throw corrupt('it has no "SSND" chunk');
  const chunk = view(common);
  const channels = chunk.getUint16(0);
  const sampleRate = extended(chunk, 8);
  const bits = chunk.getUint16(6);
  const coding = form === "AIFC" ? latin1(common.subarray(18, 22)) : "NONE";
  if (channels === 0) throw corrupt("its header has 0 channels");
  const layout = quickTimeLayout(coding, { sampleRate, channels, bits });
  if (!layout) return [{ codec: coding, packets: () => [].values() }];
  const samples: SampleData = { ...layout, ...data };
  return [
    {
      codec: layout.codec,
      promisedSec: promisedSecOf(samples),
      packets: () => sampleBlocks(source, samples),
    },
  ];
};

interface Layout {
  readonly sampleRate: number;
  readonly channels: number;
  readonly bits: number;
}

/** PCM by its name in AIFF-C and QuickTime: kind, bits where the name says them, and byte order. */
const pcmCodings: Readonly<Record<string, [PcmFormat["kind"], number | undefined, "be" | "le"]>> = {
  NONE: ["signed", undefined, "be"],
  "raw ": ["unsigned", undefined, "be"],
  twos: ["signed", undefined, "be"],
  sowt: ["signed", undefined, "le"],
  in24: ["signed", 24, "be"],
  "42ni": ["signed", 24, "le"],
  in32: ["signed", 32, "be"],
  "23ni": ["signed", 32, "le"],
  fl32: ["float", 32, "be"],
  FL32: ["float", 32, "be"],
  fl64: ["float", 64, "be"],
  FL64: ["float", 64, "be"],
};

/** Returns how samples lie that AIFF-C and QuickTime call by this name; `undefined` for one that is not decoded. */
export function quickTimeLayout(
  coding: string,
  { sampleRate, channels, bits }: Layout,
): Omit<SampleData, "start" | "end"> | undefined {
  const common = { sampleRate, channels };
  const pcmCoding = pcmCodings[coding];
  if (pcmCoding) {
    const [kind, codedBits = bits, order] = pcmCoding;
    const bytesPerSample = Math.max(1, Math.ceil(codedBits / 8));
    const pcm: PcmFormat = { kind, bytesPerSample, isBigEndian: order === "be" };
    const codec: CodecParameters = { codec: "pcm", ...common, pcm };
    return { codec, blockBytes: bytesPerSample * channels, blockLength: 1 };
  }
  if (/^alaw$/i.test(coding)) {
    return { codec: { codec: "a-law", ...common }, blockBytes: channels, blockLength: 1 };
  }
  if (/^ulaw$/i.test(coding)) {
    return { codec: { codec: "mu-law", ...common }, blockBytes: channels, blockLength: 1 };
  }
  if (coding === "ima4") {
    const codec = { codec: "ima-adpcm-qt", ...common } as const;
    return { codec, blockBytes: 34 * channels, blockLength: 64 };
  }
  if (coding === "GSM " || coding === "agsm") {
    return { codec: { codec: "gsm", ...common }, blockBytes: 33, blockLength: 160 };
  }
  return undefined;
}

/** A number of 80 bits, as the header has its sample rate. */
function extended(data: DataView, at: number): number {
  const exponent = (data.getUint16(at) & 0x7fff) - 16_383;
  return Math.round(Number(data.getBigUint64(at + 2)) * 2 ** (exponent - 63));
}

const corrupt = (what: string): UndertoneError =>
  new UndertoneError("audio-corrupt", `The AIFF file cannot be read: ${what}.`);
