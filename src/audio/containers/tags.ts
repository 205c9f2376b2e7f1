import { latin1 } from "./read.ts";

/** Returns the size of an ID3 tag of version 2 with its header and footer; 0 where there is none. */
export function id3Size(bytes: Uint8Array): number {
  if (bytes.length < 10 || latin1(bytes.subarray(0, 3)) !== "ID3") return 0;
  const [a, b, c, d] = bytes.subarray(6, 10);
  const footer = bytes[5]! & 0x10 ? 10 : 0;
  return 10 + footer + ((a! & 127) << 21) + ((b! & 127) << 14) + ((c! & 127) << 7) + (d! & 127);
}

/** Returns the size of a tag that starts here, of ID3, APE or Lyrics3; 0 where there is none. */
export function tagSize(bytes: Uint8Array): number {
  const first = bytes[0];
  if (first === 0x49) return id3Size(bytes);
  if (first === 0x54 && latin1(bytes.subarray(0, 3)) === "TAG") return 128;
  if (first === 0x41 && latin1(bytes.subarray(0, 8)) === "APETAGEX" && bytes.length >= 24) {
    const size = new DataView(bytes.buffer, bytes.byteOffset).getUint32(12, true);
    return 32 + (bytes[23]! & 0x20 ? size : 0);
  }
  return 0;
}

/** Returns how many bytes lie before the next one that may start a frame. */
export function stepToSync(bytes: Uint8Array): number {
  const found = bytes.indexOf(0xff, 1);
  return found < 0 ? bytes.length : found;
}
