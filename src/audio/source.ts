/** Bytes of known size that can be read by range: a buffer or a file. */
export interface ByteSource {
  readonly size: number;
  /** Resolves to the bytes [start, end), fewer where the source is shorter than `size`. */
  read(start: number, end: number): Promise<Uint8Array>;
}

/** Bytes of a sound file, and what to call it in messages. */
export interface SoundSource extends ByteSource {
  readonly name?: string | undefined;
  /** Where they stand, if that is a file. */
  readonly path?: string | undefined;
}

/** Samples that can be read by range. */
export interface SampleSource {
  /** Hz */
  readonly sampleRate: number;
  /** Of each channel, in samples. */
  readonly length: number;
  /** Resolves to samples [start, end) of each channel. */
  read(start: number, end: number): Promise<readonly Float32Array[]>;
}

/** Smaller files are read in one go, so that hashing and decoding them reads the disk once. */
export const smallBytes = 2 ** 24;

/** Returns a source of bytes in memory; reads are views. */
export function bytesSource(bytes: Uint8Array): ByteSource {
  return {
    size: bytes.length,
    read: (start, end) => Promise.resolve(bytes.subarray(start, end)),
  };
}

/**
 * Reads a source from `start` to its end.
 * @yields chunks of `chunkSize` bytes, the last one shorter
 */
export async function* chunksOf(
  source: ByteSource,
  start: number,
  chunkSize: number,
): AsyncGenerator<Uint8Array> {
  for (let position = start; position < source.size; position += chunkSize) {
    const chunk = await source.read(position, Math.min(position + chunkSize, source.size));
    if (chunk.length === 0) return;
    yield chunk;
  }
}

/** Returns the source with read-ahead of `windowSize` bytes, for many small sequential reads. */
export function buffered(source: ByteSource, windowSize: number): ByteSource {
  let window: Uint8Array = new Uint8Array();
  let windowStart = 0;
  return {
    size: source.size,
    read: async (start, end) => {
      if (start < windowStart || end > windowStart + window.length) {
        const windowEnd = Math.min(source.size, Math.max(end, start + windowSize));
        window = await source.read(start, windowEnd);
        windowStart = start;
      }
      return window.subarray(start - windowStart, end - windowStart);
    },
  };
}
