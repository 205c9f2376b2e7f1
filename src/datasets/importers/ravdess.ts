import { emotions } from "../../shared/emotions.ts";
import { type Importer, stemOf } from "./importer.ts";

const sentences = ["Kids are talking by the door", "Dogs are sitting by the door"] as const;

// modality-channel-emotion-intensity-statement-repetition-actor
const name = /^(0[1-3])-(0[12])-(0[1-8])-(0[12])-(0[12])-(0[12])-([0-9]{2})$/;

/**
 * RAVDESS, the audio of its speech: `03-01-06-01-02-01-12.wav`.
 * @see https://zenodo.org/records/1188976, "File naming convention"
 */
export const ravdess: Importer = {
  readName(path) {
    const stem = stemOf(path);
    const match = name.exec(stem);
    if (!match) return undefined;
    const [, modality, channel, emotion, intensity, statement, , actor = ""] = match;
    if (modality !== "03") return { omitted: "video" };
    if (channel !== "01") return { omitted: "song" };
    return {
      id: stem,
      emotion: emotions[Number(emotion) - 1]!,
      speakerId: actor,
      sex: Number(actor) % 2 === 1 ? "male" : "female",
      sentenceId: statement!,
      intensity: intensity === "02" ? "strong" : "normal",
      transcript: sentences[Number(statement) - 1]!,
    };
  },
};
