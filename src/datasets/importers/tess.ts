import { parseLabel } from "../../shared/labels.ts";
import { type NamedImporter, stemOf } from "./importer.ts";

// One file of the corpus is named OA_bite_neutral.
const name = /^(OA|YA)F?_([a-z]+)_(angry|disgust|fear|happy|neutral|sad|ps|pleasant_surprised?)$/i;

/**
 * TESS, two women and 200 words: `OAF_back_angry.wav`, `YAF_dog_ps.wav`.
 * @see https://doi.org/10.5683/SP2/E8H2MF
 */
export const tess: NamedImporter = {
  readName(path) {
    const [stem, speaker = "", word = "", label = ""] = name.exec(stemOf(path)) ?? [];
    const emotion = /^p/i.test(label) ? "surprised" : parseLabel(label);
    if (stem === undefined || !emotion) return undefined;
    return {
      id: stem,
      emotion,
      speakerId: `${speaker.toUpperCase()}F`,
      sex: "female",
      sentenceId: word.toLowerCase(),
      transcript: `Say the word ${word.toLowerCase()}`,
    };
  },
};
