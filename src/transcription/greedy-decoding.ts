import { throwIfCancelled } from "../shared/errors.ts";

interface DecodingOptions {
  /** The decoder's start token and the one that ends a text. */
  readonly startToken: number;
  readonly endToken: number;
  /** Decoding stops after so many tokens. */
  readonly mostTokens: number;
  readonly signal?: AbortSignal | undefined;
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

/**
 * Takes the likeliest token at each step.
 * `step` takes the last token and its position and gives the logits [vocabulary] of the next.
 * @throws UndertoneError `cancelled`
 */
export async function decodeGreedily(
  step: (token: number, position: number) => Promise<Float32Array>,
  { startToken, endToken, mostTokens, signal }: DecodingOptions,
): Promise<Decoded> {
  const tokens: number[] = [];
  const choices: Choice[] = [];
  const decoded = (ended: Decoded["ended"]): Decoded => ({
    tokens,
    probabilities: choices.map(({ probability }) => probability),
    entropies: choices.map(({ entropy }) => entropy),
    ended,
  });
  while (tokens.length < mostTokens) {
    throwIfCancelled(signal);
    const logits = await step(tokens.at(-1) ?? startToken, tokens.length);
    const token = likeliest(logits);
    if (token === endToken) return decoded("end-token");
    tokens.push(token);
    choices.push(choiceOf(logits, token));
    const surplus = repeatedTokens(tokens);
    if (surplus > 0) {
      tokens.splice(-surplus);
      choices.splice(-surplus);
      return decoded("loop");
    }
  }
  return decoded("limit");
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

function likeliest(logits: Float32Array): number {
  let best = 0;
  for (let n = 1; n < logits.length; n++) if (logits[n]! > logits[best]!) best = n;
  return best;
}

interface Choice {
  readonly probability: number;
  readonly entropy: number;
}

/** The probability of the token of the highest logit, and how open the choice was. */
function choiceOf(logits: Float32Array, highest: number): Choice {
  let [sum, weighted] = [0, 0];
  for (const logit of logits) {
    const below = logit - logits[highest]!;
    const share = Math.exp(below);
    sum += share;
    if (share > 0) weighted += share * below; // a logit may be -Infinity
  }
  return { probability: 1 / sum, entropy: Math.log(sum) - weighted / sum };
}
