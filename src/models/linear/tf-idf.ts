import { tokenize } from "../../text/tokenize.ts";
import type { SparseRows } from "./design-matrix.ts";

/** The words of a text and its pairs of neighboring words. */
export function wordsAndPairs(text: string): string[] {
  const words = tokenize(text);
  return [...words, ...words.slice(1).map((word, index) => `${words[index]} ${word}`)];
}

/** How often texts use each term, the commoner terms counting less. */
export class TfIdf {
  readonly #columns: ReadonlyMap<string, number>;
  readonly #idf: Float64Array;

  /** Learns the terms that at least `minDocuments` of the training texts have. */
  constructor(documents: readonly (readonly string[])[], minDocuments: number) {
    const counts = new Map<string, number>();
    for (const terms of documents) {
      for (const term of new Set(terms)) counts.set(term, (counts.get(term) ?? 0) + 1);
    }
    const known = [...counts].filter(([, count]) => count >= minDocuments);
    this.#columns = new Map(known.map(([term], column) => [term, column]));
    this.#idf = Float64Array.from(
      known,
      ([, count]) => Math.log((1 + documents.length) / (1 + count)) + 1,
    );
  }

  /**
   * One row a document, of Euclidean length 1: (1 + ln count) · (ln((1 + n) / (1 + documents)) + 1).
   * @see scikit-learn `TfidfVectorizer(sublinear_tf=True)`
   */
  rows(documents: readonly (readonly string[])[]): SparseRows {
    const starts = [0];
    const columns: number[] = [];
    const values: number[] = [];
    for (const terms of documents) {
      const counts = new Map<number, number>();
      for (const term of terms) {
        const column = this.#columns.get(term);
        if (column !== undefined) counts.set(column, (counts.get(column) ?? 0) + 1);
      }
      let squares = 0;
      for (const [column, count] of counts) {
        const weight = (1 + Math.log(count)) * this.#idf[column]!;
        columns.push(column);
        values.push(weight);
        squares += weight * weight;
      }
      for (let entry = starts.at(-1)!; entry < values.length; entry++) {
        values[entry]! /= Math.sqrt(squares);
      }
      starts.push(columns.length);
    }
    return {
      columnCount: this.#columns.size,
      starts: Int32Array.from(starts),
      columns: Int32Array.from(columns),
      values: Float64Array.from(values),
    };
  }
}
