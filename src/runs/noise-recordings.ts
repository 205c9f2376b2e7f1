import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { withoutSilence } from "../audio/augmentation/recorded-noise.ts";
import { loadSource } from "../audio/load.node.ts";
import { bytesSource } from "../audio/source.ts";
import { listAudioFiles } from "../datasets/corpus-files.ts";
import { throwIfCancelled, UndertoneError } from "../shared/errors.ts";
import { fileError } from "../shared/files.node.ts";
import type { Logger, ProgressListener } from "../shared/logger.ts";
import { contentHash } from "./feature-cache.ts";
import type { RunInfo } from "./run-folder.ts";

/** Recordings of noise or music from some folders, without their silence. */
export interface NoiseRecordings {
  /** [folder][recording], mono, in memory that threads share */
  readonly samples: readonly (readonly Float32Array[])[];
  /** What a run records of them; nothing of the user's paths. */
  readonly record: NonNullable<RunInfo["noise"]>;
}

interface ReadOptions {
  /** Hz */
  readonly sampleRate: number;
  readonly onProgress: ProgressListener;
  readonly logger: Logger;
  readonly signal?: AbortSignal | undefined;
}

/** Of one recording; of music that is enough, and memory holds it. */
const longestSec = 60;
/** Of one folder: 460 MB at 16 kHz. */
const mostSec = 7200;

/**
 * Reads the recordings below each folder into memory: of each its first minute, of a folder the first two hours. Files that
 * cannot be read are reported and left out.
 * @throws UndertoneError `dataset-invalid` for a folder without sound, `file-not-found`, `cancelled`
 */
export async function readNoise(
  folders: readonly string[],
  options: ReadOptions,
): Promise<NoiseRecordings> {
  const read = [];
  for (const folder of folders) read.push(await readFolder(folder, options));
  return { samples: read.map(({ samples }) => samples), record: read.map(({ record }) => record) };
}

async function readFolder(folder: string, options: ReadOptions) {
  const { sampleRate, onProgress, logger, signal } = options;
  const corpus = basename(resolve(folder));
  const files = await listAudioFiles(folder);
  const samples: Float32Array[] = [];
  const hash = createHash("sha256");
  let seconds = 0;
  for (const [done, file] of files.entries()) {
    throwIfCancelled(signal);
    if (seconds >= mostSec) {
      logger.warn(`Noise ${corpus}: ${files.length - done} files after two hours are left out.`);
      break;
    }
    try {
      const { content, sound } = await readRecording(join(folder, file), sampleRate);
      if (sound.length === 0) continue;
      hash.update(content);
      samples.push(sound);
      seconds += sound.length / sampleRate;
    } catch (error) {
      if (!(error instanceof UndertoneError)) throw error;
      logger.warn(`${file} is left out of the noise. ${error.message}`);
    }
    onProgress({ label: `noise ${corpus}`, done: done + 1, total: files.length, unit: "files" });
  }
  if (samples.length === 0) {
    const message = `${folder}: holds no recording with sound. Name a folder of noise or music by --noise.`;
    throw new UndertoneError("dataset-invalid", message);
  }
  const minutes = (seconds / 60).toFixed(1);
  logger.info(`Noise ${corpus}: ${samples.length} recordings, ${minutes} minutes without silence.`);
  return { samples, record: { corpus, recordings: samples.length, sha256: hash.digest("hex") } };
}

async function readRecording(
  path: string,
  sampleRate: number,
): Promise<{ readonly content: string; readonly sound: Float32Array }> {
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw fileError(path, cause);
  });
  const section = { startSec: 0, endSec: longestSec };
  const source = { ...bytesSource(bytes), name: path };
  const { samples } = await loadSource(source, { sampleRate, section });
  const heard = withoutSilence(samples, sampleRate);
  const sound = new Float32Array(new SharedArrayBuffer(heard.byteLength));
  sound.set(heard);
  return { content: contentHash(bytes), sound };
}
