import { emotions } from "../shared/emotions.ts";
import { Random } from "../shared/random.ts";
import { type Manifest, splitNames, type Utterance } from "./manifest.ts";
import { phrases, plainLines } from "./synthesis/phrases.ts";

/** Of all lines these carry no emotion, as in life. */
const plainShare = 0.25;

/**
 * Returns a small corpus of made-up lines in eight emotions, some of which fit any. An ending occurs in one split only, so that
 * a model has to learn the words and not the line.
 */
export function syntheticTexts(options: {
  /** Lines of each emotion in each split. */
  readonly lines: number;
  readonly seed: number;
}): Manifest<Utterance> {
  const random = new Random(options.seed, "synthetic texts");
  const clips = emotions.flatMap((emotion) => {
    const [beginnings, endings] = phrases[emotion];
    return splitNames.flatMap((split) =>
      Array.from({ length: options.lines }, (_, line): Utterance => {
        const id = `${emotion}-${split}-${line + 1}`;
        const known = endings.filter((__, index) => splitNames[Math.max(0, index - 1)] === split);
        const transcript =
          random.uniform() < plainShare
            ? random.pick(plainLines)
            : `${random.pick(beginnings)} ${random.pick(known)}`;
        return { id, emotion, speakerId: id, split, transcript };
      }),
    );
  });
  return { corpus: "synthetic-texts", root: "", clips };
}
