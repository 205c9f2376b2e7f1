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

/** One step of the texts that have not ended. */
interface DecodingStep {
  /** Which texts these are, by their index. */
  readonly open: readonly number[];
  /** The last token of each. */
  readonly tokens: readonly number[];
  readonly position: number;
}

/**
 * Takes the likeliest token of each text at each step, of as many texts as `mostTokens` has.
 * @throws UndertoneError `cancelled`
 */
export async function decodeGreedily(
  choose: (step: DecodingStep) => Promise<readonly Choice[]>,
  { startToken, endToken, mostTokens, signal }: DecodingOptions,
): Promise<Decoded[]> {
  const texts = mostTokens.map(() => new GreedyText());
  for (let position = 0; ; position++) {
    for (const [n, text] of texts.entries()) text.endAt(mostTokens[n]!);
    const open = [...texts.keys()].filter((n) => !texts[n]!.isDone);
    if (open.length === 0) return texts.map(({ decoded }) => decoded);
    throwIfCancelled(signal);
    const tokens = open.map((n) => texts[n]!.last ?? startToken);
    const choices = await choose({ open, tokens, position });
    for (const [index, n] of open.entries()) texts[n]!.push(choices[index]!, endToken);
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
