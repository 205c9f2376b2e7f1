import { parseLabel } from "../shared/labels.ts";

/** Reads the label words of one corpus, and remembers which of them became one label. */
export class LabelWords {
  /** The words of each label in lower case, with their first spelling. */
  readonly #words = new Map<string, Map<string, string>>();

  /** Returns a word's label as `parseLabel`. */
  read(word: string): string | undefined {
    const label = parseLabel(word);
    if (label === undefined) return undefined;
    const words = this.#words.get(label) ?? new Map<string, string>();
    const spelling = word.normalize("NFC").trim().replace(/\s+/g, " ");
    const key = spelling.toLowerCase();
    this.#words.set(label, words.set(key, words.get(key) ?? spelling));
    return label;
  }

  /** Returns a sentence for each label that several words became. */
  warnings(): string[] {
    return [...this.#words].flatMap(([label, words]) =>
      words.size > 1
        ? [`The labels ${[...words.keys()].join(", ")} are read as one, "${label}".`]
        : [],
    );
  }

  /** Returns each word that alone became another label, as in `Wut → angry`. */
  renamed(): string[] {
    return [...this.#words].flatMap(([label, words]) =>
      words.size > 1 || words.has(label)
        ? []
        : [...words.values()].map((word) => `${word} → ${label}`),
    );
  }
}
