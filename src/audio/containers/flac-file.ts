import { UndertoneError } from "../../shared/errors.ts";
import {
  isWholeFlacFrame,
  readFlacFrameHeader,
  type FlacFrameHeader,
} from "../codecs/flac-frame.ts";
import { flacFrameBytes } from "../codecs/flac.ts";
import { readStreamInfo, type FlacStreamInfo } from "../codecs/flac-info.ts";
import type { ByteSource } from "../source.ts";
import type { OpenContainer, PacketGroup } from "./container.ts";

const maxBlocks = 4096;
const streamInfoType = 0;

/** Opens a FLAC file. @see RFC 9639 */
export const openFlacFile: OpenContainer = async (source, start) => {
  let setup: Uint8Array | undefined;
  let position = start + 4;
  for (let count = 0; count < maxBlocks; count++) {
    const head = await source.read(position, position + 4);
    if (head.length < 4 || head[0] === 0xff) break;
    const size = (head[1]! << 16) | (head[2]! << 8) | head[3]!;
    position += 4;
    if ((head[0]! & 127) === streamInfoType) setup ??= await source.read(position, position + size);
    position += size;
    if (head[0]! & 128) break;
  }
  const info = setup && readStreamInfo(setup);
  if (!info || info.sampleRate === 0) {
    throw new UndertoneError("audio-corrupt", "The FLAC file has no valid STREAMINFO.");
  }
  const { sampleRate, channels, length } = info;
  return [
    {
      codec: { codec: "flac", sampleRate, channels, setup },
      promisedSec: length > 0 ? length / sampleRate : undefined,
      packets: () => frames(source, position, info),
    },
  ];
};

const windowBytes = 1 << 18;
/** What looks like a header within a frame is rare: a file with more is hostile. */
const mostCandidates = 64;
/** Larger than any frame: eight channels of 65 536 samples of 32 bits. */
const mostFrameBytes = 1 << 21;

/** @yields frames that match their checksum, with their times; what lies between them is lost */
async function* frames(
  source: ByteSource,
  start: number,
  info: FlacStreamInfo,
): AsyncGenerator<PacketGroup> {
  let window = await source.read(start, start + windowBytes);
  let windowStart = start;
  let at = 0;
  let isAfterLoss = false;
  let origin: number | undefined;
  for (;;) {
    const isAtEnd = windowStart + window.length >= source.size;
    const frame = frameAt(window, at, { info, isAtEnd });
    if (frame === "more") {
      const length = Math.min(mostFrameBytes, Math.max(windowBytes, 2 * (window.length - at)));
      windowStart += at;
      at = 0;
      window = await source.read(windowStart, windowStart + length);
    } else if (frame) {
      const { header, end } = frame;
      const sample = header.hasVariableSize ? header.number : header.number * info.blockLength;
      // A piece of a longer stream starts with a later number.
      origin ??= isAfterLoss ? 0 : sample;
      const startSec = (sample - origin) / info.sampleRate;
      yield { packets: [window.slice(at, end)], startSec, isAfterLoss };
      isAfterLoss = false;
      at = end;
    } else {
      const next = nextHeader(window, at + 1, info);
      if (next < 0 && isAtEnd) return;
      isAfterLoss = true;
      // The last bytes may be the start of a header.
      at = next < 0 ? Math.max(at + 1, window.length - 16) : next;
    }
  }
}

interface Surroundings {
  readonly info: FlacStreamInfo;
  readonly isAtEnd: boolean;
}

/** Returns the whole frame at `at`; "more" where its end is not in the window, `undefined` where there is none. */
function frameAt(
  window: Uint8Array,
  at: number,
  { info, isAtEnd }: Surroundings,
): { header: FlacFrameHeader; end: number } | "more" | undefined {
  if (at + 16 > window.length && !isAtEnd) return "more";
  const header = headerAt(window, at, info);
  if (!header) return undefined;
  let end = at + header.sizeBytes;
  for (let candidates = 0; candidates < mostCandidates; candidates++, end++) {
    end = nextHeader(window, end, info);
    if (end < 0) break;
    if (isWholeFlacFrame(window.subarray(at, end))) return { header, end };
    if (isNext(window, end, header)) return undefined;
  }
  if (end >= 0) return undefined;
  if (!isAtEnd && window.length - at < mostFrameBytes) return "more";
  // The last frame: what stands behind it is no frame.
  const lastEnd = at + flacFrameBytes(window.subarray(at), info);
  return isWholeFlacFrame(window.subarray(at, lastEnd)) ? { header, end: lastEnd } : undefined;
}

/** Whether the header at `at` is the one that follows: the frame before it is then damaged. */
function isNext(window: Uint8Array, at: number, before: FlacFrameHeader): boolean {
  const header = readFlacFrameHeader(window, at);
  const step = before.hasVariableSize ? before.blockLength : 1;
  return header?.number === before.number + step;
}

function nextHeader(window: Uint8Array, from: number, info: FlacStreamInfo): number {
  for (let at = window.indexOf(0xff, from); at >= 0; at = window.indexOf(0xff, at + 1)) {
    if (headerAt(window, at, info)) return at;
  }
  return -1;
}

function headerAt(
  window: Uint8Array,
  at: number,
  { sampleRate, channels }: FlacStreamInfo,
): FlacFrameHeader | undefined {
  const header = readFlacFrameHeader(window, at);
  if (!header) return undefined;
  const hasChannels = (header.assignment < 8 ? header.assignment + 1 : 2) === channels;
  return hasChannels && (header.sampleRate ?? sampleRate) === sampleRate ? header : undefined;
}
