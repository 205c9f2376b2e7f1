import { UndertoneError } from "../shared/errors.ts";
import type { ByteSource } from "./source.ts";

/** Audio formats, detected by a file's first bytes and never by its name. */
export type AudioFormat =
  | "wav"
  | "flac"
  | "mp3"
  | "aac"
  | "ogg-vorbis"
  | "ogg-opus"
  | "mp4"
  | "webm";

/** A format and the byte where it starts: after an ID3 tag, if there is one. */
export interface DetectedFormat {
  readonly format: AudioFormat;
  readonly start: number;
}

/**
 * Detects a file's format by its content.
 * @throws UndertoneError `audio-empty` for no bytes, `audio-unsupported` for anything else
 */
export async function detectFormat(source: ByteSource): Promise<DetectedFormat> {
  if (source.size === 0) {
    throw new UndertoneError("audio-empty", "The file is empty (0 bytes).");
  }
  let start = 0;
  let head = await source.read(0, headBytes);
  // An album cover in an ID3 tag takes megabytes; some taggers write several tags in a row.
  for (let tags = 0; tags < 8 && startsWith(head, "ID3") && head.length >= 10; tags++) {
    start += id3Length(head);
    head = await source.read(start, start + headBytes);
  }
  const format = formatOf(head);
  if (format) return { format, start };
  if (startsWith(head, "version https://git-lfs")) {
    const problem = "This is a pointer of Git LFS, not the recording. Fetch it: git lfs pull";
    throw new UndertoneError("audio-unsupported", problem);
  }
  const silence = head.findIndex((byte) => byte !== 0);
  if (silence > 0 && isMp3(head.subarray(silence)))
    return { format: "mp3", start: start + silence };
  throw new UndertoneError(
    "audio-unsupported",
    `The format is not supported: the file starts with ${JSON.stringify(latin1(head.subarray(0, 12)))}. Supported are WAV, FLAC, MP3, AAC, M4A, Ogg Vorbis, Ogg Opus and WebM. Convert it: ffmpeg -i IN out.wav`,
  );
}

const headBytes = 1 << 14;

function formatOf(head: Uint8Array): AudioFormat | undefined {
  const form = latin1(head.subarray(8, 12));
  if (/^(RIFF|RF64|BW64)/.test(latin1(head.subarray(0, 4))) && form === "WAVE") return "wav";
  if (startsWith(head, "fLaC")) return "flac";
  if (startsWith(head, "OggS")) return oggFormat(latin1(head.subarray(0, 4096)));
  if (startsWith(head, "\x1a\x45\xdf\xa3")) return "webm";
  if (latin1(head.subarray(4, 8)) === "ftyp") return "mp4";
  if (isAdts(head)) return "aac";
  if (isMp3(head)) return "mp3";
  return undefined;
}

function oggFormat(pages: string): AudioFormat | undefined {
  if (pages.includes("OpusHead")) return "ogg-opus";
  if (pages.includes("\x01vorbis")) return "ogg-vorbis";
  return pages.includes("\x7fFLAC") ? "flac" : undefined;
}

function id3Length(head: Uint8Array): number {
  const [a, b, c, d] = head.subarray(6, 10);
  const footer = head[5]! & 0x10 ? 10 : 0;
  return 10 + footer + ((a! & 127) << 21) + ((b! & 127) << 14) + ((c! & 127) << 7) + (d! & 127);
}

/** A sync word alone occurs by chance: the next frame must follow at the length in the header. */
function isAdts(head: Uint8Array): boolean {
  const isHeader = (at: number): boolean => head[at] === 0xff && (head[at + 1]! & 0xf6) === 0xf0;
  if (!isHeader(0) || head.length < 7) return false;
  const length = ((head[3]! & 3) << 11) | (head[4]! << 3) | (head[5]! >> 5);
  return length >= 7 && (isHeader(length) || length >= head.length - 1);
}

function isMp3(head: Uint8Array): boolean {
  const length = mp3FrameLength(head);
  if (length === undefined) return false;
  return mp3FrameLength(head.subarray(length)) !== undefined || length >= head.length - 4;
}

/** kbit/s by the four bits in the header, for layers I, II and III. */
const bitRates = {
  mpeg1: {
    I: [0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448],
    II: [0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384],
    III: [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
  },
  mpeg2: {
    I: [0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256],
    II: [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
    III: [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
  },
};

/** The length in bytes of the MPEG audio frame that starts here, or `undefined` when none does. */
function mp3FrameLength(head: Uint8Array): number | undefined {
  const [sync, kind, rates] = head;
  if (sync !== 0xff || kind === undefined || kind < 0xe0 || rates === undefined) return undefined;
  const halvings = [2, undefined, 1, 0][(kind >> 3) & 3]; // of the sample rate: MPEG 2.5, –, 2, 1
  const layer = ([undefined, "III", "II", "I"] as const)[(kind >> 1) & 3];
  const baseRate = [44_100, 48_000, 32_000][(rates >> 2) & 3];
  if (halvings === undefined || layer === undefined || baseRate === undefined) return undefined;
  const bitRate = bitRates[halvings === 0 ? "mpeg1" : "mpeg2"][layer][rates >> 4];
  if (!bitRate) return undefined;
  const sampleRate = baseRate / 2 ** halvings;
  const padding = (rates >> 1) & 1;
  if (layer === "I") return (Math.floor((12_000 * bitRate) / sampleRate) + padding) * 4;
  const samples = layer === "III" && halvings > 0 ? 576 : 1152;
  return Math.floor((samples * 125 * bitRate) / sampleRate) + padding;
}

const latin1 = (bytes: Uint8Array): string => String.fromCharCode(...bytes);

const startsWith = (bytes: Uint8Array, magic: string): boolean =>
  latin1(bytes.subarray(0, magic.length)) === magic;
