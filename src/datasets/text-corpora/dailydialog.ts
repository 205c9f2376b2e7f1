import { join } from "node:path";
import { UndertoneError } from "../../shared/errors.ts";
import {
  readLines,
  readSides,
  type LabeledText,
  type Side,
  type SideFiles,
  type TextCorpus,
} from "./text-corpus.ts";

const textFiles: SideFiles = {
  train: "train/dialogues_train.txt",
  validation: "validation/dialogues_validation.txt",
  test: "test/dialogues_test.txt",
};
const labelsFile = (side: Side): string => `${side}/dialogues_emotion_${side}.txt`;

/**
 * DailyDialog: a dialogue a line, each utterance ended by `__eou__`, its labels as numbers in a file
 * of their own. A dialogue whose labels do not fit its utterances is left out.
 * @see Li et al. 2017
 */
export const dailyDialog: TextCorpus = {
  name: "dailydialog",
  files: (["train", "validation", "test"] as const).flatMap((side) => [
    textFiles[side],
    labelsFile(side),
  ]),
  read: (root) => readSides(textFiles, (side) => readSide(root, side)),
};

async function readSide(root: string, side: Side): Promise<LabeledText[]> {
  const dialogues = await readLines(root, textFiles[side]);
  const labelLines = await readLines(root, labelsFile(side));
  if (dialogues.length !== labelLines.length) {
    throw new UndertoneError(
      "dataset-invalid",
      `${join(root, textFiles[side])} has ${dialogues.length} dialogues and ${labelsFile(side)} ` +
        `${labelLines.length} lines of labels. One is cut short: fetch both again.`,
    );
  }
  return dialogues.flatMap((dialogue, index) => {
    const speakerId = `${side}-${index + 1}`;
    const utterances = dialogue.split("__eou__").slice(0, -1);
    const labels = labelLines[index]!.trim().split(/\s+/);
    return utterances.map((utterance, turn): LabeledText => ({
      id: `${speakerId}-${turn + 1}`,
      text: utterance.trim(),
      labels: [labels[turn] ?? ""],
      speakerId,
      side,
      ...(labels.length !== utterances.length && { defect: "dialogue with labels missing" }),
    }));
  });
}
