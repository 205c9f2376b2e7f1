import { Random } from "../shared/random.ts";
import { tokenize } from "../text/tokenize.ts";
import type { LeftOut } from "./manifest.ts";
import type { Side } from "./text-corpora/text-corpus.ts";

const validationShare = 0.1;
const testShare = 0.1;

/** A side for each speaker: a tenth of them for validation, a tenth for test. */
export function drawSides(speakerIds: Iterable<string>, seed: number): ReadonlyMap<string, Side> {
  const speakers = [...new Set(speakerIds)].toSorted();
  const drawn = new Random(seed, "text sides").shuffle(speakers);
  const test = Math.round(testShare * drawn.length);
  const held = test + Math.round(validationShare * drawn.length);
  const sideAt = (place: number): Side =>
    place < test ? "test" : place < held ? "validation" : "train";
  return new Map(drawn.map((speaker, place) => [speaker, sideAt(place)]));
}

/** Equal for texts that say the same, token by token. */
export const textKey = (text: string): string => tokenize(text).join(" ");

interface Sided {
  readonly transcript: string;
  readonly side: Side;
}

/**
 * Takes out of training what says the same, token by token, as an utterance of validation or test,
 * and out of validation what says the same as one of test.
 */
export function removeCopies<T extends Sided>(
  utterances: readonly T[],
): { kept: T[]; leftOut: LeftOut[] } {
  const keyed = utterances.map((utterance) => ({
    utterance,
    key: textKey(utterance.transcript),
  }));
  const keysOf = (wanted: Side): Set<string> =>
    new Set(keyed.flatMap(({ utterance, key }) => (utterance.side === wanted ? [key] : [])));
  const inTest = keysOf("test");
  const inValidation = keysOf("validation");
  const isCopy = {
    train: (key: string) => inTest.has(key) || inValidation.has(key),
    validation: (key: string) => inTest.has(key),
    test: () => false,
  };
  const kept = keyed
    .filter(({ utterance, key }) => !isCopy[utterance.side](key))
    .map(({ utterance }) => utterance);
  const lost = (side: Side): number =>
    utterances.filter((utterance) => utterance.side === side).length -
    kept.filter((utterance) => utterance.side === side).length;
  const leftOut = [
    { reason: "training text that validation or test has too", count: lost("train") },
    { reason: "validation text that test has too", count: lost("validation") },
  ];
  return { kept, leftOut: leftOut.filter(({ count }) => count > 0) };
}
