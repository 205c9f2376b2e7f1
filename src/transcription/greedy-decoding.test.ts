import { expect, test } from "vitest";
import { decodeGreedily } from "./greedy-decoding.ts";

const startToken = 0;
const endToken = 1;
const vocabulary = 50;

/** Says the tokens of a script, each with logit ln(3) over zeros for all the others. */
function saying(
  script: readonly number[],
): (token: number, position: number) => Promise<Float32Array> {
  return async (token, position) => {
    expect(token).toBe(position === 0 ? startToken : script[position - 1]);
    const logits = new Float32Array(vocabulary);
    logits[script[position] ?? endToken] = Math.log(3);
    return logits;
  };
}

const decode = (script: readonly number[], mostTokens = 100): ReturnType<typeof decodeGreedily> =>
  decodeGreedily(saying(script), { startToken, endToken, mostTokens });

test("tokens come with their softmax probability", async () => {
  const decoded = await decode([7, 8, 9]);
  expect(decoded).toMatchObject({ tokens: [7, 8, 9], ended: "end-token" });
  for (const probability of decoded.probabilities) {
    expect(probability).toBeCloseTo(3 / (3 + vocabulary - 1), 6);
  }
});

test("nothing said is no tokens", async () => {
  expect(await decode([])).toEqual({
    tokens: [],
    probabilities: [],
    entropies: [],
    ended: "end-token",
  });
});

test("decoding stops at its limit", async () => {
  const script = Array.from({ length: 20 }, (_, n) => 2 + n);
  expect(await decode(script, 5)).toMatchObject({ tokens: [2, 3, 4, 5, 6], ended: "limit" });
  expect(await decode(script, 0)).toMatchObject({ tokens: [], ended: "limit" });
});

test("large logits do not overflow", async () => {
  const { probabilities } = await decodeGreedily(
    async (_, position) => Float32Array.of(0, position === 0 ? 0 : 1e4, 1e3, 999),
    { startToken, endToken, mostTokens: 10 },
  );
  expect(probabilities).toEqual([1 / (1 + Math.exp(-1))]);
});

test.each([
  { name: "a token", phrase: [5], repeats: 12 },
  { name: "a phrase", phrase: [5, 6, 7, 8], repeats: 4 },
  { name: "a sentence", phrase: Array.from({ length: 20 }, (_, n) => 5 + n), repeats: 4 },
])("$name said again and again stands once", async ({ phrase, repeats }) => {
  const script = [40, 41, ...Array.from({ length: repeats + 10 }, () => phrase).flat()];
  const decoded = await decode(script, 1000);
  expect(decoded.tokens).toEqual([40, 41, ...phrase]);
  expect(decoded.probabilities).toHaveLength(decoded.tokens.length);
  expect(decoded.ended).toBe("loop");
});

test.each([
  { name: "a word", phrase: [5], repeats: 11 },
  { name: "a phrase", phrase: [5, 6, 7, 8], repeats: 3 },
])("$name repeated as people do stays", async ({ phrase, repeats }) => {
  const script = [40, ...Array.from({ length: repeats }, () => phrase).flat()];
  expect(await decode(script)).toMatchObject({ tokens: script, ended: "end-token" });
});

test("it can be cancelled between tokens", async () => {
  const controller = new AbortController();
  const step = async (_: number, position: number): Promise<Float32Array> => {
    if (position === 2) controller.abort();
    return saying([4, 5, 6, 7])(position === 0 ? startToken : 3 + position, position);
  };
  const { signal } = controller;
  await expect(
    decodeGreedily(step, { startToken, endToken, mostTokens: 100, signal }),
  ).rejects.toMatchObject({ code: "cancelled" });
});
