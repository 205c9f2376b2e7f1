import type { FileHandle } from "node:fs/promises";
import { UndertoneError, throwIfCancelled } from "../shared/errors.ts";
import { fileError, openToRead } from "../shared/files.node.ts";
import { blocksOf, concatenate } from "./blocks.ts";
import type { DecodingContext } from "./blocks.ts";
import { decodeBlocks } from "./decode.ts";
import { toMono } from "./mix.ts";
import { Resampler } from "./resample.ts";
import type { ByteSource } from "./source.ts";

/** A decoded recording: mono `samples` in [-1, 1] at one rate. */
export interface LoadedAudio {
  readonly samples: Float32Array;
  readonly sampleRate: number;
  readonly durationSec: number;
  readonly warnings: string[];
}

/** A recording as blocks of mono samples; each iteration decodes the file again. */
export interface AudioReading extends AsyncIterable<Float32Array> {
  readonly sampleRate: number;
  /** Complete after the iteration. */
  readonly warnings: readonly string[];
}

/**
 * Resolves to a recording of any supported format, mixed to mono and resampled.
 * @throws UndertoneError `file-not-found`, `file-unreadable`, `audio-unsupported`, `audio-corrupt`,
 * `audio-empty`, `cancelled`; the message names the file
 */
export async function loadAudio(
  path: string,
  options: { readonly sampleRate: number; readonly signal?: AbortSignal },
): Promise<LoadedAudio> {
  const warnings: string[] = [];
  const context = { signal: options.signal, warn: (message: string) => warnings.push(message) };
  const blocks: Float32Array[] = [];
  for await (const block of monoBlocks(path, options.sampleRate, context)) blocks.push(block);
  const samples = concatenate(blocks);
  const { sampleRate } = options;
  return { samples, sampleRate, durationSec: samples.length / sampleRate, warnings };
}

/**
 * Returns a recording of any length as mono blocks of `blockSec` seconds at `sampleRate`, the last one shorter, decoded in
 * bounded memory. Concatenated they equal the samples of `loadAudio`.
 * @throws UndertoneError while iterating, as `loadAudio`
 */
export function openAudio(
  path: string,
  options: {
    readonly sampleRate: number;
    readonly blockSec: number;
    readonly signal?: AbortSignal;
  },
): AudioReading {
  const { sampleRate, blockSec, signal } = options;
  const blockLength = Math.round(blockSec * sampleRate);
  if (!(blockLength >= 1)) {
    throw new RangeError(`openAudio: blockSec must be at least one sample long, got ${blockSec}`);
  }
  const warnings: string[] = [];
  return {
    sampleRate,
    warnings,
    [Symbol.asyncIterator]: () => {
      warnings.length = 0;
      const context = { signal, warn: (message: string) => warnings.push(message) };
      return blocksOf(monoBlocks(path, sampleRate, context), blockLength);
    },
  };
}

async function* monoBlocks(
  path: string,
  sampleRate: number,
  given: DecodingContext,
): AsyncGenerator<Float32Array> {
  const context = { ...given, wantedHz: sampleRate };
  throwIfCancelled(context.signal);
  let resampler: Resampler | undefined;
  const file = await openToRead(path);
  try {
    for await (const block of decodeBlocks(await fileSource(path, file), context)) {
      resampler ??= await Resampler.create(block.sampleRate, sampleRate);
      yield resampler.push(toMono(block.channels));
    }
    if (resampler) yield resampler.finish();
  } catch (error) {
    if (!(error instanceof UndertoneError) || error.path !== undefined) throw error;
    throw new UndertoneError(error.code, `${path}: ${error.message}`, { cause: error, path });
  } finally {
    resampler?.free();
    await file.close();
  }
}

/** Returns a source of the byte ranges of a file. */
async function fileSource(path: string, file: FileHandle): Promise<ByteSource> {
  const { size } = await file.stat();
  return {
    size,
    read: async (start, end) => {
      const length = Math.max(0, Math.min(end, size) - start);
      try {
        const { buffer, bytesRead } = await file.read(new Uint8Array(length), 0, length, start);
        return buffer.subarray(0, bytesRead);
      } catch (cause) {
        throw fileError(path, cause);
      }
    },
  };
}
