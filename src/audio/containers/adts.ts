import { cutShort, endsInDamage, type DecodingContext } from "../blocks.ts";
import { aacSampleRates } from "../codecs/aac-config.ts";
import type { CodecParameters } from "../codecs/codec.ts";
import { buffered, type ByteSource } from "../source.ts";
import type { OpenContainer, PacketGroup } from "./container.ts";
import { stepToSync, tagSize } from "./tags.ts";

const windowBytes = 1 << 16;
/** Longer than any frame. */
const mostFrameBytes = 8192;

/** Opens a file of AAC in ADTS: frames one after another. */
export const openAdts: OpenContainer = async (source, start) => {
  const bounds = { start, end: source.size };
  const header = readAdtsHeader(await source.read(start, start + 9));
  return [
    {
      codec: header?.codec ?? "AAC without ADTS",
      packets: (context) => adtsFrames(source, bounds, context),
    },
  ];
};

/** What the header before a frame of AAC says. */
export interface AdtsHeader {
  readonly headBytes: number;
  /** Of the frame with its header. */
  readonly sizeBytes: number;
  readonly codec: CodecParameters;
}

/** Returns the ADTS header at `at`; `undefined` where none starts. @see ISO/IEC 13818-7, section 6.2 */
export function readAdtsHeader(bytes: Uint8Array, at = 0): AdtsHeader | undefined {
  const head = bytes.subarray(at, at + 7);
  if (head.length < 7 || head[0] !== 0xff || (head[1]! & 0xf6) !== 0xf0) return undefined;
  const profile = head[2]! >> 6;
  const rateIndex = (head[2]! >> 2) & 15;
  const channelCode = ((head[2]! & 1) << 2) | (head[3]! >> 6);
  const sampleRate = aacSampleRates[rateIndex];
  const headBytes = head[1]! & 1 ? 7 : 9;
  const sizeBytes = ((head[3]! & 3) << 11) | (head[4]! << 3) | (head[5]! >> 5);
  if (sampleRate === undefined || sizeBytes <= headBytes) return undefined;
  const config = ((profile + 1) << 11) | (rateIndex << 7) | (channelCode << 3);
  const setup = Uint8Array.of(config >> 8, config & 0xff);
  const channels = channelCode === 7 ? 8 : Math.max(1, channelCode);
  return { headBytes, sizeBytes, codec: { codec: "aac", sampleRate, channels, setup } };
}

const frameLength = 1024;

/**
 * Walks over the frames between two bytes; where there is none it looks for the next, and estimates the lost time by the
 * frames' size.
 * @yields groups of one frame; the first one opens the decoder
 */
export async function* adtsFrames(
  source: ByteSource,
  { start, end }: { readonly start: number; readonly end: number },
  context: DecodingContext,
): AsyncGenerator<PacketGroup> {
  const file = buffered(source, windowBytes);
  let open: CodecParameters | undefined;
  let skippedBytes = 0;
  let clockSec = 0;
  let [frames, frameBytes] = [0, 0];
  let position = start;
  while (position + 7 <= end) {
    const bytes = await file.read(position, Math.min(end, position + mostFrameBytes + 7));
    const header = readAdtsHeader(bytes);
    const isEnd = header && position + header.sizeBytes + 7 > end;
    const next = header && readAdtsHeader(bytes, header.sizeBytes);
    const isExpected = open && header && skippedBytes === 0 && isSame(header.codec, open);
    const isFrame = isExpected || isEnd || (next && isSame(next.codec, header.codec));
    if (!header || !isFrame) {
      const tag = skippedBytes === 0 ? tagSize(bytes) : 0;
      const step = tag || stepToSync(bytes);
      position += step;
      skippedBytes += tag > 0 ? 0 : step;
      continue;
    }
    if (header.sizeBytes > bytes.length) {
      context.warn(cutShort);
      return;
    }
    const isNew = !open || !isSame(header.codec, open);
    const isAfterLoss = skippedBytes > 0 && open !== undefined;
    const frameSec = frameLength / header.codec.sampleRate;
    if (isAfterLoss) {
      clockSec += frameSec * Math.max(1, Math.round(skippedBytes / (frameBytes / frames)));
    }
    skippedBytes = 0;
    open = header.codec;
    frames++;
    frameBytes += header.sizeBytes;
    position += header.sizeBytes;
    yield {
      packets: [bytes.slice(header.headBytes, header.sizeBytes)],
      // The decoder holds the first frame back: it is the encoder's delay.
      startSec: clockSec - frameSec,
      isAfterLoss,
      ...(isNew && { codec: header.codec }),
    };
    clockSec += frameSec;
  }
  if (skippedBytes > 0) context.warn(endsInDamage);
  else if (end - position > 0) context.warn(cutShort);
}

const isSame = (a: CodecParameters, b: CodecParameters): boolean =>
  a.sampleRate === b.sampleRate && a.channels === b.channels && a.setup?.[0] === b.setup?.[0];
