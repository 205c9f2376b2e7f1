import { readdir, readFile, stat } from "node:fs/promises";
import { basename, dirname, extname, join } from "node:path";
import { isAudioName } from "../audio/extensions.ts";
import { openFile } from "../audio/load.node.ts";
import { readFileMono } from "../audio/read-file.node.ts";
import { diarize, type SpeakerEmbedding } from "../diarization/diarize.ts";
import { diarizationErrors, type DiarizationErrors } from "../evaluation/diarization.ts";
import { UndertoneError } from "../shared/errors.ts";
import { fileError } from "../shared/files.node.ts";
import { parseRttm } from "../shared/rttm.ts";
import type { Turn } from "../shared/turns.ts";

/** A recording, and who speaks when in it. */
export interface ReferenceRecording {
  readonly file: string;
  readonly turns: readonly Turn[];
}

/** One recording, diarized and scored. */
export interface DiarizedRecording {
  readonly file: string;
  readonly speakers: { readonly reference: number; readonly found: number };
  /** All of it, and without 0.25 s on each side of each edge of a reference turn. */
  readonly errors: { readonly all: DiarizationErrors; readonly collar: DiarizationErrors };
}

/** The customary collar. */
const collarSec = 0.25;

/**
 * Returns the recordings that RTTM files, or those in folders, are references for. Each lies beside its RTTM file and has the name under
 * which that has its turns.
 * @throws UndertoneError `dataset-invalid`, `file-not-found`, `file-unreadable`
 */
export async function findReferences(paths: readonly string[]): Promise<ReferenceRecording[]> {
  const files = (await Promise.all(paths.map(rttmFilesAt))).flat();
  const found: ReferenceRecording[] = [];
  const folders = new Map<string, ReadonlyMap<string, string>>();
  for (const file of files) {
    const recordings = parseRttm(await readFile(file, "utf8"), file);
    const folder = dirname(file);
    const names = folders.get(folder) ?? (await recordingsIn(folder));
    folders.set(folder, names);
    for (const [name, turns] of recordings) {
      const own = names.get(name);
      if (own === undefined) {
        const message = `${file}: has turns of ${name}, whose recording is not beside it.`;
        throw new UndertoneError("file-not-found", message, { path: file });
      }
      found.push({ file: join(folder, own), turns });
    }
  }
  return found;
}

/** The recordings of a folder, by their names with and without extension; the first of several counts. */
async function recordingsIn(folder: string): Promise<Map<string, string>> {
  const names = (await readdir(folder)).filter(isAudioName);
  const pairs = names.flatMap((name) => [
    [name, name] as const,
    [basename(name, extname(name)), name] as const,
  ]);
  return new Map(pairs.toReversed());
}

async function rttmFilesAt(path: string): Promise<string[]> {
  const info = await stat(path).catch((cause: unknown) => {
    throw fileError(path, cause);
  });
  if (info.isFile()) return [path];
  const names = (await readdir(path)).filter((name) => /\.rttm$/i.test(name)).toSorted();
  if (names.length > 0) return names.map((name) => join(path, name));
  throw new UndertoneError("file-not-found", `${path}: holds no .rttm files.`, { path });
}

interface DiarizationTestOptions {
  /** How many speak; by default that is found. */
  readonly speakers?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Diarizes a recording and scores the turns. @throws UndertoneError what reading it throws, `cancelled` */
export async function testDiarization(
  { file, turns }: ReferenceRecording,
  encoder: SpeakerEmbedding,
  { speakers, signal }: DiarizationTestOptions,
): Promise<DiarizedRecording> {
  const reference = countSpeakers(turns);
  const source = await openFile(file);
  try {
    const blocks = readFileMono(source, { sampleRate: encoder.card.sampleRate, signal });
    const hypothesis = await diarize(blocks, encoder, { speakers, signal });
    return {
      file,
      speakers: { reference, found: countSpeakers(hypothesis) },
      errors: {
        all: diarizationErrors(turns, hypothesis),
        collar: diarizationErrors(turns, hypothesis, { collarSec }),
      },
    };
  } finally {
    await source.close();
  }
}

const countSpeakers = (turns: readonly Turn[]): number =>
  new Set(turns.map(({ speaker }) => speaker)).size;
