import llamaTokenizer from "llama-tokenizer-js";

/** Below are the tokens for unknown, start and end. */
const firstOfText = 3;

/** The text of tokens of Llama's vocabulary, which Moonshine writes in; its own special ones are left out. */
export function detokenize(tokens: readonly number[]): string {
  const ofText = tokens.filter(
    (token) => token >= firstOfText && token < llamaTokenizer.vocabById.length,
  );
  return llamaTokenizer.decode(ofText, false, true).trim();
}
