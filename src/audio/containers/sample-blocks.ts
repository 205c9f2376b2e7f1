import type { CodecParameters } from "../codecs/codec.ts";
import type { ByteSource } from "../source.ts";
import type { PacketGroup } from "./container.ts";

/** Where the samples of a file without packets lie, and what they are in. */
export interface SampleData {
  readonly codec: CodecParameters;
  readonly start: number;
  /** It may be beyond the end of the file, or infinite where the file does not say it. */
  readonly end: number;
  /** Bytes that are decoded together: a frame of PCM, a block of ADPCM. */
  readonly blockBytes: number;
  /** Samples of each channel in a block. */
  readonly blockLength: number;
  /** Samples of each channel in all, where the file says it: the last block may be padded. */
  readonly length?: number | undefined;
}

const bytesAtOnce = 1 << 18;

/**
 * Reads samples by ranges.
 * @yields groups with one packet: whole frames of PCM, else one block
 */
export async function* sampleBlocks(
  source: ByteSource,
  data: SampleData,
): AsyncGenerator<PacketGroup> {
  const { codec, start, blockBytes, blockLength, length } = data;
  const end = Math.min(data.end, source.size);
  const step = Math.max(1, Math.floor(bytesAtOnce / blockBytes)) * blockBytes;
  const isPcm = blockLength === 1;
  const endSec = length === undefined ? undefined : length / codec.sampleRate;
  for (let position = start; position < end; position += step) {
    const bytes = await source.read(position, Math.min(position + step, end));
    const whole = bytes.length - (bytes.length % blockBytes);
    const packets: Uint8Array[] = [];
    if (isPcm) packets.push(bytes.subarray(0, whole));
    else {
      for (let at = 0; at < bytes.length; at += blockBytes) {
        packets.push(bytes.subarray(at, at + blockBytes));
      }
    }
    if (bytes.length === 0) return;
    yield { packets, ...(endSec !== undefined && !isPcm && { endSec, isLast: true }) };
  }
}

/** Seconds of samples that the file promises; `undefined` where it does not say its size. */
export function promisedSecOf({ codec, start, end, blockBytes, blockLength, length }: SampleData) {
  if (end === Infinity) return undefined;
  const samples = Math.floor((end - start) / blockBytes) * blockLength;
  return (length ?? samples) / codec.sampleRate;
}
