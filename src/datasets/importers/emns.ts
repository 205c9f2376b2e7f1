import { parseLabel } from "../../shared/labels.ts";
import { cellText, parseTable } from "../table.ts";
import { type AnnotatedImporter, type NamedClip, parseSex, stemOf } from "./importer.ts";

/**
 * EMNS, one British speaker telling stories: `wavs/recorded_audio_0bJpmSM.webm`, labeled by `metadata.csv`.
 * @see https://www.openslr.org/136/
 */
export const emns: AnnotatedImporter = {
  idOf(path) {
    const stem = stemOf(path);
    return /^recorded_audio(?:_\w+)?$/.test(stem) ? stem : undefined;
  },
  labelFiles: /(?:^|\/)metadata\.csv$/,
  labelFilesName: "metadata.csv",
  readLabels(files) {
    const rows = files.flatMap(({ path, bytes }) => parseTable(path, bytes));
    return new Map(
      rows.flatMap((row): [string, NamedClip][] => {
        const id = stemOf(cellText(row, "audio_recording"));
        const emotion = parseLabel(cellText(row, "emotion"));
        const sex = parseSex(cellText(row, "gender"));
        if (emotion === undefined) return [];
        const clip: NamedClip = {
          id,
          emotion,
          speakerId: cellText(row, "user_id"),
          transcript: cellText(row, "utterance"),
          ...(sex && { sex }),
        };
        return [[id, clip]];
      }),
    );
  },
};
