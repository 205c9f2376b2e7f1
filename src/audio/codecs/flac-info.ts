import { BitReader } from "./bits.ts";

/** What a stream says of itself; a length of 0 is unknown. */
export interface FlacStreamInfo {
  readonly sampleRate: number;
  readonly channels: number;
  readonly bitsPerSample: number;
  readonly blockLength: number;
  readonly length: number;
}

/** Returns a STREAMINFO block, which may stand behind `fLaC` and its own header; `undefined` where it is cut short. */
export function readStreamInfo(setup: Uint8Array): FlacStreamInfo | undefined {
  const at = setup[0] === 0x66 && setup[1] === 0x4c ? 8 : 0;
  if (setup.length < at + 18) return undefined;
  const reader = new BitReader(setup, 8 * (at + 10));
  const sampleRate = reader.unsigned(20);
  const channels = reader.unsigned(3) + 1;
  const bitsPerSample = reader.unsigned(5) + 1;
  const length = reader.unsigned(4) * 2 ** 32 + reader.unsigned(32);
  return {
    sampleRate,
    channels,
    bitsPerSample,
    blockLength: (setup[at]! << 8) | setup[at + 1]!,
    length,
  };
}
