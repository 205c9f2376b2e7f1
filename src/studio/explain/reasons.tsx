import type { JSX } from "preact";
import { strings } from "../strings.ts";
import { wordsOf } from "./explain-words.ts";
import type { WordExplanation } from "./explanation.ts";
import type { Explained } from "./explained.ts";

const { explain } = strings;

/** So many words are told about. */
const mostWords = 3;

const percent = (share: number): number => Math.round(100 * share);

/** What moved an answer, in words; the spectrogram shows the rest. */
export function Reasons({ of }: { readonly of: Explained }): JSX.Element {
  if (of.is === "failed") {
    return (
      <p class="reasons problem" role="alert">
        {of.message}
      </p>
    );
  }
  if (of.is === "working") {
    const { done, total } = of;
    const label = done === 0 ? explain.opening : explain.working(done, total);
    return (
      <p class="reasons" role="status">
        <progress value={done} max={total} aria-label={label} /> {label}
      </p>
    );
  }
  const { voice, words } = of.explanation;
  return (
    <p class="reasons" role="status">
      {explain[voice.by](voice.emotion)}
      {words !== null && (
        <>
          {" "}
          <bdi>{sentence(words, wordsOf(of.segment.text))}</bdi>
        </>
      )}
    </p>
  );
}

/** Tells of the words that move the answer most. */
function sentence({ emotion, probability, without }: WordExplanation, words: string[]): string {
  const strongest = without
    .map((left, n) => ({ word: words[n]!, left }))
    .filter(({ left }) => percent(left) !== percent(probability))
    .toSorted((a, b) => Math.abs(b.left - probability) - Math.abs(a.left - probability))
    .slice(0, mostWords)
    .map(({ word, left }) => explain.without(word, percent(left)));
  const effects = strongest.length === 0 ? explain.noneMatters : strongest.join(", ");
  return `${explain.words(emotion, percent(probability))}; ${effects}.`;
}
