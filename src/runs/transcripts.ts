import { isRecorded } from "../datasets/manifest.ts";
import type { Transcript } from "../models/example.ts";
import type { Recipe } from "../recipes/recipe.ts";
import { UndertoneError, throwIfCancelled } from "../shared/errors.ts";
import type { ClipExample } from "./clip-example.ts";
import type { RunOptions } from "./training-request.ts";

/**
 * Adds to each example the words that the recipe asks for: the corpus's own, or a speech-to-text provider's. A
 * recording that cannot be transcribed is reported and has no words.
 * @throws UndertoneError `dataset-invalid` for an utterance without words of its own, `cancelled`
 */
export async function withTranscripts(
  examples: readonly ClipExample[],
  recipe: Recipe,
  options: RunOptions,
): Promise<ClipExample[]> {
  const { transcripts } = recipe.words;
  if (transcripts === "corpus") return examples.map(withOwnWords);
  const { openTranscriber, onProgress, logger, signal } = options;
  const transcriber = await openTranscriber(transcripts);
  const transcribed: ClipExample[] = [];
  try {
    for (const example of examples) {
      throwIfCancelled(signal);
      const { clip } = example;
      let transcript: Transcript = { text: "", confidence: 0 };
      try {
        if (!isRecorded(clip)) throw noRecording(clip.id);
        if (clip.segment) throw partOnly(clip.id);
        transcript = await transcriber.transcribe(clip.path, signal);
      } catch (error) {
        if (!(error instanceof UndertoneError) || !error.code.startsWith("audio-")) throw error;
        logger.warn(`${clip.id} has no words. ${error.message}`);
      }
      transcribed.push({ ...example, transcript });
      const [done, total] = [transcribed.length, examples.length];
      onProgress({ label: "transcripts", done, total, unit: "clips" });
    }
  } finally {
    await transcriber.close();
  }
  return transcribed;
}

function withOwnWords(example: ClipExample): ClipExample {
  const { id, transcript } = example.clip;
  if (transcript !== undefined) {
    return { ...example, transcript: { text: transcript, confidence: 1 } };
  }
  throw new UndertoneError(
    "dataset-invalid",
    `${id} has no words in this corpus. Add a column transcript, or give words.transcripts in the ` +
      "recipe a speech-to-text provider, as by --set words.transcripts=moonshine-base.",
  );
}

function partOnly(id: string): UndertoneError {
  return new UndertoneError(
    "dataset-invalid",
    `${id} is a part of a recording, which is not transcribed. Add a column transcript, or cut the recording into files.`,
  );
}

function noRecording(id: string): UndertoneError {
  return new UndertoneError(
    "dataset-invalid",
    `${id} is a text without a recording. Set words.transcripts in the recipe to "corpus".`,
  );
}
