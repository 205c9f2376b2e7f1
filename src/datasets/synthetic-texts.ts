import { emotions } from "../shared/emotions.ts";
import { Random } from "../shared/random.ts";
import type { Manifest, Utterance } from "./manifest.ts";
import { phrases, plainLines } from "./synthesis/phrases.ts";

/** Of all lines these carry no emotion, as in life. */
const plainShare = 0.25;

const sides = ["train", "validation", "test"] as const;

/**
 * A small corpus of made-up lines in eight emotions, some of which could be said in any. Endings keep to
 * one side, so that a model has to know the words and not the line.
 */
export function syntheticTexts(options: {
  /** Lines of each emotion on each side. */
  readonly lines: number;
  readonly seed: number;
}): Manifest<Utterance> {
  const random = new Random(options.seed, "synthetic texts");
  const clips = emotions.flatMap((emotion) => {
    const [beginnings, endings] = phrases[emotion];
    return sides.flatMap((side) =>
      Array.from({ length: options.lines }, (_, line): Utterance => {
        const id = `${emotion}-${side}-${line + 1}`;
        const known = endings.filter((__, index) => sides[Math.max(0, index - 1)] === side);
        const transcript =
          random.uniform() < plainShare
            ? random.pick(plainLines)
            : `${random.pick(beginnings)} ${random.pick(known)}`;
        return { id, emotion, speakerId: id, side, transcript };
      }),
    );
  });
  return { corpus: "synthetic-texts", root: "", clips };
}
