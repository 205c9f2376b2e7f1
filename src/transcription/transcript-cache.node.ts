import { createHash } from "node:crypto";
import { chmod, readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { chunksOf, type ByteSource } from "../audio/source.ts";
import { throwIfCancelled } from "../shared/errors.ts";
import { privateMode, writePrivateFile } from "../shared/files.node.ts";
import type { RecordingTranscript } from "./transcript.ts";
import type { TranscriptKey, TranscriptStore } from "./transcript-store.ts";

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
        channel: z.number().exactOptional(),
        speaker: z.string().exactOptional(),
        language: z.string().exactOptional(),
        words: z.array(wordSchema).readonly().exactOptional(),
      }),
    )
    .readonly(),
  channels: z.number().exactOptional(),
  warnings: z.array(z.string()).readonly(),
});

/** Raised when the way from samples to words changes, so that no cache serves old transcripts. */
const transcriptVersion = 5;

/** Transcripts on disk, readable by the user alone, by the content of the audio file and what transcribed it. */
export class TranscriptCache implements TranscriptStore {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  hash(source: ByteSource, signal?: AbortSignal): Promise<string> {
    return hashSource(source, signal);
  }

  /** Resolves to `undefined` if there is no transcript for this key, or its file is damaged. */
  async find(key: TranscriptKey): Promise<RecordingTranscript | undefined> {
    const text = await readFile(this.#pathOf(key), "utf8").catch(() => "");
    try {
      return recordingSchema.parse(JSON.parse(text));
    } catch {
      return undefined;
    }
  }

  /** @throws UndertoneError `disk-full` or `file-unreadable` */
  async keep(key: TranscriptKey, transcript: RecordingTranscript): Promise<void> {
    await writePrivateFile(this.#pathOf(key), `${JSON.stringify(transcript)}\n`);
    // Earlier versions left the folder open to others; one that belongs to someone else stays as it is.
    await chmod(this.#folder, privateMode.folder).catch(() => undefined);
  }

  #pathOf(key: TranscriptKey): string {
    const { content, transcriber: provider, language, channels, track, section } = key;
    const { turns, only, roles } = key;
    const identity = JSON.stringify({
      transcriptVersion,
      content,
      provider,
      language: language ?? null,
      channels: channels ?? "auto",
      track,
      section,
      turns,
      only,
      roles,
    });
    const hash = createHash("sha256").update(identity).digest("hex");
    return join(this.#folder, hash.slice(0, 2), `${hash}.json`);
  }
}

/**
 * Returns the SHA-256 of all bytes, in hexadecimal.
 * @throws UndertoneError `file-unreadable`, `cancelled`
 */
async function hashSource(source: ByteSource, signal?: AbortSignal): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of chunksOf(source, 0, 2 ** 20)) {
    throwIfCancelled(signal);
    hash.update(chunk);
  }
  return hash.digest("hex");
}
