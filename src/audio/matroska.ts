import { UndertoneError } from "../shared/errors.ts";
import { openAacDecoder } from "./aac.ts";
import type { AudioBlock, DecodingContext } from "./blocks.ts";
import { openOpusDecoder } from "./opus.ts";
import type { PacketDecoder } from "./packets.ts";
import { buffered } from "./source.ts";
import type { ByteSource } from "./source.ts";

/** Element ids of Matroska, RFC 9559. */
const id = {
  segment: 0x18538067,
  tracks: 0x1654ae6b,
  trackEntry: 0xae,
  trackNumber: 0xd7,
  trackType: 0x83,
  codecId: 0x86,
  codecPrivate: 0x63a2,
  cluster: 0x1f43b675,
  blockGroup: 0xa0,
  block: 0xa1,
  simpleBlock: 0xa3,
} as const;

/** Master elements whose children are parsed; all others are skipped or read at once. */
const parents: ReadonlySet<number> = new Set([
  id.segment,
  id.tracks,
  id.trackEntry,
  id.cluster,
  id.blockGroup,
]);
const leaves: ReadonlySet<number> = new Set([
  id.trackEntry,
  id.trackNumber,
  id.trackType,
  id.codecId,
  id.codecPrivate,
  id.block,
  id.simpleBlock,
]);

const audioTrack = 2;
const maxElementBytes = 1 << 20;
const packetsPerBatch = 64;

interface Element {
  readonly id: number;
  /** Empty for a master element. */
  readonly body: Uint8Array;
}

interface Track {
  number: number;
  type: number;
  codec: string;
  setup: Uint8Array | undefined;
}

/**
 * Decodes the first audio track of a WebM or Matroska file sequentially: segment and clusters may have unknown sizes, as
 * browsers record them. Opus' pre-skip is dropped; its padding at the end, under 20 ms, is not.
 * @yields decoded batches of packets
 * @throws UndertoneError `audio-unsupported` when it has no track with Opus or AAC
 * @see RFC 9559
 */
export async function* decodeMatroska(
  source: ByteSource,
  context: DecodingContext,
): AsyncGenerator<AudioBlock> {
  const tracks: Track[] = [];
  let track: Track | undefined;
  let decoder: PacketDecoder | undefined;
  let batch: { data: Uint8Array }[] = [];
  try {
    for await (const { id: elementId, body } of elements(source, context)) {
      if (elementId !== id.block && elementId !== id.simpleBlock) {
        describeTrack(tracks, elementId, body);
        continue;
      }
      track ??= tracks.find(({ type }) => type === audioTrack);
      if (!track) throw new UndertoneError("audio-unsupported", "The file has no audio track.");
      decoder ??= await openDecoder(track, context);
      for (const data of packetsOf(body, track.number)) batch.push({ data });
      if (batch.length < packetsPerBatch) continue;
      yield decoder.decode(batch);
      batch = [];
    }
    if (decoder && batch.length > 0) yield decoder.decode(batch);
  } finally {
    decoder?.free();
  }
}

async function* elements(source: ByteSource, context: DecodingContext): AsyncGenerator<Element> {
  const file = buffered(source, 1 << 17);
  let position = 0;
  while (position < source.size) {
    const head = await file.read(position, position + 12);
    const elementId = variableInteger(head, 0, "keep marker");
    const size = elementId && variableInteger(head, elementId.length);
    if (!size || (size.isUnknown && !parents.has(elementId.value))) {
      context.warn(
        `The WebM file is damaged or truncated at byte ${position}: it was decoded up to there.`,
      );
      return;
    }
    const start = position + elementId.length + size.length;
    const isParent = parents.has(elementId.value);
    position = isParent ? start : start + size.value;
    if (!leaves.has(elementId.value)) continue;
    if (isParent) {
      yield { id: elementId.value, body: new Uint8Array() };
    } else if (position > source.size || size.value > maxElementBytes) {
      context.warn(
        `The WebM file is damaged or truncated at byte ${start}: it was decoded up to there.`,
      );
      return;
    } else {
      yield { id: elementId.value, body: (await file.read(start, position)).slice() };
    }
  }
}

function describeTrack(tracks: Track[], elementId: number, body: Uint8Array): void {
  if (elementId === id.trackEntry) tracks.push({ number: 0, type: 0, codec: "", setup: undefined });
  const track = tracks.at(-1);
  if (!track) return;
  if (elementId === id.trackNumber) track.number = unsigned(body);
  if (elementId === id.trackType) track.type = unsigned(body);
  if (elementId === id.codecId) track.codec = String.fromCharCode(...body.subarray(0, 64));
  if (elementId === id.codecPrivate) track.setup = body;
}

async function openDecoder(
  { codec, setup }: Track,
  { wantedHz }: DecodingContext,
): Promise<PacketDecoder> {
  if (codec === "A_OPUS") return openOpusDecoder(setup, wantedHz);
  if (codec.startsWith("A_AAC") && setup) return openAacDecoder(setup);
  throw new UndertoneError(
    "audio-unsupported",
    `The audio in this file is coded as ${codec}. Supported in WebM are Opus and AAC. Convert it: ffmpeg -i IN out.wav`,
  );
}

/** Returns the packets of one block; none when it belongs to another track. */
function packetsOf(block: Uint8Array, trackNumber: number): Uint8Array[] {
  const number = variableInteger(block, 0);
  if (number?.value !== trackNumber || block.length < number.length + 4) return [];
  const lacing = (block[number.length + 2]! >> 1) & 3;
  let at = number.length + 3;
  if (lacing === 0) return [block.subarray(at)];
  const count = block[at++]! + 1;
  const sizes: number[] = [];
  while (sizes.length < count - 1 && at < block.length) {
    if (lacing === 1) {
      let size = 0;
      while (block[at] === 255) size += block[at++]!;
      sizes.push(size + (block[at++] ?? 0));
    } else if (lacing === 3) {
      const coded = variableInteger(block, at);
      if (!coded) return [];
      at += coded.length;
      const bias = 2 ** (7 * coded.length - 1) - 1;
      sizes.push(sizes.length === 0 ? coded.value : sizes.at(-1)! + coded.value - bias);
    } else {
      sizes.push(Math.floor((block.length - at) / count));
    }
  }
  const packets = sizes.map((size) => block.subarray(at, (at += Math.max(0, size))));
  return [...packets, block.subarray(at)].filter((packet) => packet.length > 0);
}

/** EBML's integer of 1 to 8 bytes at `at`; `undefined` when there is none. Ids keep their length marker. */
function variableInteger(
  bytes: Uint8Array,
  at: number,
  marker: "keep marker" | "drop marker" = "drop marker",
): { readonly value: number; readonly length: number; readonly isUnknown: boolean } | undefined {
  const first = bytes[at] ?? 0;
  const length = Math.clz32(first) - 23;
  if (length > 8 || at + length > bytes.length) return undefined;
  const bits = first & (0xff >> length);
  const value = [...bytes.subarray(at + 1, at + length)].reduce(
    (sum, byte) => sum * 256 + byte,
    marker === "keep marker" ? first : bits,
  );
  return { value, length, isUnknown: marker === "drop marker" && value === 2 ** (7 * length) - 1 };
}

const unsigned = (bytes: Uint8Array): number => bytes.reduce((sum, byte) => sum * 256 + byte, 0);
