import { dailyDialog } from "./dailydialog.ts";
import { dairEmotion } from "./dair-emotion.ts";
import { goEmotions, goEmotionsEkman } from "./goemotions.ts";
import { isear } from "./isear.ts";
import { meld } from "./meld.ts";
import type { TextCorpus } from "./text-corpus.ts";

/** Every text corpus that is known by its files. A new one is one file, one line, and its labels. */
export const textCorpora: readonly TextCorpus[] = [
  meld,
  goEmotions,
  goEmotionsEkman,
  dairEmotion,
  isear,
  dailyDialog,
];
