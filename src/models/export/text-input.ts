import type { ExportedModel } from "./exported-model.ts";
import { tokenInput } from "./python-tokens.ts";
import { wordInput } from "./python-words.ts";

/** How a Python script makes what a model takes of a text. */
export interface TextInput {
  /** Files that it reads, by their names. */
  readonly files: Readonly<Record<string, string>>;
  /** What the model takes, as its card says it. */
  readonly taken: string;
  /** Modules and packages that the script imports. */
  readonly modules: readonly string[];
  readonly packages: readonly string[];
  /** Returns its functions; the files are in its folder, or in one below, as in ` / "words"`. */
  readonly lines: (folder: string) => string;
  /** Returns the lines that set `ids`, and `confidence` where a model takes it, of an expression for the text. */
  readonly assignments: (text: string) => string;
}

/** Returns how scripts make what a model takes of a text; `undefined` for a model that takes none. */
export function textInputOf({
  card,
  tokenizer,
}: Pick<ExportedModel, "card" | "tokenizer">): TextInput | undefined {
  if (tokenizer !== undefined) return tokenInput(tokenizer);
  return "words" in card && card.words ? wordInput(card.words) : undefined;
}
