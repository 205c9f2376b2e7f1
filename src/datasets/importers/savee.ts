import type { Emotion } from "../../shared/emotions.ts";
import type { NamedImporter } from "./importer.ts";

const emotionOfCode: Readonly<Record<string, Emotion>> = {
  a: "angry",
  d: "disgust",
  f: "fearful",
  h: "happy",
  n: "neutral",
  sa: "sad",
  su: "surprised",
};

const name = /(?:^|\/)(DC|JE|JK|KL)[_/](a|d|f|h|n|sa|su)([0-9]{2})\.[^./]+$/;

/**
 * SAVEE, four men: `DC_a01.wav`, or `DC/a01.wav` as the original archive has it. Its sentences are
 * numbered within each emotion, so that they have no identity of their own.
 * @see http://kahlan.eps.surrey.ac.uk/savee/Database.html
 */
export const savee: NamedImporter = {
  readName(path) {
    const [, speakerId = "", code = "", number = ""] = name.exec(path) ?? [];
    const emotion = emotionOfCode[code];
    if (!emotion) return undefined;
    return { id: `${speakerId}_${code}${number}`, emotion, speakerId, sex: "male" };
  },
};
