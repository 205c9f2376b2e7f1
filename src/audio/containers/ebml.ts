import { buffered, type ByteSource } from "../source.ts";

/** Ids of the elements of Matroska that are looked at. @see RFC 9559 */
export const ids = {
  header: 0x1a45dfa3,
  segment: 0x18538067,
  info: 0x1549a966,
  timestampScale: 0x2ad7b1,
  duration: 0x4489,
  tracks: 0x1654ae6b,
  trackEntry: 0xae,
  trackNumber: 0xd7,
  trackType: 0x83,
  flagDefault: 0x88,
  codecId: 0x86,
  codecPrivate: 0x63a2,
  codecDelay: 0x56aa,
  language: 0x22b59c,
  name: 0x536e,
  audio: 0xe1,
  samplingFrequency: 0xb5,
  channels: 0x9f,
  bitDepth: 0x6264,
  contentEncodings: 0x6d80,
  contentEncoding: 0x6240,
  contentScope: 0x5032,
  contentCompression: 0x5034,
  compressionAlgorithm: 0x4254,
  compressionSettings: 0x4255,
  contentEncryption: 0x5035,
  cluster: 0x1f43b675,
  clusterTimestamp: 0xe7,
  blockGroup: 0xa0,
  block: 0xa1,
  simpleBlock: 0xa3,
  discardPadding: 0x75a2,
} as const;

/** Elements whose children are walked over like those beside them. */
const parents: ReadonlySet<number> = new Set([
  ids.segment,
  ids.info,
  ids.tracks,
  ids.trackEntry,
  ids.audio,
  ids.contentEncodings,
  ids.contentEncoding,
  ids.contentCompression,
  ids.cluster,
  ids.blockGroup,
]);
/** Others that stand in clusters and behind them. What is not known there at all is damage. */
const passedOver: ReadonlySet<number> = new Set([
  0xec, 0xbf, 0x114d9b74, 0x1c53bb6b, 0x1043a770, 0x1254c367, 0x1941a469, 0xa7, 0xab, 0x5854, 0xaf,
  0x75a1, 0x9b, 0xfa, 0xfb, 0xfd, 0xa4, 0xa2, 0x8e, 0xc8,
]);
const isKnown = (id: number): boolean =>
  parents.has(id) || passedOver.has(id) || (Object.values(ids) as number[]).includes(id);

/** An element; the body is read when it is asked for. */
export interface Element {
  readonly id: number;
  readonly start: number;
  readonly bodyStart: number;
  /** Of the body; beyond the end of the file where it is cut short, infinite where it is not known. */
  readonly end: number;
  /** Whether bytes before it could not be read as elements. */
  readonly isAfterDamage: boolean;
  body(): Promise<Uint8Array>;
}

const mostBodyBytes = 1 << 24;
const clusterBytes = Uint8Array.of(0x1f, 0x43, 0xb6, 0x75);

/**
 * Walks over the elements of a file, children behind their parents. Segments and clusters may have unknown sizes, as
 * browsers record them. Behind what is damaged it goes on with the next cluster.
 * @yields elements in their order in the file
 * @see RFC 8794
 */
export async function* ebmlElements(source: ByteSource, start: number): AsyncGenerator<Element> {
  const file = buffered(source, 1 << 17);
  let position = start;
  let isAfterDamage = false;
  let isInside = false;
  let segmentEnd = Infinity;
  let clusterEnd = Infinity;
  while (position < source.size) {
    const head = await file.read(position, position + 12);
    const id = variableInteger(head, 0, "keep marker");
    const size = id && variableInteger(head, id.length);
    const isParent = id !== undefined && parents.has(id.value);
    const bodyStart = position + (id?.length ?? 0) + (size?.length ?? 0);
    const end = size?.isUnknown ? Infinity : bodyStart + (size?.value ?? 0);
    if (position >= clusterEnd) clusterEnd = Infinity;
    const isDamaged =
      !size ||
      (size.isUnknown && !isParent) ||
      (isInside && !isKnown(id.value)) ||
      (!isParent && end > clusterEnd);
    if (id?.value === ids.segment && size && !size.isUnknown) {
      segmentEnd = end;
    }
    if (isDamaged) {
      const next = await findCluster(file, position + 1);
      if (next === undefined) {
        // What stands behind the segment is not missed.
        if (position < segmentEnd) yield damageToTheEnd(position, source.size);
        return;
      }
      position = next;
      clusterEnd = Infinity;
      isAfterDamage = true;
      continue;
    }
    if (id.value === ids.cluster) {
      isInside = true;
      clusterEnd = end;
    }
    // A size that leads out of the file: of its last element, or a damaged one.
    if (!isParent && end > source.size && (await findCluster(file, bodyStart)) !== undefined) {
      position = (await findCluster(file, bodyStart))!;
      isAfterDamage = true;
      continue;
    }
    yield {
      id: id.value,
      start: position,
      bodyStart,
      end,
      isAfterDamage,
      body: async () =>
        (await file.read(bodyStart, Math.min(end, bodyStart + mostBodyBytes))).slice(),
    };
    isAfterDamage = false;
    position = isParent ? bodyStart : end;
  }
}

/** Stands for what is lost up to the end of the file. */
const damageToTheEnd = (start: number, end: number): Element => ({
  id: 0,
  start,
  bodyStart: end,
  end,
  isAfterDamage: true,
  body: async () => new Uint8Array(),
});

async function findCluster(file: ByteSource, from: number): Promise<number | undefined> {
  const step = 1 << 16;
  for (let at = from; at < file.size; at += step) {
    const bytes = await file.read(at, Math.min(file.size, at + step + 3));
    for (
      let n = bytes.indexOf(clusterBytes[0]!);
      n >= 0;
      n = bytes.indexOf(clusterBytes[0]!, n + 1)
    ) {
      if (clusterBytes.every((byte, i) => bytes[n + i] === byte)) return at + n;
    }
  }
  return undefined;
}

interface VariableInteger {
  readonly value: number;
  readonly length: number;
  readonly isUnknown: boolean;
}

/** EBML's integer of 1 to 8 bytes at `at`; `undefined` when there is none. Ids keep their length marker. */
export function variableInteger(
  bytes: Uint8Array,
  at: number,
  marker: "keep marker" | "drop marker" = "drop marker",
): VariableInteger | undefined {
  const first = bytes[at] ?? 0;
  const length = Math.clz32(first) - 23;
  if (length > 8 || at + length > bytes.length) return undefined;
  let value = marker === "keep marker" ? first : first & (0xff >> length);
  for (let n = 1; n < length; n++) value = value * 256 + bytes[at + n]!;
  return { value, length, isUnknown: marker === "drop marker" && value === 2 ** (7 * length) - 1 };
}

export const unsigned = (bytes: Uint8Array): number =>
  bytes.reduce((sum, byte) => sum * 256 + byte, 0);

/** A number in two's complement. */
export function signed(bytes: Uint8Array): number {
  const value = unsigned(bytes);
  return bytes[0]! & 0x80 ? value - 256 ** bytes.length : value;
}

export function float(bytes: Uint8Array): number {
  const data = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length === 4) return data.getFloat32(0);
  return bytes.length === 8 ? data.getFloat64(0) : 0;
}
