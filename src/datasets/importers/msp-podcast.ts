import { type SplitName, unknownSpeaker } from "../manifest.ts";
import { cellText, parseTable, type TableRow } from "../table.ts";
import {
  type AnnotatedImporter,
  type NamedClip,
  type Omission,
  parseSex,
  stemOf,
} from "./importer.ts";

const emotionOfClass: Readonly<Record<string, string>> = {
  A: "angry",
  C: "contempt",
  D: "disgust",
  F: "fearful",
  H: "happy",
  N: "neutral",
  S: "sad",
  U: "surprised",
};

/** Clips of the further test sets are in no official split. */
const splits: Readonly<Record<string, SplitName>> = {
  Train: "train",
  Development: "validation",
  Validation: "validation",
  Test1: "test",
};

/**
 * MSP-Podcast: `Audios/MSP-PODCAST_0001_0008.wav`, labeled by `Labels/labels_consensus.csv`.
 * @see https://ecs.utdallas.edu/research/researchlabs/msp-lab/MSP-Podcast.html
 */
export const mspPodcast: AnnotatedImporter = {
  idOf(path) {
    const stem = stemOf(path);
    return /^MSP-PODCAST_\d{4}_\d{4}(?:_\d{4})?$/.test(stem) ? stem : undefined;
  },
  labelFiles: /(?:^|\/)labels_con[sc]ensus\.csv$/,
  labelFilesName: "Labels/labels_consensus.csv",
  readLabels: (files) =>
    new Map(
      files
        .flatMap(({ path, bytes }) => parseTable(path, bytes))
        .map((row) => [stemOf(cellText(row, "FileName")), labelOf(row)]),
    ),
};

function labelOf(row: TableRow): NamedClip | Omission {
  const text = (column: string): string => cellText(row, column);
  const emotion = emotionOfClass[text("EmoClass")];
  if (!emotion) {
    return { omitted: text("EmoClass") === "O" ? "another emotion" : "no agreement" };
  }
  const [sex, split] = [parseSex(text("Gender")), splits[text("Split_Set")]];
  const speaker = text("SpkrID");
  return {
    id: stemOf(text("FileName")),
    emotion,
    speakerId: speaker === "" || /^unknown$/i.test(speaker) ? unknownSpeaker : speaker,
    dimensions: {
      arousal: Number(text("EmoAct")),
      valence: Number(text("EmoVal")),
      dominance: Number(text("EmoDom")),
    },
    ...(sex && { sex }),
    ...(split && { split }),
  };
}
