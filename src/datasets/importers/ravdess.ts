import { emotions } from "../../shared/emotions.ts";
import { type NamedClip, type NamedImporter, stemOf } from "./importer.ts";

const sentences = ["Kids are talking by the door", "Dogs are sitting by the door"] as const;

// modality-channel-emotion-intensity-statement-repetition-actor
const name = /^(0[0-3])-(0[12])-(0[1-8])-(0[12])-(0[12])-([0-9]{2})-([0-9]{2})$/;

/**
 * RAVDESS, the audio of its speech: `03-01-06-01-02-01-12.wav`.
 * @see https://zenodo.org/records/1188976, "File naming convention"
 */
export const ravdess: NamedImporter = {
  readName(path) {
    const read = readFields(path);
    if (!read || read.modality === "00") return undefined;
    if (read.modality !== "03") return { omitted: "video" };
    if (read.channel !== "01") return { omitted: "song" };
    return read.clip;
  },
};

/** The synthesized corpus: RAVDESS's names with a modality of its own, `00-01-06-01-02-01-12.wav`. */
export const synthetic: NamedImporter = {
  readName(path) {
    const read = readFields(path);
    return read?.modality === "00" ? read.clip : undefined;
  },
};

function readFields(
  path: string,
): { modality: string; channel: string; clip: NamedClip } | undefined {
  const match = name.exec(stemOf(path));
  if (!match) return undefined;
  const [id, modality = "", channel = "", emotion, intensity, statement = "", , actor = ""] = match;
  const clip: NamedClip = {
    id,
    emotion: emotions[Number(emotion) - 1]!,
    speakerId: actor,
    sex: Number(actor) % 2 === 1 ? "male" : "female",
    sentenceId: statement,
    intensity: intensity === "02" ? "strong" : "normal",
    transcript: sentences[Number(statement) - 1]!,
  };
  return { modality, channel, clip };
}
