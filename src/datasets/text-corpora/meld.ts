import { join } from "node:path";
import { z } from "zod";
import { readTable, tableError } from "../table.ts";
import {
  readSides,
  type LabeledText,
  type Side,
  type SideFiles,
  type TextCorpus,
} from "./text-corpus.ts";

const files: SideFiles = {
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
 * MELD: utterances of a television series, with speakers that occur on every side. What belongs
 * together is therefore a speaker within a dialogue.
 * @see https://github.com/declare-lab/MELD, Poria et al. 2019
 */
export const meld: TextCorpus = {
  name: "meld",
  files: Object.values(files),
  read: (root) => readSides(files, (side, file) => readSide(join(root, file), side)),
};

async function readSide(path: string, side: Side): Promise<LabeledText[]> {
  return (await readTable(path)).map(({ line, values }) => {
    const row = rowSchema.safeParse(values);
    if (!row.success)
      throw tableError(path, line, `not MELD's: no ${row.error.issues[0]?.path[0]?.toString()}.`);
    const { Utterance: text, Speaker, Emotion, Dialogue_ID, Utterance_ID } = row.data;
    const dialogue = `${side}-dia${Dialogue_ID}`;
    return {
      id: `${dialogue}-utt${Utterance_ID}`,
      text,
      labels: [Emotion],
      speakerId: `${dialogue}-${Speaker}`,
      side,
    };
  });
}
