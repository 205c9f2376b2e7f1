import { throwIfCancelled } from "../shared/errors.ts";

interface DecodingOptions {
  /** The decoder's start token and the one that ends a text. */
  readonly startToken: number;
  readonly endToken: number;
  /** Decoding of each text stops after so many tokens. */
  readonly mostTokens: readonly number[];
  readonly signal?: AbortSignal | undefined;
}

/** The likeliest next token of a text. */
export interface Choice {
  readonly token: number;
  readonly probability: number;
  /** Of the choice, in nats. */
  readonly entropy: number;
}

export interface Decoded {
  /** Without start and end token. */
  readonly tokens: readonly number[];
  /** Probability of each token. */
  readonly probabilities: readonly number[];
  /** Of the choice of each token, in nats. */
  readonly entropies: readonly number[];
  /** `limit`: there was no end after `mostTokens`; `loop`: the same phrase came again and again, and stands once. */
  readonly ended: "end-token" | "limit" | "loop";
}

const longestPhrase = 24;
const mostRepeats = 4;
/** Someone may say a word more often than a phrase. */
const mostRepeatedTokens = 12;

/** A text that grows token by token. */
class GreedyText {
  readonly #tokens: number[] = [];
  readonly #choices: Choice[] = [];
  #ended: Decoded["ended"] | undefined;

  get isDone(): boolean {
    return this.#ended !== undefined;
  }

  get last(): number | undefined {
    return this.#tokens.at(-1);
  }

  get decoded(): Decoded {
    return {
      tokens: this.#tokens,
      probabilities: this.#choices.map(({ probability }) => probability),
      entropies: this.#choices.map(({ entropy }) => entropy),
      ended: this.#ended ?? "limit",
    };
  }

  endAt(mostTokens: number): void {
    if (this.#tokens.length >= mostTokens) this.#ended ??= "limit";
  }

  push(choice: Choice, endToken: number): void {
    if (choice.token === endToken) {
      this.#ended = "end-token";
      return;
    }
    this.#tokens.push(choice.token);
    this.#choices.push(choice);
    const surplus = repeatedTokens(this.#tokens);
    if (surplus === 0) return;
    this.#tokens.splice(-surplus);
    this.#choices.splice(-surplus);
    this.#ended = "loop";
  }
}

/**
 * Takes the likeliest token of each text at each step, of as many texts as `mostTokens` has. `step` takes the last token of
 * each and their position; a text that has ended gets the end token, and its choice is not taken.
 * @throws UndertoneError `cancelled`
 */
export async function decodeGreedily(
  step: (tokens: readonly number[], position: number) => Promise<readonly Choice[]>,
  { startToken, endToken, mostTokens, signal }: DecodingOptions,
): Promise<Decoded[]> {
  const texts = mostTokens.map(() => new GreedyText());
  for (let position = 0; ; position++) {
    for (const [n, text] of texts.entries()) text.endAt(mostTokens[n]!);
    if (texts.every(({ isDone }) => isDone)) return texts.map(({ decoded }) => decoded);
    throwIfCancelled(signal);
    const last = texts.map((text) => (text.isDone ? endToken : (text.last ?? startToken)));
    const choices = await step(last, position);
    for (const [n, text] of texts.entries()) if (!text.isDone) text.push(choices[n]!, endToken);
  }
}

/** How many tokens at the end only repeat the phrase before them, once that is more than a person would. */
function repeatedTokens(tokens: readonly number[]): number {
  for (let phrase = 1; phrase <= longestPhrase; phrase++) {
    const repeats = Math.max(mostRepeats, Math.ceil(mostRepeatedTokens / phrase));
    const length = phrase * repeats;
    if (tokens.length < length) continue;
    const first = tokens.length - length + phrase;
    const isLoop = tokens.slice(first).every((token, n) => token === tokens[first - phrase + n]);
    if (isLoop) return length - phrase;
  }
  return 0;
}
