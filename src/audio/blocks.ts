/** A block of decoded audio: one array of samples in [-1, 1] for each channel, all of one length. */
export interface AudioBlock {
  readonly sampleRate: number;
  readonly channels: Float32Array[];
}

/** Options of a decoder: a sink for warnings, cancellation and the wanted rate. */
export interface DecodingContext {
  warn(message: string): void;
  readonly signal: AbortSignal | undefined;
  /** Target rate in Hz; a codec with several output rates decodes at this one. */
  readonly wantedHz?: number;
}

/** Returns blocks of samples as one array. */
export function concatenate(blocks: readonly Float32Array[]): Float32Array {
  const joined = new Float32Array(blocks.reduce((sum, block) => sum + block.length, 0));
  let offset = 0;
  for (const block of blocks) {
    joined.set(block, offset);
    offset += block.length;
  }
  return joined;
}

/**
 * Splits a stream of samples into blocks.
 * @yields blocks of exactly `length` samples, the last one shorter
 */
export async function* blocksOf(
  stream: AsyncIterable<Float32Array>,
  length: number,
): AsyncGenerator<Float32Array> {
  let block = new Float32Array(length);
  let filled = 0;
  for await (const samples of stream) {
    for (let taken = 0; taken < samples.length;) {
      const part = samples.subarray(taken, taken + length - filled);
      block.set(part, filled);
      filled += part.length;
      taken += part.length;
      if (filled === length) {
        yield block;
        block = new Float32Array(length);
        filled = 0;
      }
    }
  }
  if (filled > 0) yield block.subarray(0, filled);
}
