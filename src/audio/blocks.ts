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
