import { join } from "node:path";
import { UndertoneError } from "../../shared/errors.ts";
import { splitNames, type SplitName } from "../manifest.ts";
import {
  readLines,
  readSplits,
  type LabeledText,
  type SplitFiles,
  type TextCorpus,
} from "./text-corpus.ts";

const textFiles: SplitFiles = {
  train: "train/dialogues_train.txt",
  validation: "validation/dialogues_validation.txt",
  test: "test/dialogues_test.txt",
};
const labelsFile = (split: SplitName): string => `${split}/dialogues_emotion_${split}.txt`;

/**
 * DailyDialog: a dialogue a line, each utterance ended by `__eou__`, its labels as numbers in a file
 * of their own. A dialogue whose labels do not fit its utterances is left out.
 * @see Li et al. 2017
 */
export const dailyDialog: TextCorpus = {
  name: "dailydialog",
  files: splitNames.flatMap((split) => [textFiles[split], labelsFile(split)]),
  read: (root) => readSplits(textFiles, (split) => readSplit(root, split)),
};

async function readSplit(root: string, split: SplitName): Promise<LabeledText[]> {
  const dialogues = await readLines(root, textFiles[split]);
  const labelLines = await readLines(root, labelsFile(split));
  if (dialogues.length !== labelLines.length) {
    throw new UndertoneError(
      "dataset-invalid",
      `${join(root, textFiles[split])} has ${dialogues.length} dialogues and ${labelsFile(split)} ` +
        `${labelLines.length} lines of labels. One is cut short: fetch both again.`,
    );
  }
  return dialogues.flatMap((dialogue, index) => {
    const speakerId = `${split}-${index + 1}`;
    const utterances = dialogue.split("__eou__").slice(0, -1);
    const labels = labelLines[index]!.trim().split(/\s+/);
    return utterances.map((utterance, turn): LabeledText => ({
      id: `${speakerId}-${turn + 1}`,
      text: utterance.trim(),
      labels: [labels[turn] ?? ""],
      speakerId,
      split,
      ...(labels.length !== utterances.length && { defect: "dialogue with labels missing" }),
    }));
  });
}
