import { parseLabel } from "../shared/labels.ts";

/** Reads the label words of one corpus, and remembers which of them became one label. */
export class LabelWords {
  readonly #words = new Map<string, Set<string>>();

  /** Returns a word's label as `parseLabel`. */
  read(word: string): string | undefined {
    const label = parseLabel(word);
    if (label === undefined) return undefined;
    const words = this.#words.get(label) ?? new Set();
    this.#words.set(label, words.add(word.trim().toLowerCase()));
    return label;
  }

  /** Returns a sentence for each label that several words became. */
  warnings(): string[] {
    return [...this.#words].flatMap(([label, words]) =>
      words.size > 1 ? [`The labels ${[...words].join(", ")} are read as one, "${label}".`] : [],
    );
  }
}
