import { z } from "zod";
import { UndertoneError } from "../shared/errors.ts";
import { tokenize } from "./tokenize.ts";

/** Fills a row of ids behind the last word. */
export const paddingId = 0;
/** Stands for every word that is not in the vocabulary. */
export const unknownId = 1;

const firstWordId = 2;
const largestId = 2 ** 24; // the last whole number before float32 has gaps

const wordsSchema = z.array(z.string().min(1)).max(largestId - firstWordId);

/** The words that a model knows, each with its id: 0 is padding, 1 unknown, then the list in order. */
export class Vocabulary {
  /** Most frequent first. */
  readonly words: readonly string[];
  readonly #ids: ReadonlyMap<string, number>;

  /** @throws RangeError for a repeated word */
  constructor(words: readonly string[]) {
    this.words = words;
    this.#ids = new Map(words.map((word, index) => [word, index + firstWordId]));
    if (this.#ids.size !== words.length) throw new RangeError("Vocabulary: a word is repeated");
  }

  /**
   * The words of training texts that occur at least `minFrequency` times, at most `largestSize` of
   * them: the most frequent ones, and of equally frequent ones the first by code units.
   */
  static learn(
    texts: Iterable<string>,
    { minFrequency, largestSize }: { minFrequency: number; largestSize: number },
  ): Vocabulary {
    const counts = new Map<string, number>();
    for (const text of texts) {
      for (const word of tokenize(text)) counts.set(word, (counts.get(word) ?? 0) + 1);
    }
    const known = [...counts].filter(([, count]) => count >= minFrequency);
    known.sort(([a, countA], [b, countB]) => countB - countA || (a < b ? -1 : 1));
    return new Vocabulary(known.slice(0, largestSize).map(([word]) => word));
  }

  /**
   * Reads what `toJSON` gave; `origin` names the file in errors.
   * @throws UndertoneError `model-invalid`
   */
  static parse(content: unknown, origin: string): Vocabulary {
    const parsed = wordsSchema.safeParse(content);
    if (parsed.success && new Set(parsed.data).size === parsed.data.length) {
      return new Vocabulary(parsed.data);
    }
    const problem = parsed.success ? "a word is repeated" : z.prettifyError(parsed.error);
    throw new UndertoneError(
      "model-invalid",
      `${origin}: the list of words is damaged (${problem}). Fetch or train the model again.`,
    );
  }

  toJSON(): readonly string[] {
    return this.words;
  }

  /** How many ids there are: the rows of an embedding. */
  get size(): number {
    return this.words.length + firstWordId;
  }

  /** The ids of a text's first `length` words, padded at the end: [length]. */
  ids(text: string, length: number): Float32Array {
    const ids = new Float32Array(length).fill(paddingId);
    for (const [place, word] of tokenize(text).slice(0, length).entries()) {
      ids[place] = this.#ids.get(word) ?? unknownId;
    }
    return ids;
  }
}
