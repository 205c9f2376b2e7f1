import { join } from "node:path";
import { tableError } from "../table.ts";
import { readLines, readSplits, type SplitFiles, type TextCorpus } from "./text-corpus.ts";

const files: SplitFiles = {
  train: "train.txt",
  validation: "val.txt",
  test: "test.txt",
};

/**
 * Tweets of dair-ai's "emotion", lower-case and without punctuation: `i feel romantic too;love`.
 * @see Saravia et al. 2018, CARER
 */
export const dairEmotion: TextCorpus = {
  name: "dair-emotion",
  files: Object.values(files),
  read: (root) =>
    readSplits(files, async (split, file) =>
      (await readLines(root, file)).map((source, index) => {
        const end = source.lastIndexOf(";");
        if (end < 0) throw tableError(join(root, file), index + 1, "not text;label.");
        const id = `${split}-${index + 1}`;
        const [text, label] = [source.slice(0, end), source.slice(end + 1)];
        return { id, text, labels: [label], speakerId: id, split };
      }),
    ),
};
