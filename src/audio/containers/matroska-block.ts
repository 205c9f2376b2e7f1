import { variableInteger } from "./ebml.ts";
import type { Encoding } from "./matroska-track.ts";

/** How the packets of a block are told apart, by bits of its flags. */
const lacings = { none: 0, xiph: 1, fixed: 2, ebml: 3 } as const;

/** Returns the packets of a block whose flags are at `at`; `undefined` for a lacing that is damaged. */
export function packetsOfBlock(block: Uint8Array, at: number): Uint8Array[] | undefined {
  const lacing = (block[at]! >> 1) & 3;
  let next = at + 1;
  if (lacing === lacings.none) return [block.subarray(next)];
  const count = (block[next++] ?? 0) + 1;
  const sizes: number[] = [];
  while (sizes.length < count - 1) {
    if (lacing === lacings.fixed) {
      sizes.push(Math.floor((block.length - next) / count));
    } else if (lacing === lacings.xiph) {
      let size = 0;
      while (block[next] === 255) size += block[next++]!;
      sizes.push(size + (block[next++] ?? 0));
    } else {
      const coded = variableInteger(block, next);
      if (!coded) return undefined;
      next += coded.length;
      const bias = 2 ** (7 * coded.length - 1) - 1;
      sizes.push(sizes.length === 0 ? coded.value : sizes.at(-1)! + coded.value - bias);
    }
  }
  const packets: Uint8Array[] = [];
  for (const size of sizes) {
    if (size < 0 || next + size > block.length) return undefined;
    packets.push(block.subarray(next, next + size));
    next += size;
  }
  return [...packets, block.subarray(next)].filter((packet) => packet.length > 0);
}

/** Bits of an encoding's scope. */
const scopes = { block: 1, setup: 2 } as const;
/** Of one of the up to 256 packets of a block. */
const mostInflatedBytes = 1 << 18;

/** Undoes what was done to a packet or to a codec's setup; `undefined` where that fails. */
export async function decodeBlockData(
  data: Uint8Array,
  encodings: readonly Encoding[],
  kind: keyof typeof scopes,
): Promise<Uint8Array | undefined> {
  let decoded: Uint8Array | undefined = data;
  for (const { scope, algorithm, settings } of encodings.toReversed()) {
    if (!decoded || !(scope & scopes[kind])) continue;
    if (algorithm === "stripped") {
      const whole: Uint8Array = new Uint8Array(settings.length + decoded.length);
      whole.set(settings);
      whole.set(decoded, settings.length);
      decoded = whole;
    } else {
      decoded = await inflate(decoded).catch(() => undefined);
    }
  }
  return decoded;
}

async function inflate(data: Uint8Array): Promise<Uint8Array> {
  const stream = new Blob([data.slice()]).stream().pipeThrough(new DecompressionStream("deflate"));
  const parts: Uint8Array[] = [];
  let size = 0;
  const reader = stream.getReader();
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    size += next.value.length;
    if (size > mostInflatedBytes) throw new Error("a block of Matroska is too large");
    parts.push(next.value);
  }
  const whole = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
