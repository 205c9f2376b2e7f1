import { isRecorded } from "../datasets/manifest.ts";
import { UndertoneError, throwIfCancelled } from "../shared/errors.ts";
import type { Material, Transcript } from "./material.ts";
import type { Recipe } from "./recipe.ts";
import type { RunOptions } from "./training-request.ts";

/**
 * Gives each utterance the words that the recipe asks for: the corpus's own, or what a provider of
 * speech-to-text usesAudio. A recording that cannot be transcribed is reported and keeps no words.
 * @throws UndertoneError `dataset-invalid` for an utterance without words of its own, `cancelled`
 */
export async function gatherTranscripts(
  materials: readonly Material[],
  recipe: Recipe,
  options: RunOptions,
): Promise<Material[]> {
  const { transcripts } = recipe.words;
  if (transcripts === "corpus") return materials.map(written);
  const { openTranscriber, onProgress, logger, signal } = options;
  const transcriber = await openTranscriber(transcripts);
  const heard: Material[] = [];
  try {
    for (const material of materials) {
      throwIfCancelled(signal);
      const { utterance } = material;
      let transcript: Transcript = { text: "", confidence: 0 };
      try {
        if (!isRecorded(utterance)) throw noRecording(utterance.id);
        transcript = await transcriber.transcribe(utterance.path, signal);
      } catch (error) {
        if (!(error instanceof UndertoneError) || !error.code.startsWith("audio-")) throw error;
        logger.warn(`${utterance.id} keeps no words. ${error.message}`);
      }
      heard.push({ ...material, transcript });
      onProgress({
        label: "transcripts",
        done: heard.length,
        total: materials.length,
        unit: "clips",
      });
    }
  } finally {
    await transcriber.close();
  }
  return heard;
}

function written(material: Material): Material {
  const { id, transcript } = material.utterance;
  if (transcript !== undefined) {
    return { ...material, transcript: { text: transcript, confidence: 1 } };
  }
  throw new UndertoneError(
    "dataset-invalid",
    `${id} has no words in this corpus. Add a column transcript, or set words.transcripts in the ` +
      "recipe to a provider of speech-to-text such as moonshine-base.",
  );
}

function noRecording(id: string): UndertoneError {
  return new UndertoneError(
    "dataset-invalid",
    `${id} is a text without a recording. Set words.transcripts in the recipe to "corpus".`,
  );
}
