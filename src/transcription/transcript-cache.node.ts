import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { throwIfCancelled, UndertoneError } from "../shared/errors.ts";
import { fileError, openToRead, writeFileAtomically } from "../shared/files.node.ts";

const wordSchema = z.object({ text: z.string(), startSec: z.number(), endSec: z.number() });

const recordingSchema = z.object({
  durationSec: z.number(),
  utterances: z
    .array(
      z.object({
        startSec: z.number(),
        endSec: z.number(),
        text: z.string(),
        confidence: z.number(),
        language: z.string().exactOptional(),
        words: z.array(wordSchema).readonly().exactOptional(),
      }),
    )
    .readonly(),
  warnings: z.array(z.string()).readonly(),
});

/** What is said in a recording. */
export type RecordingTranscript = z.infer<typeof recordingSchema>;

/** Raised when the way from sound to words changes, so that no cache serves old ones. */
const transcriptVersion = 2;

interface CacheKey {
  /** Hash of the recording's file. */
  readonly content: string;
  /** Name of the recognizer. */
  readonly provider: string;
  readonly language: string | undefined;
}

/** A transcript, and why the next run has to make it again, if so. */
interface KeptTranscript {
  readonly transcript: RecordingTranscript;
  readonly warnings: readonly string[];
}

/**
 * Transcripts on disk, by the content of the audio file and what recognized it. Where nothing can be
 * kept, each is made anew.
 */
export class TranscriptCache {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** The transcript for this key, made where there is none or its file is damaged. */
  async get(
    key: CacheKey,
    transcribe: () => Promise<RecordingTranscript>,
  ): Promise<KeptTranscript> {
    const { content, provider, language = null } = key;
    const identity = JSON.stringify({ transcriptVersion, content, provider, language });
    const hash = createHash("sha256").update(identity).digest("hex");
    const path = join(this.#folder, hash.slice(0, 2), `${hash}.json`);
    const stored = parse(await readFile(path, "utf8").catch(() => ""));
    if (stored !== undefined) return { transcript: stored, warnings: [] };
    const transcript = await transcribe();
    try {
      await writeFileAtomically(path, `${JSON.stringify(transcript)}\n`);
      return { transcript, warnings: [] };
    } catch (error) {
      if (!(error instanceof UndertoneError)) throw error;
      return { transcript, warnings: [`The transcript is not kept. ${error.message}`] };
    }
  }
}

function parse(text: string): RecordingTranscript | undefined {
  try {
    return recordingSchema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/**
 * SHA-256 of a file, read piece by piece.
 * @throws UndertoneError `file-not-found`, `file-unreadable`, `cancelled`
 */
export async function hashFile(path: string, signal?: AbortSignal): Promise<string> {
  const hash = createHash("sha256");
  const file = await openToRead(path);
  try {
    for await (const chunk of file.createReadStream()) {
      throwIfCancelled(signal);
      hash.update(chunk);
    }
  } catch (error) {
    throw error instanceof UndertoneError ? error : fileError(path, error);
  }
  return hash.digest("hex");
}
