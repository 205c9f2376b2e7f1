/** A text, or bytes. */
export type Part = string | Uint8Array | readonly number[];

/** Writes numbers and texts one behind another. */
export const joined = (...parts: readonly Part[]): Uint8Array => {
  const bytes = parts.map((part) =>
    typeof part === "string" ? new TextEncoder().encode(part) : Uint8Array.from(part),
  );
  const whole = new Uint8Array(bytes.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of bytes) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
};

/** The bytes of a number, the highest first. */
export const big = (value: number, size: number): number[] =>
  Array.from({ length: size }, (_, n) => Math.floor(value / 256 ** (size - 1 - n)) % 256);

/** The bytes of a number, the lowest first. */
export const little = (value: number, size: number): number[] => big(value, size).toReversed();

/** A box of MP4. */
export const box = (type: string, ...body: readonly Part[]): Uint8Array => {
  const content = joined(...body);
  return joined(big(content.length + 8, 4), type, content);
};

/** An element of Matroska; its id has its marker. */
export const element = (id: number, ...body: readonly Part[]): Uint8Array => {
  const content = joined(...body);
  const idBytes = Math.ceil(Math.log2(id + 1) / 8);
  return joined(big(id, idBytes), [0x08], big(content.length, 4), content);
};

function crcTable(polynomial: number, bits: number): Uint32Array {
  const top = 2 ** (bits - 1);
  return Uint32Array.from({ length: 256 }, (_, byte) => {
    let crc = byte * 2 ** (bits - 8);
    for (let n = 0; n < 8; n++) {
      crc = crc >= top ? ((((crc - top) * 2) ^ polynomial) >>> 0) % 2 ** bits : crc * 2;
    }
    return crc;
  });
}

/** A checksum from the highest bit on, from 0. */
export const checksum = (polynomial: number, bits: number) => {
  const table = crcTable(polynomial, bits);
  return (bytes: Uint8Array): number => {
    let crc = 0;
    for (const byte of bytes) {
      const high = Math.floor(crc / 2 ** (bits - 8));
      crc = (((crc % 2 ** (bits - 8)) * 256) ^ table[(high ^ byte) & 255]!) >>> 0;
    }
    return crc;
  };
};

const oggChecksum = checksum(0x04c11db7, 32);

interface PageOptions {
  readonly serial?: number;
  readonly sequence: number;
  readonly granule: number;
  /** 1 continued, 2 first, 4 last. */
  readonly flags?: number;
  /** Whether the last packet goes on in the next page. */
  readonly isOpen?: boolean;
}

/** A page of Ogg with whole packets of less than 255 bytes, or with one that is open. */
export function oggPage(
  packets: readonly Uint8Array[],
  { serial = 1, sequence, granule, flags = 0, isOpen = false }: PageOptions,
): Uint8Array {
  const lacing = packets.flatMap(({ length }, n) => {
    const full = Array<number>(Math.floor(length / 255)).fill(255);
    return isOpen && n === packets.length - 1 ? full : [...full, length % 255];
  });
  const head = joined(
    "OggS",
    [0, flags],
    little(granule, 8),
    little(serial, 4),
    little(sequence, 4),
    [0, 0, 0, 0, lacing.length],
    lacing,
  );
  const page = joined(head, ...packets);
  page.set(little(oggChecksum(page), 4), 22);
  return page;
}

/** Collects bits, the lowest first as in Vorbis. */
export class BitWriter {
  readonly #bits: number[] = [];

  put(value: number, count: number): this {
    for (let n = 0; n < count; n++) this.#bits.push(Math.floor(value / 2 ** n) % 2);
    return this;
  }

  bytes(): Uint8Array {
    const bytes = new Uint8Array(Math.ceil(this.#bits.length / 8));
    for (const [n, bit] of this.#bits.entries()) bytes[n >> 3]! |= bit << (n & 7);
    return bytes;
  }
}
