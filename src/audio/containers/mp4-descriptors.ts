/** Tags of MPEG-4 descriptors, ISO/IEC 14496-1. */
const tags = { es: 3, decoderConfig: 4, decoderSpecific: 5 } as const;

/** What an `esds` box, or a cookie of Apple's AAC, says of the stream. */
interface StreamDescription {
  /** 0x40 and 0x66 to 0x68 are AAC, 0x69 and 0x6b MPEG audio. */
  readonly objectType: number;
  readonly setup: Uint8Array | undefined;
}

/** Returns what an elementary stream descriptor holds; `undefined` where it is not one. */
export function streamDescription(bytes: Uint8Array): StreamDescription | undefined {
  let objectType: number | undefined;
  let setup: Uint8Array | undefined;
  let at = 0;
  while (at + 2 <= bytes.length) {
    const tag = bytes[at++]!;
    let size = 0;
    for (let n = 0; n < 4; n++) {
      const byte = bytes[at++] ?? 0;
      size = size * 128 + (byte & 127);
      if (!(byte & 0x80)) break;
    }
    if (tag === tags.es) {
      const flags = bytes[at + 2] ?? 0;
      at += 3 + (flags & 0x80 ? 2 : 0) + (flags & 0x40 ? 1 + (bytes[at + 3] ?? 0) : 0);
      at += flags & 0x20 ? 2 : 0;
    } else if (tag === tags.decoderConfig) {
      objectType = bytes[at];
      at += 13;
    } else if (tag === tags.decoderSpecific) {
      setup = bytes.slice(at, at + size);
      at += size;
    } else {
      at += size;
    }
  }
  return objectType === undefined ? undefined : { objectType, setup };
}

/** Returns the AudioSpecificConfig in a cookie, which may be the config itself. */
export function audioSpecificConfig(cookie: Uint8Array): Uint8Array {
  return (cookie.length > 8 ? streamDescription(cookie)?.setup : undefined) ?? cookie;
}
