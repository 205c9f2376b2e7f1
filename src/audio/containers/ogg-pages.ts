import type { ByteSource } from "../source.ts";
import { view } from "./read.ts";

/** A page of an Ogg file whose checksum is right. */
export interface OggPage {
  readonly serial: number;
  readonly sequence: number;
  /** Position of the last packet that ends here, in the codec's units; `undefined` where none ends. */
  readonly granule: number | undefined;
  readonly isContinued: boolean;
  readonly isFirst: boolean;
  readonly isLast: boolean;
  /** Packets and the parts of packets, in their order. */
  readonly parts: readonly Uint8Array[];
  /** Whether the last part ends its packet. */
  readonly isEnded: boolean;
}

const headBytes = 27;
const mostPageBytes = headBytes + 255 + 255 * 255;
const windowBytes = 1 << 18;

/**
 * Reads the pages of an Ogg file; what is damaged between them is passed over.
 * @yields pages in their order in the file
 * @see RFC 3533, section 6
 */
export async function* oggPages(source: ByteSource, start: number): AsyncGenerator<OggPage> {
  let window = new Uint8Array();
  let windowStart = start;
  let at = 0;
  for (;;) {
    const rest = source.size - windowStart - at;
    if (window.length - at < Math.min(mostPageBytes, rest)) {
      windowStart += at;
      at = 0;
      window = new Uint8Array(await source.read(windowStart, windowStart + windowBytes));
    }
    at = findCapture(window, at);
    if (at < 0) {
      if (windowStart + window.length >= source.size || window.length < 4) return;
      at = window.length - 3;
      continue;
    }
    if (window.length - at < mostPageBytes && windowStart + window.length < source.size) {
      if (at > 0) continue;
    }
    const page = pageAt(window, at);
    if (page) yield page.page;
    at += page ? page.sizeBytes : 4;
    if (windowStart + at + headBytes > source.size) return;
  }
}

function findCapture(bytes: Uint8Array, from: number): number {
  for (let at = bytes.indexOf(0x4f, from); at >= 0; at = bytes.indexOf(0x4f, at + 1)) {
    if (bytes[at + 1] === 0x67 && bytes[at + 2] === 0x67 && bytes[at + 3] === 0x53) return at;
  }
  return -1;
}

function pageAt(window: Uint8Array, at: number): { page: OggPage; sizeBytes: number } | undefined {
  const segments = window[at + 26];
  if (segments === undefined || window.length < at + headBytes + segments) return undefined;
  const sizes = window.subarray(at + headBytes, at + headBytes + segments);
  const bodyAt = headBytes + segments;
  const sizeBytes = bodyAt + sizes.reduce((sum, size) => sum + size, 0);
  if (window.length < at + sizeBytes) return undefined;
  const bytes = window.slice(at, at + sizeBytes);
  const data = view(bytes);
  const checksum = data.getUint32(22, true);
  bytes.fill(0, 22, 26);
  if (crc32(bytes) !== checksum) return undefined;
  const parts: Uint8Array[] = [];
  let partStart = bodyAt;
  let next = bodyAt;
  for (const [n, size] of sizes.entries()) {
    next += size;
    if (size === 255 && n < segments - 1) continue;
    parts.push(bytes.subarray(partStart, next));
    partStart = next;
  }
  const granule = data.getBigInt64(6, true);
  const flags = bytes[5]!;
  const page = {
    serial: data.getUint32(14, true),
    sequence: data.getUint32(18, true),
    granule: granule < 0n ? undefined : Number(granule),
    isContinued: (flags & 1) !== 0,
    isFirst: (flags & 2) !== 0,
    isLast: (flags & 4) !== 0,
    parts,
    isEnded: sizes.at(-1) !== 255,
  };
  return { page, sizeBytes };
}

function crc32(bytes: Uint8Array): number {
  let crc = 0;
  for (const byte of bytes) crc = (crc << 8) ^ crcTable[(crc >>> 24) ^ byte]!;
  return crc >>> 0;
}

const crcTable = Int32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 24;
  for (let n = 0; n < 8; n++) crc = (crc << 1) ^ (crc < 0 ? 0x04c11db7 : 0);
  return crc;
});
