import { readText } from "../datasets/table.ts";
import { wordInputs } from "../models/example.ts";
import type { Recipe } from "../recipes/recipe.ts";
import { UndertoneError } from "../shared/errors.ts";
import type { Vocabulary } from "../text/vocabulary.ts";
import type { ClipExample } from "./clip-example.ts";

/** Returns the sentences of a text file, one a line. @throws UndertoneError `dataset-invalid`, `file-not-found` */
export async function readSentences(path: string): Promise<string[]> {
  const lines = (await readText(path)).split(/\r?\n/).map((line) => line.trim());
  const sentences = lines.filter((line) => line !== "");
  if (sentences.length > 0) return sentences;
  throw new UndertoneError("dataset-invalid", `${path}: has no sentence. Write one a line.`);
}

/** Returns sentences as a text model takes them. */
export function sentenceExamples(
  sentences: readonly string[],
  vocabulary: Vocabulary,
  { words }: Recipe,
): ClipExample[] {
  return sentences.map((text, index) => {
    const id = String(index);
    const transcript = { text, confidence: 1 };
    return {
      id,
      label: 0,
      clip: { id, speakerId: id, emotion: "" },
      transcript,
      views: [wordInputs(vocabulary, transcript, words.length)],
    };
  });
}
