import { parseLabel } from "../../shared/labels.ts";
import { cellText, parseTable, type TableRow } from "../table.ts";
import {
  type AnnotatedImporter,
  type NamedClip,
  parseSex,
  stemOf,
  type TextFile,
} from "./importer.ts";

/**
 * Emozionalmente, 431 Italian amateurs on their own microphones: `audio/1612872848291.wav`, labeled with what they meant by
 * `metadata/samples.csv`, and `metadata/users.csv`.
 * @see https://zenodo.org/records/12616095
 */
export const emozionalmente: AnnotatedImporter = {
  idOf(path) {
    const stem = stemOf(path);
    return /^\d{13}$/.test(stem) ? stem : undefined;
  },
  labelFiles: /(?:^|\/)metadata\/(?:samples|users)\.csv$/,
  labelFilesName: "metadata/samples.csv",
  readLabels(files) {
    const users = new Map(
      rowsOf(files, "users").map((row) => [cellText(row, "username"), cellText(row, "gender")]),
    );
    return new Map(
      rowsOf(files, "samples").flatMap((row): [string, NamedClip][] => {
        const id = stemOf(cellText(row, "file_name"));
        const emotion = parseLabel(cellText(row, "emotion_expressed"));
        if (emotion === undefined) return [];
        const sex = parseSex(users.get(cellText(row, "actor")) ?? "");
        const clip: NamedClip = {
          id,
          emotion,
          speakerId: cellText(row, "actor"),
          transcript: cellText(row, "sentence"),
          ...(sex && { sex }),
        };
        return [[id, clip]];
      }),
    );
  },
};

const rowsOf = (files: readonly TextFile[], name: string): TableRow[] =>
  files
    .filter(({ path }) => stemOf(path) === name)
    .flatMap(({ path, bytes }) => parseTable(path, bytes));
