import { UndertoneError } from "../shared/errors.ts";
import { readMpegHeader, type MpegHeader } from "./codecs/mpeg-header.ts";
import { readAdtsHeader } from "./containers/adts.ts";
import { latin1 } from "./containers/read.ts";
import { id3Size } from "./containers/tags.ts";
import { otherKind } from "./other-kinds.ts";
import type { ByteSource } from "./source.ts";

/** Containers, detected by a file's first bytes and never by its name. */
export type AudioFormat =
  | "wav"
  | "w64"
  | "aiff"
  | "au"
  | "caf"
  | "flac"
  | "mp3"
  | "aac"
  | "amr"
  | "ogg"
  | "mp4"
  | "mpeg-ts"
  | "matroska";

/** A format and the byte where it starts: behind tags and junk. */
export interface DetectedFormat {
  readonly format: AudioFormat;
  readonly start: number;
  /** Bytes before it that are neither. */
  readonly junkBytes?: number;
}

const headBytes = 1 << 14;
/** How far frames of MP3 and AAC are looked for behind junk. */
const junkBytes = 1 << 18;

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
  const first = head;
  // An album cover in a tag takes megabytes; some taggers write several tags in a row.
  for (let tags = 0; tags < 8 && id3Size(head) > 0; tags++) {
    start += id3Size(head);
    head = await source.read(start, start + headBytes);
  }
  const format = formatOf(head);
  if (format) return { format, start };
  const known = otherKind(first);
  if (known) throw new UndertoneError("audio-unsupported", known);
  return (await findFrames(source, start)) ?? (await findFrames(source, 0)) ?? refuse(first);
}

function formatOf(head: Uint8Array): AudioFormat | undefined {
  const magic = latin1(head.subarray(0, 4));
  const form = latin1(head.subarray(8, 12));
  if (/^(RIFF|RIFX|RF64|BW64)/.test(magic) && form === "WAVE") return "wav";
  if (magic === "riff" && hex(head.subarray(4, 16)) === "2e91cf11a5d628db04c10000") return "w64";
  if (magic === "FORM" && /^AIF[FC]$/.test(form)) return "aiff";
  if (magic === ".snd" || magic === "dns.") return "au";
  if (magic === "caff") return "caf";
  if (magic === "fLaC") return "flac";
  if (magic === "OggS") return "ogg";
  if (magic === "\x1a\x45\xdf\xa3") return "matroska";
  if (magic === "#!AM") return "amr";
  // Every packet starts with G; in M2TS, behind a time of four bytes.
  if ([0, 188, 376].every((at) => head[at] === 0x47)) return "mpeg-ts";
  if ([4, 196, 388].every((at) => head[at] === 0x47)) return "mpeg-ts";
  const box = latin1(head.subarray(4, 8));
  if (/^(ftyp|styp|moov|mdat|wide|free|skip|pnot|moof)$/.test(box)) return "mp4";
  if (isAdts(head, 0)) return "aac";
  return isMpeg(head, 0) ? "mp3" : undefined;
}

const hex = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

function refuse(head: Uint8Array): never {
  throw new UndertoneError(
    "audio-unsupported",
    `The format is not supported: the file starts with ${JSON.stringify(latin1(head.subarray(0, 12)))}. Supported are WAV, AIFF, AU, CAF, FLAC, MP3, AAC, AMR, Ogg, MP4, MOV, WebM and Matroska. Convert it: ffmpeg -i IN out.wav`,
  );
}

/** By chance, frames follow each other so often in no file of another kind. */
const framesInJunk = 5;

/** Looks for frames of MP3 or AAC behind what is none: a stream that was cut, zeros, a damaged tag. */
async function findFrames(source: ByteSource, from: number): Promise<DetectedFormat | undefined> {
  const bytes = await source.read(from, from + junkBytes + headBytes);
  for (let at = bytes.indexOf(0xff); at >= 0 && at < junkBytes; at = bytes.indexOf(0xff, at + 1)) {
    if (isMpeg(bytes, at, framesInJunk)) return { format: "mp3", start: from + at, junkBytes: at };
    if (isAdts(bytes, at, framesInJunk)) return { format: "aac", start: from + at, junkBytes: at };
  }
  return undefined;
}

/** A sync word alone occurs by chance: others must follow at the lengths in the headers, as far as the bytes go. */
function isAdts(bytes: Uint8Array, start: number, frames = 2): boolean {
  let at = start;
  for (let n = 0; n < frames; n++) {
    const header = readAdtsHeader(bytes, at);
    if (!header) return n > 0 && at > bytes.length - 7;
    at += header.sizeBytes;
  }
  return true;
}

function isMpeg(bytes: Uint8Array, start: number, frames = 2): boolean {
  let at = start;
  let stream: MpegHeader | undefined;
  for (let n = 0; n < frames; n++) {
    const header = readMpegHeader(bytes, at);
    if (!header) return n > 0 && at > bytes.length - 4;
    if (stream && header.sampleRate !== stream.sampleRate) return false;
    stream = header;
    at += header.sizeBytes;
  }
  return true;
}
