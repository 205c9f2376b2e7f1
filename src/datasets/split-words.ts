import { type SplitName, splitNames } from "./manifest.ts";

const splitWords: Readonly<Record<SplitName, readonly string[]>> = {
  train: ["train", "training", "trn"],
  validation: ["validation", "val", "valid", "dev", "devel", "development", "eval", "evaluation"],
  test: ["test", "testing", "tst"],
};

/** Returns the split that a word names, in any case; `undefined` for other words. */
export function parseSplit(word: string): SplitName | undefined {
  return splitNames.find((split) => splitWords[split].includes(word.toLowerCase()));
}
