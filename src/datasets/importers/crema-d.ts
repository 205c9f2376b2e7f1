import type { Emotion } from "../../shared/emotions.ts";
import { cellText, parseTable } from "../table.ts";
import { type NamedImporter, parseSex, stemOf } from "./importer.ts";

const sentences: Readonly<Record<string, string>> = {
  DFA: "Don't forget a jacket",
  IEO: "It's eleven o'clock",
  IOM: "I'm on my way to the meeting",
  ITH: "I think I have a doctor's appointment",
  ITS: "I think I've seen this before",
  IWL: "I would like a new alarm clock",
  IWW: "I wonder what this is about",
  MTI: "Maybe tomorrow it will be cold",
  TAI: "The airplane is almost full",
  TIE: "That is exactly what happened",
  TSI: "The surface is slick",
  WSI: "We'll stop in a couple of minutes",
};

const emotionOfCode: Readonly<Record<string, Emotion>> = {
  ANG: "angry",
  DIS: "disgust",
  FEA: "fearful",
  HAP: "happy",
  NEU: "neutral",
  SAD: "sad",
};

const twoLabels = "the same audio under two labels";

/** Recordings whose label cannot be right. The check of a corpus finds them again from the sound. */
const defects: Readonly<Record<string, string>> = {
  "1076_MTI_SAD_XX": "digital silence",
  "1006_TIE_HAP_XX": twoLabels,
  "1006_TIE_NEU_XX": twoLabels,
  "1013_WSI_DIS_XX": twoLabels,
  "1013_WSI_SAD_XX": twoLabels,
  "1017_IWW_ANG_XX": twoLabels,
  "1017_IWW_FEA_XX": twoLabels,
};

// actor_sentence_emotion_level; the original has one level written X
const name = /^([0-9]{4})_([A-Z]{3})_(ANG|DIS|FEA|HAP|NEU|SAD)_(LO|MD|HI|XX?)$/;

/**
 * CREMA-D: `1001_DFA_ANG_XX.wav`, and the actors' sexes from `VideoDemographics.csv` in its root or
 * the folder above.
 * @see https://github.com/CheyneyComputerScience/CREMA-D
 */
export const cremaD: NamedImporter = {
  readName(path) {
    const stem = stemOf(path);
    const [, speakerId = "", sentenceId = "", code = "", level = ""] = name.exec(stem) ?? [];
    const emotion = emotionOfCode[code];
    const transcript = sentences[sentenceId];
    if (!emotion || !transcript) return undefined;
    return {
      id: stem,
      emotion,
      speakerId,
      sentenceId,
      transcript,
      ...(level === "HI" && { intensity: "strong" }),
      ...(level === "MD" && { intensity: "normal" }),
      ...(stem in defects && { defect: defects[stem]! }),
    };
  },

  details: {
    files: /(?:^|\/)VideoDemographics\.csv$/,
    read(files) {
      const rows = files.flatMap(({ path, bytes }) => parseTable(path, bytes));
      const sexes = new Map(
        rows.map((row) => [cellText(row, "ActorID"), parseSex(cellText(row, "Sex"))]),
      );
      return ({ speakerId }) => {
        const sex = sexes.get(speakerId);
        return sex ? { sex } : {};
      };
    },
  },
};
