import type { FileHandle } from "node:fs/promises";
import { UndertoneError } from "../shared/errors.ts";
import { fileError, openToRead } from "../shared/files.node.ts";
import { concatenate } from "./blocks.ts";
import type { ReadOptions } from "./read-channels.ts";
import { readFileMono } from "./read-file.node.ts";
import { bytesSource, smallBytes, type SoundSource } from "./source.ts";

/** A recording as the models take it: mono `samples` at one rate. */
export interface LoadedAudio {
  readonly samples: Float32Array;
  readonly sampleRate: number;
  readonly durationSec: number;
  readonly warnings: readonly string[];
}

/** Longer ones would not fit into memory beside the rest: they are read block by block. */
const longestSec = 7200;

/**
 * Loads a recording of any supported format, mixed to mono and resampled, into memory.
 * @throws UndertoneError `file-not-found`, `file-unreadable`, `audio-unsupported`, `audio-corrupt`, `audio-empty`,
 * `audio-too-large` above two hours, `cancelled`; the message names the file
 */
export async function loadAudio(path: string, options: ReadOptions): Promise<LoadedAudio> {
  const source = await openFile(path);
  try {
    return await loadSource(source, options);
  } finally {
    await source.close();
  }
}

/** A file, by its path and its bytes. */
interface NamedSource extends SoundSource {
  readonly name: string;
}

/** Loads a file whose bytes are at hand. @throws UndertoneError as `loadAudio` */
export async function loadSource(source: NamedSource, options: ReadOptions): Promise<LoadedAudio> {
  const { sampleRate } = options;
  const reading = readFileMono(source, options);
  const blocks: Float32Array[] = [];
  let left = longestSec * sampleRate;
  for await (const block of reading) {
    left -= block.length;
    if (left < 0) throw tooLong(source.name);
    blocks.push(block);
  }
  const samples = concatenate(blocks);
  return {
    samples,
    sampleRate,
    durationSec: samples.length / sampleRate,
    warnings: reading.warnings,
  };
}

const tooLong = (name: string): UndertoneError =>
  new UndertoneError(
    "audio-too-large",
    `${name}: is longer than ${longestSec / 3600} hours. Split it.`,
  );

/** A file that is open until it is closed. */
export interface FileSource extends NamedSource {
  close(): Promise<void>;
}

/**
 * Opens a sound file for `readMono`.
 * @throws UndertoneError `file-not-found`, `file-unreadable`
 */
export async function openFile(path: string): Promise<FileSource> {
  const file = await openToRead(path);
  try {
    const { size } = await file.stat();
    if (size > smallBytes) {
      const read = (start: number, end: number): Promise<Uint8Array> =>
        readRange(path, file, { start, end: Math.min(end, size) });
      return { name: path, path, size, read, close: () => file.close() };
    }
    const bytes = await readRange(path, file, { start: 0, end: size });
    await file.close();
    return { name: path, path, ...bytesSource(bytes), close: async () => {} };
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function readRange(
  path: string,
  file: FileHandle,
  { start, end }: { readonly start: number; readonly end: number },
): Promise<Uint8Array> {
  const length = Math.max(0, end - start);
  try {
    const { buffer, bytesRead } = await file.read(new Uint8Array(length), 0, length, start);
    return buffer.subarray(0, bytesRead);
  } catch (cause) {
    throw fileError(path, cause);
  }
}
