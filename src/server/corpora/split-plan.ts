import { speakersOf } from "../../datasets/manifest.ts";
import type { Protocol } from "../../datasets/protocols.ts";
import type { Corpus } from "../../datasets/read-corpus.ts";
import { makeSplits } from "../../datasets/splits.ts";
import type { SplitPlan } from "../api.ts";

/**
 * Returns how many clips of each speaker a protocol puts in which split, fold by fold.
 * @throws UndertoneError `dataset-invalid` where the corpus cannot be split so
 */
export function splitPlan(corpus: Corpus, protocol: Protocol): SplitPlan {
  const splits = makeSplits(corpus, protocol, { seed: 1 });
  const folds = splits.map(({ train, validation, test }) => ({
    train: new Set(train),
    validation: new Set(validation),
    test: new Set(test),
  }));
  const order = new Intl.Collator("en", { numeric: true });
  return {
    protocol: splits[0]?.protocol ?? protocol,
    folds: splits.map(({ fold }) => fold),
    speakers: speakersOf(corpus.clips)
      .toSorted(order.compare)
      .map((speakerId) => {
        const own = corpus.clips.filter((clip) => clip.speakerId === speakerId);
        const countIn = (ids: ReadonlySet<string>): number =>
          own.filter(({ id }) => ids.has(id)).length;
        return {
          speakerId,
          clips: own.length,
          splits: folds.map(({ train, validation, test }) => ({
            train: countIn(train),
            validation: countIn(validation),
            test: countIn(test),
          })),
        };
      }),
  };
}
