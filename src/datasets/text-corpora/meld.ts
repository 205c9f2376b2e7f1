import { join } from "node:path";
import { z } from "zod";
import type { SplitName } from "../manifest.ts";
import { readTable, tableError } from "../table.ts";
import { readSplits, type LabeledText, type SplitFiles, type TextCorpus } from "./text-corpus.ts";

const files: SplitFiles = {
  train: "train_sent_emo.csv",
  validation: "dev_sent_emo.csv",
  test: "test_sent_emo.csv",
};

const rowSchema = z.object({
  Utterance: z.string(),
  Speaker: z.string(),
  Emotion: z.string(),
  Dialogue_ID: z.string(),
  Utterance_ID: z.string(),
});

/**
 * MELD: utterances of a television series, with speakers that occur in every split. What belongs
 * together is therefore a speaker within a dialogue.
 * @see https://github.com/declare-lab/MELD, Poria et al. 2019
 */
export const meld: TextCorpus = {
  name: "meld",
  files: Object.values(files),
  read: (root) => readSplits(files, (split, file) => readSplit(join(root, file), split)),
};

async function readSplit(path: string, split: SplitName): Promise<LabeledText[]> {
  return (await readTable(path)).map(({ line, values }) => {
    const row = rowSchema.safeParse(values);
    if (!row.success)
      throw tableError(path, line, `not MELD's: no ${row.error.issues[0]?.path[0]?.toString()}.`);
    const { Utterance: text, Speaker, Emotion, Dialogue_ID, Utterance_ID } = row.data;
    const dialogue = `${split}-dia${Dialogue_ID}`;
    return {
      id: `${dialogue}-utt${Utterance_ID}`,
      text,
      labels: [Emotion],
      speakerId: `${dialogue}-${Speaker}`,
      split,
    };
  });
}
