import { UndertoneError } from "../../shared/errors.ts";
import { cutShort, endsInDamage, type DecodingContext } from "../blocks.ts";
import type { CodecParameters } from "../codecs/codec.ts";
import { opusClockHz, preSkipOf } from "../codecs/opus-head.ts";
import type { ByteSource } from "../source.ts";
import type { AudioTrack, OpenContainer, PacketGroup } from "./container.ts";
import { ebmlElements, float, ids, signed, unsigned, variableInteger } from "./ebml.ts";
import { decodeBlockData, packetsOfBlock } from "./matroska-block.ts";
import { describeTrack, newTrack, trackCodec, type MatroskaTrack } from "./matroska-track.ts";

const audioType = 2;
/** More tracks than any program writes. */
const mostTracks = 256;

/** What stands before the first cluster. */
interface Head {
  readonly tracks: readonly MatroskaTrack[];
  readonly scaleSec: number;
  readonly durationSec: number | undefined;
  /** Of the segment, by its size. */
  readonly end: number;
  /** The earliest time in the first cluster. */
  readonly originSec: number;
}

/** Opens a WebM or Matroska file. @see RFC 9559 */
export const openMatroska: OpenContainer = async (source, start) => {
  const head = await readHead(source, start);
  if (head.tracks.length === 0) {
    throw new UndertoneError(
      "audio-corrupt",
      "The WebM file's list of tracks is missing or damaged.",
    );
  }
  return head.tracks
    .filter(({ type }) => type === audioType)
    .map((track) => trackOf(source, { start, head, track }));
};

async function readHead(source: ByteSource, start: number): Promise<Head> {
  const tracks: MatroskaTrack[] = [];
  let scale = 1e6;
  let duration: number | undefined;
  let end = Infinity;
  let clusterTime = 0;
  let origin: number | undefined;
  let clusters = 0;
  for await (const element of ebmlElements(source, start)) {
    const { id } = element;
    if (id === ids.segment) end = element.end;
    if (id === ids.cluster && ++clusters > 1) break;
    if (clusters > 0) {
      if (id === ids.clusterTimestamp) clusterTime = unsigned(await element.body());
      if (id !== ids.simpleBlock && id !== ids.block) continue;
      const head = await source.read(element.bodyStart, element.bodyStart + 10);
      const block = blockHead(head);
      if (block) origin = Math.min(origin ?? Infinity, clusterTime + block.time);
      continue;
    }
    if (id === ids.trackEntry) {
      if (tracks.length >= mostTracks) break;
      tracks.push(newTrack());
    } else if (id === ids.timestampScale) scale = unsigned(await element.body());
    else if (id === ids.duration) duration = float(await element.body());
    else if (isOfTrack(id) && tracks.length > 0) {
      describeTrack(tracks.at(-1)!, id, await element.body());
    } else if (id === ids.contentEncoding && tracks.length > 0) {
      describeTrack(tracks.at(-1)!, id, new Uint8Array());
    }
  }
  const scaleSec = scale / 1e9;
  return {
    tracks,
    scaleSec,
    durationSec: duration && duration * scaleSec,
    end,
    originSec: (origin ?? 0) * scaleSec,
  };
}

const ofTrack: ReadonlySet<number> = new Set([
  ids.trackNumber,
  ids.trackType,
  ids.flagDefault,
  ids.codecId,
  ids.codecPrivate,
  ids.codecDelay,
  ids.language,
  ids.name,
  ids.samplingFrequency,
  ids.channels,
  ids.bitDepth,
  ids.contentScope,
  ids.compressionAlgorithm,
  ids.compressionSettings,
  ids.contentEncryption,
]);
const isBlock = (id: number): boolean => id === ids.block || id === ids.simpleBlock;
/** Whether an element stands in clusters: parents of clusters, and what stands beside them, have ids of four bytes. */
const isInCluster = (id: number): boolean => id < 0x1000_0000 && id !== ids.blockGroup;
const isOfTrack = (id: number): boolean => ofTrack.has(id);

interface Place {
  readonly start: number;
  readonly head: Head;
  readonly track: MatroskaTrack;
}

interface TrackPlace extends Place {
  readonly codec: CodecParameters;
  readonly context: DecodingContext;
}

function trackOf(source: ByteSource, place: Place): AudioTrack {
  const { head, track } = place;
  const codec = trackCodec(track);
  const isCut = head.end !== Infinity && head.end > source.size;
  // The duration is that of the longest track.
  const isPromised = isCut || head.tracks.length === 1;
  return {
    codec,
    isDefault: track.isDefault,
    label: [track.language, track.name].filter(Boolean).join(", ") || undefined,
    promisedSec: isPromised ? head.durationSec : undefined,
    packets: (context) =>
      typeof codec === "string" ? [].values() : packetsOf(source, { ...place, codec, context }),
  };
}

async function* packetsOf(
  source: ByteSource,
  { start, head, track, codec, context }: TrackPlace,
): AsyncGenerator<PacketGroup> {
  const { scaleSec, originSec } = head;
  const setup = track.setup && (await decodeBlockData(track.setup, track.encodings, "setup"));
  // Files of browsers leave the delay to Opus' header.
  const delaySec =
    track.codecDelaySec || (codec.codec === "opus" ? preSkipOf(setup) / opusClockHz : 0);
  let clusterTime = 0;
  let waiting: PacketGroup | undefined;
  let isAfterLoss = false;
  const opening = codec.setup === undefined ? codec : { ...codec, setup };
  let isOpened = false;
  for await (const element of ebmlElements(source, start)) {
    const { id, bodyStart } = element;
    if (element.isAfterDamage) isAfterLoss = true;
    if (element.end > source.size && element.end !== Infinity && isInCluster(id)) {
      context.warn(isBlock(id) ? cutShort : endsInDamage);
      break;
    }
    if (id === ids.clusterTimestamp) clusterTime = unsigned(await element.body());
    if (id === ids.discardPadding && waiting) {
      waiting = { ...waiting, paddingSec: Math.max(0, signed(await element.body()) / 1e9) };
    }
    if (!isBlock(id)) continue;
    const block = blockHead(await source.read(bodyStart, bodyStart + 10));
    if (block?.track !== track.number) continue;
    if (waiting) yield waiting;
    waiting = undefined;
    const parts = packetsOfBlock(await element.body(), block.sizeBytes);
    const packets: Uint8Array[] = [];
    for (const part of parts ?? []) {
      const packet = await decodeBlockData(part, track.encodings, "block");
      if (packet) packets.push(packet);
    }
    const time = (clusterTime + block.time) * scaleSec - originSec - delaySec;
    isAfterLoss ||= packets.length === 0;
    if (packets.length === 0) continue;
    waiting = {
      packets,
      startSec: time,
      isAfterLoss,
      ...(!isOpened && { codec: opening }),
    };
    isOpened = true;
    isAfterLoss = false;
  }
  if (waiting) yield waiting;
  if (isAfterLoss) context.warn(endsInDamage);
}

/** What stands at the start of a block. */
interface BlockHead {
  readonly track: number;
  /** From the cluster's timestamp on. */
  readonly time: number;
  readonly sizeBytes: number;
}

function blockHead(bytes: Uint8Array): BlockHead | undefined {
  const track = variableInteger(bytes, 0);
  if (!track || bytes.length < track.length + 3) return undefined;
  const time = signed(bytes.subarray(track.length, track.length + 2));
  return { track: track.value, time, sizeBytes: track.length + 2 };
}
