import { parseLabel } from "../../shared/labels.ts";
import { parseSplit } from "../split-words.ts";
import { cellText, parseTable } from "../table.ts";
import { type AnnotatedImporter, type NamedClip, stemOf } from "./importer.ts";

const partOf = (word: string): string | undefined =>
  /^(?:output_repeated_splits_)?(?<part>train|dev|test)/.exec(word)?.groups?.["part"];

/**
 * MELD, utterances of a television series: `train_splits/dia0_utt0.mp4` or `train_dia0_utt0.wav`, labeled by
 * `train_sent_emo.csv` and so on. Its splits share speakers, so that as audio they do not train by `official`.
 * @see https://github.com/declare-lab/MELD
 */
export const meld: AnnotatedImporter = {
  idOf(path) {
    const stem = stemOf(path);
    const utterance = /(?:^|_)(dia\d+_utt\d+)$/.exec(stem)?.[1];
    if (utterance === undefined || stem.startsWith("final_videos")) return undefined;
    const folders = path.split("/").slice(0, -1).toReversed();
    const part = [stem, ...folders].map(partOf).find((each) => each !== undefined);
    return part && `${part}_${utterance}`;
  },
  labelFiles: /(?:^|\/)(?:train|dev|test)_sent_emo\.csv$/,
  labelFilesName: "train_sent_emo.csv, dev_sent_emo.csv, test_sent_emo.csv",
  readLabels: (files) =>
    new Map(
      files.flatMap(({ path, bytes }) => {
        const part = partOf(path.slice(path.lastIndexOf("/") + 1))!;
        return parseTable(path, bytes).flatMap((row): [string, NamedClip][] => {
          const id = `${part}_dia${cellText(row, "Dialogue_ID")}_utt${cellText(row, "Utterance_ID")}`;
          const emotion = parseLabel(cellText(row, "Emotion"));
          if (emotion === undefined) return [];
          const clip: NamedClip = {
            id,
            emotion,
            speakerId: cellText(row, "Speaker"),
            transcript: cellText(row, "Utterance"),
            split: parseSplit(part)!,
          };
          return [[id, clip]];
        });
      }),
    ),
};
