import { Random } from "../shared/random.ts";
import { tokenize } from "../text/tokenize.ts";
import type { SplitName } from "./manifest.ts";
import { type LeftOut, Omissions } from "./omissions.ts";

const validationShare = 0.1;
const testShare = 0.1;

/** Draws a split for each speaker: a tenth of them for validation, a tenth for test. */
export function drawSplits(
  speakerIds: Iterable<string>,
  seed: number,
): ReadonlyMap<string, SplitName> {
  const speakers = [...new Set(speakerIds)].toSorted();
  // The name is of the stream of random numbers: another one would draw other splits.
  const drawn = new Random(seed, "text sides").shuffle(speakers);
  const test = Math.round(testShare * drawn.length);
  const held = test + Math.round(validationShare * drawn.length);
  const splitAt = (place: number): SplitName =>
    place < test ? "test" : place < held ? "validation" : "train";
  return new Map(drawn.map((speaker, place) => [speaker, splitAt(place)]));
}

/** Returns a key that is equal for texts of the same tokens. */
export const textKey = (text: string): string => tokenize(text).join(" ");

interface Assigned {
  readonly id: string;
  readonly transcript: string;
  readonly split: SplitName;
}

/**
 * Leaves out of training each text that equals, token by token, one of validation or test, and out of validation each that
 * equals one of test.
 */
export function removeCopies<T extends Assigned>(
  utterances: readonly T[],
): { kept: T[]; leftOut: LeftOut[] } {
  const keyed = utterances.map((utterance) => ({ utterance, key: textKey(utterance.transcript) }));
  const keysOf = (wanted: SplitName): Set<string> =>
    new Set(keyed.flatMap(({ utterance, key }) => (utterance.split === wanted ? [key] : [])));
  const inTest = keysOf("test");
  const inValidation = keysOf("validation");
  const omissions = new Omissions();
  const kept = keyed.flatMap(({ utterance, key }) => {
    const { id, split } = utterance;
    if (split === "train" && (inTest.has(key) || inValidation.has(key))) {
      omissions.add("training text that validation or test has too", id);
    } else if (split === "validation" && inTest.has(key)) {
      omissions.add("validation text that test has too", id);
    } else {
      return [utterance];
    }
    return [];
  });
  return { kept, leftOut: omissions.list() };
}
