import { UndertoneError } from "../../shared/errors.ts";
import { cutShort, endsInDamage, type DecodingContext } from "../blocks.ts";
import { readMpegHeader, type MpegHeader } from "../codecs/mpeg-header.ts";
import { buffered, type ByteSource } from "../source.ts";
import type { OpenContainer, PacketGroup } from "./container.ts";
import { readMp3Info } from "./mp3-info.ts";
import { stepToSync, tagSize } from "./tags.ts";

const windowBytes = 1 << 16;
/** Longer than any frame of MPEG audio. */
const mostFrameBytes = 5000;
const framesPerGroup = 16;

/** Opens a file of MPEG audio: frames one after another. */
export const openMp3File: OpenContainer = async (source, start) => {
  const bounds = { start, end: source.size };
  const header = readMpegHeader(await source.read(start, start + 4));
  if (!header) throw new UndertoneError("audio-corrupt", "The MP3 file has no frame.");
  const info = readMp3Info(await source.read(start, start + header.sizeBytes), header);
  const samples = info && info.frames * header.length - info.delay - info.padding;
  return [
    {
      codec: { codec: "mp3", sampleRate: header.sampleRate, channels: header.channels },
      promisedSec: samples && samples > 0 ? samples / header.sampleRate : undefined,
      packets: (context) => mp3Frames(source, bounds, context),
    },
  ];
};

interface Bounds {
  readonly start: number;
  readonly end: number;
}

/**
 * Walks over the frames of MPEG audio between two bytes; where there is none it looks for the next. Time is estimated there
 * by the frames' size.
 * @yields frames in groups; a stream of another rate or channel count opens a new decoder
 */
export async function* mp3Frames(
  source: ByteSource,
  bounds: Bounds,
  context: DecodingContext,
): AsyncGenerator<PacketGroup> {
  const walk = new FrameWalk(buffered(source, windowBytes), bounds);
  let stream: MpegHeader | undefined;
  let group: Uint8Array[] = [];
  let timing: Pick<PacketGroup, "codec" | "isAfterLoss" | "startSec"> = {};
  let clockSec = 0;
  let endSec: number | undefined;
  let joined = 0;
  const flush = function* (): Generator<PacketGroup> {
    if (group.length > 0) {
      yield { packets: group, ...timing, ...(endSec !== undefined && { endSec, isLast: true }) };
    }
    group = [];
    timing = {};
  };
  for (let found = await walk.next(stream); found; found = await walk.next(stream)) {
    const { header, frame, skippedBytes } = found;
    const isNew = !stream || !isSameStream(header, stream);
    if (skippedBytes > 0 && stream) {
      yield* flush();
      const lost = Math.max(1, Math.round(skippedBytes / walk.meanFrameBytes));
      clockSec += (lost * stream.length) / stream.sampleRate;
      timing = { isAfterLoss: true, startSec: clockSec };
    }
    stream = header;
    const info = readMp3Info(frame, header);
    if (isNew || info) {
      yield* flush();
      const { sampleRate, channels } = header;
      const isFirst = clockSec === 0 && joined === 0;
      if (isFirst && info) {
        clockSec = -info.delay / sampleRate;
        const isWhole =
          info.sizeBytes > 0 && walk.frameStart + info.sizeBytes > bounds.end - tagSlack;
        const length = info.frames * header.length - info.delay - info.padding;
        if (isWhole && info.hasGaps && length > 0) endSec = length / sampleRate;
      }
      joined++;
      timing = { ...timing, startSec: clockSec, codec: { codec: "mp3", sampleRate, channels } };
    }
    if (info) continue;
    if (group.length === 0) timing = { ...timing, startSec: clockSec };
    group.push(frame);
    clockSec += header.length / header.sampleRate;
    if (group.length >= framesPerGroup) yield* flush();
  }
  yield* flush();
  if (walk.isCutShort) context.warn(cutShort);
  else if (walk.restBytes > 0) context.warn(endsInDamage);
}

/** Tags behind the sound are not larger. */
const tagSlack = 1 << 18;

const isSameStream = (a: MpegHeader, b: MpegHeader): boolean =>
  a.sampleRate === b.sampleRate && a.channels === b.channels && a.layer === b.layer;

interface FoundFrame {
  readonly header: MpegHeader;
  readonly frame: Uint8Array;
  /** Bytes before it that are neither frame nor tag. */
  readonly skippedBytes: number;
}

class FrameWalk {
  readonly #file: ByteSource;
  readonly #end: number;
  #position: number;
  #frames = 0;
  #bytes = 0;
  frameStart = 0;
  isCutShort = false;
  /** Behind the last frame, that are no tag. */
  restBytes = 0;

  constructor(file: ByteSource, { start, end }: Bounds) {
    this.#file = file;
    this.#position = start;
    this.#end = end;
  }

  get meanFrameBytes(): number {
    return this.#bytes / Math.max(1, this.#frames);
  }

  /** Resolves to the next frame; a stream that is under way goes on unless two frames agree on another. */
  async next(stream: MpegHeader | undefined): Promise<FoundFrame | undefined> {
    let skippedBytes = 0;
    while (this.#position + 4 <= this.#end) {
      const bytes = await this.#read(mostFrameBytes);
      const tag = skippedBytes === 0 ? tagSize(bytes) : 0;
      const header = readMpegHeader(bytes);
      if (!header || !this.#isFollowed(bytes, header, { stream, isResync: skippedBytes > 0 })) {
        const step = tag || stepToSync(bytes);
        this.#position += step;
        skippedBytes += tag > 0 ? 0 : step;
        continue;
      }
      if (header.sizeBytes > bytes.length) {
        this.isCutShort = true;
        return undefined;
      }
      this.frameStart = this.#position;
      this.#position += header.sizeBytes;
      this.#frames++;
      this.#bytes += header.sizeBytes;
      return { header, frame: bytes.slice(0, header.sizeBytes), skippedBytes };
    }
    this.restBytes = skippedBytes + this.#end - this.#position;
    return undefined;
  }

  #isFollowed(
    bytes: Uint8Array,
    header: MpegHeader,
    { stream, isResync }: { stream: MpegHeader | undefined; isResync: boolean },
  ): boolean {
    const goesOn = stream !== undefined && isSameStream(header, stream);
    if (goesOn && !isResync) return true;
    const isAtEnd = this.#position + header.sizeBytes + 4 > this.#end;
    if (isAtEnd) return goesOn || stream === undefined;
    const next = readMpegHeader(bytes, header.sizeBytes);
    return next ? isSameStream(next, header) : tagSize(bytes.subarray(header.sizeBytes)) > 0;
  }

  async #read(length: number): Promise<Uint8Array> {
    const end = Math.min(this.#end, this.#position + length);
    return this.#file.read(this.#position, end);
  }
}
