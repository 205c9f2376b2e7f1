import { acmCodec } from "./wave-format.ts";
import type { CodecParameters } from "../codecs/codec.ts";
import { float, ids, unsigned } from "./ebml.ts";
import { latin1 } from "./read.ts";

/** What a track entry says. */
export interface MatroskaTrack {
  number: number;
  type: number;
  isDefault: boolean;
  codecId: string;
  setup: Uint8Array | undefined;
  codecDelaySec: number;
  language: string | undefined;
  name: string | undefined;
  sampleRate: number;
  channels: number;
  bits: number;
  /** What was done to each block, the last first. */
  encodings: Encoding[];
}

/** Compression of blocks; one that is not undone has no settings. */
export interface Encoding {
  scope: number;
  algorithm: "zlib" | "stripped" | "encrypted" | "other";
  settings: Uint8Array;
}

export const newTrack = (): MatroskaTrack => ({
  number: 0,
  type: 0,
  isDefault: true,
  codecId: "",
  setup: undefined,
  codecDelaySec: 0,
  language: undefined,
  name: undefined,
  sampleRate: 8000,
  channels: 1,
  bits: 0,
  encodings: [],
});

const algorithms: Readonly<Record<number, Encoding["algorithm"]>> = { 0: "zlib", 3: "stripped" };

const mostEncodings = 4;

/** Writes what an element within a track entry says into the track. */
export function describeTrack(track: MatroskaTrack, id: number, body: Uint8Array): void {
  const encoding = track.encodings.at(-1);
  if (id === ids.trackNumber) track.number = unsigned(body);
  else if (id === ids.trackType) track.type = unsigned(body);
  else if (id === ids.flagDefault) track.isDefault = unsigned(body) !== 0;
  else if (id === ids.codecId) track.codecId = latin1(body.subarray(0, 64)).replaceAll("\0", "");
  else if (id === ids.codecPrivate) track.setup = body;
  else if (id === ids.codecDelay) track.codecDelaySec = unsigned(body) / 1e9;
  else if (id === ids.language) track.language = latin1(body.subarray(0, 8)).replaceAll("\0", "");
  else if (id === ids.name) track.name = new TextDecoder().decode(body.subarray(0, 128));
  else if (id === ids.samplingFrequency) track.sampleRate = Math.round(float(body));
  else if (id === ids.channels) track.channels = unsigned(body);
  else if (id === ids.bitDepth) track.bits = unsigned(body);
  else if (id === ids.contentEncoding) {
    const algorithm = track.encodings.length < mostEncodings ? "zlib" : "other";
    if (encoding?.algorithm === "other") return;
    track.encodings.push({ scope: 1, algorithm, settings: new Uint8Array() });
  } else if (!encoding) return;
  else if (id === ids.contentScope) encoding.scope = unsigned(body);
  else if (id === ids.compressionSettings) encoding.settings = body;
  else if (id === ids.contentEncryption) encoding.algorithm = "encrypted";
  else if (id === ids.compressionAlgorithm) {
    encoding.algorithm = algorithms[unsigned(body)] ?? "other";
  }
}

/** Returns what a track is coded in; the name of a codec that is not decoded. */
export function trackCodec(track: MatroskaTrack): CodecParameters | string {
  const { codecId, setup, sampleRate, channels, bits, encodings } = track;
  const common = { sampleRate, channels: Math.max(1, channels) };
  if (encodings.some(({ algorithm }) => algorithm === "encrypted")) return "an encrypted track";
  if (encodings.some(({ algorithm }) => algorithm === "other")) return "a compressed track";
  if (codecId === "A_OPUS") return { codec: "opus", ...common, setup };
  if (codecId === "A_VORBIS") return { codec: "vorbis", ...common, setup };
  if (codecId === "A_FLAC") return { codec: "flac", ...common, setup };
  if (codecId === "A_ALAC") return { codec: "alac", ...common, setup };
  if (codecId.startsWith("A_MPEG/L")) return { codec: "mp3", ...common };
  if (codecId.startsWith("A_AAC")) {
    return setup ? { codec: "aac", ...common, setup } : "AAC without its configuration";
  }
  if (codecId === "A_MS/ACM" && setup) return acmCodec(setup);
  const kind = codecId === "A_PCM/FLOAT/IEEE" ? "float" : bits === 8 ? "unsigned" : "signed";
  if (!/^A_PCM\/(INT\/(LIT|BIG)|FLOAT\/IEEE)$/.test(codecId)) return codecId.replace(/^A_/, "");
  const isBigEndian = codecId.endsWith("BIG");
  const pcm = { kind, bytesPerSample: Math.ceil(bits / 8), isBigEndian } as const;
  return { codec: "pcm", ...common, pcm };
}
