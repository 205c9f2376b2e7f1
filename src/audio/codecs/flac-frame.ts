/** What a frame's header says; `undefined` where it leaves it to STREAMINFO. */
export interface FlacFrameHeader {
  readonly hasVariableSize: boolean;
  /** Number of the frame, or of its first sample in a stream of variable block size. */
  readonly number: number;
  readonly blockLength: number;
  readonly sampleRate: number | undefined;
  /** 0 to 7: so many channels and one more; 8 to 10: left and side, side and right, mid and side. */
  readonly assignment: number;
  readonly bitsPerSample: number | undefined;
  readonly sizeBytes: number;
}

const sampleRates = [
  88_200, 176_400, 192_000, 8000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000, 96_000,
] as const;
const bitDepths = [undefined, 8, 12, undefined, 16, 20, 24, 32] as const;

/**
 * Returns the frame header at `at`; `undefined` where there is none, by its sync code and checksum.
 * @see RFC 9639, section 9.1
 */
export function readFlacFrameHeader(bytes: Uint8Array, at: number): FlacFrameHeader | undefined {
  if (bytes[at] !== 0xff || (bytes[at + 1]! & 0xfe) !== 0xf8 || bytes.length < at + 6) {
    return undefined;
  }
  const lengthCode = bytes[at + 2]! >> 4;
  const rateCode = bytes[at + 2]! & 15;
  const assignment = bytes[at + 3]! >> 4;
  const depthCode = (bytes[at + 3]! >> 1) & 7;
  if (lengthCode === 0 || rateCode === 15 || assignment > 10 || depthCode === 3) return undefined;
  let next = at + 4;
  const first = bytes[next++]!;
  const following = first < 0x80 ? 0 : Math.clz32(~(first << 24)) - 1;
  if (first >= 0x80 && (following < 1 || following > 6)) return undefined;
  let number = following === 0 ? first : first & (0x3f >> following);
  for (let n = 0; n < following; n++) number = number * 64 + (bytes[next++]! & 0x3f);
  let blockLength = 256 << (lengthCode - 8);
  if (lengthCode === 1) blockLength = 192;
  else if (lengthCode < 6) blockLength = 576 << (lengthCode - 2);
  else if (lengthCode === 6) blockLength = bytes[next++]! + 1;
  else if (lengthCode === 7) blockLength = ((bytes[next++]! << 8) | bytes[next++]!) + 1;
  let sampleRate: number | undefined = sampleRates[rateCode - 1];
  if (rateCode === 12) sampleRate = bytes[next++]! * 1000;
  else if (rateCode > 12) {
    sampleRate = ((bytes[next++]! << 8) | bytes[next++]!) * (rateCode === 14 ? 10 : 1);
  }
  if (next >= bytes.length || crc8(bytes, at, next) !== bytes[next]) return undefined;
  return {
    hasVariableSize: (bytes[at + 1]! & 1) === 1,
    number,
    blockLength,
    sampleRate,
    assignment,
    bitsPerSample: bitDepths[depthCode],
    sizeBytes: next + 1 - at,
  };
}

/** Its header and checksum. */
const leastFrameBytes = 8;

/** Whether the bytes end with the checksum of a frame. */
export function isWholeFlacFrame(frame: Uint8Array): boolean {
  return frame.length > leastFrameBytes && crc16(frame) === 0;
}

function crc8(bytes: Uint8Array, from: number, to: number): number {
  let crc = 0;
  for (let n = from; n < to; n++) crc = crc8Table[crc ^ bytes[n]!]!;
  return crc;
}

function crc16(bytes: Uint8Array): number {
  let crc = 0;
  for (let n = 0; n < bytes.length; n++) {
    crc = ((crc << 8) & 0xffff) ^ crc16Table[(crc >> 8) ^ bytes[n]!]!;
  }
  return crc;
}

const crc8Table = Uint8Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let n = 0; n < 8; n++) crc = (crc << 1) ^ (crc & 0x80 ? 0x107 : 0);
  return crc;
});

const crc16Table = Uint16Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 8;
  for (let n = 0; n < 8; n++) crc = (crc << 1) ^ (crc & 0x8000 ? 0x18005 : 0);
  return crc;
});
