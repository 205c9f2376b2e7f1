import type { SoundSource } from "../audio/read-mono.ts";
import { bytesSource } from "../audio/source.ts";
import { fetchFile, type FetchOptions } from "./fetch-file.ts";

/** Mono samples, -1 to 1. */
export interface Samples {
  readonly samples: Float32Array;
  /** Hz */
  readonly sampleRate: number;
}

/** A sound file: a `File` or `Blob`, its bytes, or its address. */
export type SoundFile = Blob | ArrayBuffer | Uint8Array | URL | string;

/**
 * Opens a sound file; a blob is read piece by piece.
 * @throws TypeError for anything else
 * @throws UndertoneError `network-failed`, `cancelled`
 */
export async function openSound(sound: SoundFile, options: FetchOptions): Promise<SoundSource> {
  if (sound instanceof Blob) return blobSource(sound);
  if (sound instanceof ArrayBuffer) return bytesSource(new Uint8Array(sound));
  if (sound instanceof Uint8Array) return bytesSource(sound);
  if (typeof sound === "string" || sound instanceof URL) {
    const name = String(sound);
    return { ...bytesSource(await fetchFile(name, options)), name };
  }
  throw new TypeError(
    "analyze: takes a File, Blob, ArrayBuffer, Uint8Array, URL or { samples, sampleRate }",
  );
}

function blobSource(blob: Blob): SoundSource {
  return {
    size: blob.size,
    name: blob instanceof File ? blob.name : undefined,
    read: async (start, end) => new Uint8Array(await blob.slice(start, end).arrayBuffer()),
  };
}
